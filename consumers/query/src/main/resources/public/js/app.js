// Joins the query service, the model and the views.
import * as api from './api.js';
import { details } from './details.js';
import { Feed } from './events.js';
import * as format from './format.js';
import { Model, isRunning } from './model.js';
import { Table } from './table.js';

const SERVICE_EVERY_MILLIS = 2000;
const CONTAINERS_EVERY_MILLIS = 15000;
const HOSTS_EVERY_MILLIS = 10000;
const AFTER_EVENT_MILLIS = 250;
const FIRST_EVENTS = 100;

const $ = (id) => document.getElementById(id);
const model = new Model();
const feed = new Feed($('events'), $('no-events'));
const table = new Table({
  model,
  scroll: $('containers'),
  body: $('rows'),
  headers: document.querySelector('thead'),
  onOpen: open,
});
let hosts = [];
let drawing = false;
let reading = false;
let readAgain = false;
let afterEvent = null;
let stale = false;

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    table.refresh();
    const all = model.containers;
    const total = model.totals(all);
    const running = all.filter(isRunning).length;
    $('total-containers').textContent = String(running);
    $('total-cpu').textContent = format.percent(total.cpu);
    $('total-memory').textContent = format.bytes(total.memory);
    $('total-rx').textContent = format.rate(total.rx);
    $('total-tx').textContent = format.rate(total.tx);
    $('shown').textContent = table.shown.length === all.length ? '' : `${table.shown.length} of ${all.length}`;
    $('empty').hidden = table.shown.length > 0;
    $('empty').textContent = all.length > 0 ? 'No container matches the filter.' : 'No containers yet. Start one, and it is here within two seconds.';
  });
}

async function readContainers() {
  if (reading) {
    readAgain = true;
    return;
  }
  reading = true;
  try {
    model.replace(await api.containers($('state').value));
    draw();
  } catch (problem) {
    console.info('containers could not be read', problem);
  } finally {
    reading = false;
  }
  if (readAgain) {
    readAgain = false;
    await readContainers();
  }
}

async function readHosts() {
  try {
    hosts = await api.hosts();
  } catch (problem) {
    console.info('hosts could not be read', problem);
    return;
  }
  $('total-hosts').textContent = String(hosts.length);
  feed.severalHosts = hosts.length > 1;
  document.body.classList.toggle('one-host', hosts.length <= 1);
}

async function readService() {
  let service;
  try {
    service = await api.service();
  } catch (problem) {
    freshness('old', 'no connection', `The query service does not answer (${problem.message}). What you see is old.`);
    return;
  }
  $('simulated').hidden = !service.simulated;
  $('service').textContent = `Tallyman ${service.version} · Kafka ${service.kafka}`;
  const at = format.clock(service.asOf);
  // The rows are to show it, too, as soon as it is said.
  if (service.stale !== stale) readContainers();
  stale = service.stale;
  if (service.state === 'FAILED') {
    freshness('old', 'failed', `The query service has failed: ${service.problem ?? 'see its log'}. What you see is old.`);
  } else if (service.state !== 'RUNNING') {
    freshness('', `${service.state.toLowerCase()} …`, '');
  } else if (!service.asOf) {
    freshness('', 'nothing in Kafka yet', '');
  } else if (service.stale) {
    const age = format.duration(Date.now() - Date.parse(service.asOf));
    freshness('old', `as of ${at}`, `Nothing new has come from Kafka since ${at} (${age} ago). What you see is old.`);
  } else {
    freshness('live', `live, as of ${at}`, '');
  }
}

function freshness(tone, text, banner) {
  const element = $('freshness');
  element.className = `freshness ${tone}`;
  if (element.textContent !== text) element.textContent = text;
  $('stale').hidden = banner === '';
  if ($('stale').textContent !== banner) $('stale').textContent = banner;
}

function open(containerId) {
  const container = model.get(containerId);
  if (!container) return;
  $('details-title').textContent = container.containerName ?? containerId.slice(0, 12);
  $('details-body').replaceChildren(details(container, model.reading(containerId)));
  $('details').showModal();
}

function onEvents(frame) {
  feed.add(frame.items, true);
  // A container came, went or changed: one reading of the list serves all events that come together.
  if (afterEvent === null) {
    afterEvent = setTimeout(() => {
      afterEvent = null;
      readContainers();
    }, AFTER_EVENT_MILLIS);
  }
}

function onStats(frame) {
  model.add(frame.items);
  if (frame.items.some((sample) => !model.get(sample.containerId)) && !frame.snapshot) readContainers();
  draw();
}

async function onOpen() {
  readService();
  readContainers();
  try {
    feed.add(await api.events(FIRST_EVENTS), false);
  } catch (problem) {
    console.info('events could not be read', problem);
  }
}

$('filter').addEventListener('input', (event) => {
  table.filter = event.target.value;
  draw();
});
$('state').addEventListener('change', readContainers);
$('event-kind').addEventListener('change', (event) => (feed.problemsOnly = event.target.value === 'problems'));
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input, select, dialog')) return;
  event.preventDefault();
  $('filter').focus();
});

const every = (millis, task) => {
  task();
  setInterval(() => document.hidden || task(), millis);
};
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) onOpen();
});
document.body.classList.add('one-host');
every(SERVICE_EVERY_MILLIS, readService);
every(HOSTS_EVERY_MILLIS, readHosts);
every(CONTAINERS_EVERY_MILLIS, readContainers);
api.stream({ onStats, onEvents, onOpen, onLost: readService });
