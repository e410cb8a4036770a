// Joins the query service, the model and the pages.
import * as access from './access.js';
import * as api from './api.js';
import { ContainerPage } from './container/page.js';
import { $ } from './dom.js';
import { EventsPage } from './events/page.js';
import { Feed } from './events/feed.js';
import { FleetPage } from './fleet/page.js';
import { readService } from './freshness.js';
import { HostsPage } from './hosts/page.js';
import { Model, isFailure } from './model.js';
import { address, route } from './router.js';
import { stream } from './stream.js';

const SERVICE_EVERY_MILLIS = 2000;
const HOSTS_EVERY_MILLIS = 10_000;
const CONTAINERS_EVERY_MILLIS = 30_000;
const NOTICES_EVERY_MILLIS = 10_000;
const HISTORY_EVERY_MILLIS = 60_000;
/** The stream tells what comes once it is open; the service may take a while to know all that came before. */
const AFTER_OPEN_MILLIS = [3000, 10_000];
const AFTER_EVENT_MILLIS = 250;
const RESTARTS_AFTER_EVENT_MILLIS = 3000;
const STATE_AFTER_EVENT_MILLIS = 1200;
const MOST_SINGLE_READS = 8;
const NOT_FOUND = 404;
const MOST_DESTROYED = 1000;
const FIRST_EVENTS = 150;
const MOST_GAPS = 200;
const DAY_MILLIS = 86_400_000;
const TITLES = { fleet: 'Tallyman', hosts: 'Hosts · Tallyman', events: 'Events · Tallyman', container: 'Tallyman' };

const model = new Model();
const feed = new Feed(model);
const pages = {
  fleet: new FleetPage(model),
  hosts: new HostsPage(model),
  events: new EventsPage(model),
  container: new ContainerPage(model),
};
let page = 'fleet';
let stale = null;

/** Does a task, and once more at the end if it was wanted meanwhile. */
function single(task) {
  let running = false;
  let again = false;
  return async function run() {
    again = running;
    if (running) return;
    running = true;
    try {
      await task();
    } catch (problem) {
      console.info('could not be read', problem);
    } finally {
      running = false;
    }
    if (again) await run();
  };
}

/** Does a task a while after it was first wanted, however often it is until then. */
function later(millis, task) {
  let timer = null;
  return () => (timer ??= setTimeout(() => {
    timer = null;
    task();
  }, millis));
}

/** Does a task with the next frame of the screen. */
function nextFrame(task) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      task();
    });
  };
}

const draw = nextFrame(() => {
  if (page === 'fleet') pages.fleet.draw();
  else if (page === 'hosts') pages.hosts.draw();
  else if (page === 'container') pages.container.readingsCame();
});

/** Takes a list of the fleet that was asked for; what cannot be read leaves what is known, and is said. */
async function take(what, reading, keep) {
  try {
    keep(await reading);
    model.lacks[what] = null;
  } catch (problem) {
    model.lacks[what] = `cannot be read: ${problem.message}`;
  }
  pages.fleet.showNotices();
  draw();
}

const readContainers = single(() => take('containers', api.containers('all'), (items) => model.replace(items)));

const readHosts = single(() => take('hosts', api.hosts(), (items) => {
  const before = model.hosts.length;
  model.hosts = items;
  if (page === 'events' && before !== items.length) pages.events.hostsCame();
  document.body.classList.toggle('one-host', items.length <= 1);
}));

const readNotices = single(() => Promise.all([
  take('alerts', api.activeAlerts(), (items) => (model.alerts = items)),
  take('gaps', api.gaps({ from: new Date(Date.now() - DAY_MILLIS).toISOString(), limit: MOST_GAPS }), ({ items, nextCursor }) => {
    model.gaps = items;
    model.moreGaps = Boolean(nextCursor);
  }),
]));

/** Once the service answers again, what it refused is asked for at once. */
function readFailed() {
  const { hosts, containers, alerts, gaps } = model.lacks;
  if (isFailure(hosts)) readHosts();
  if (isFailure(containers)) readContainers();
  if (isFailure(alerts) || isFailure(gaps)) readNotices();
}

const readFirstEvents = single(async () => feed.add((await api.events({ limit: FIRST_EVENTS })).items, false));

const readFreshness = single(async () => {
  const service = await readService();
  if (!service) return;
  readFailed();
  // The rows are to show it, too, as soon as it is said.
  if (stale !== null && service.stale !== stale) {
    readContainers();
    readHosts();
  }
  stale = service.stale;
});

/** Containers that need not be asked for any more. */
const destroyed = new Set();

function remove(containerId) {
  destroyed.add(containerId);
  changed.delete(containerId);
  model.change(containerId, null);
  if (destroyed.size > MOST_DESTROYED) destroyed.delete(destroyed.values().next().value);
}

/** Containers that may have changed; the list is long, so a few are read one by one. */
const changed = new Set();
const readChanged = single(async () => {
  const ids = [...changed];
  changed.clear();
  if (ids.length > MOST_SINGLE_READS) {
    await readContainers();
    return;
  }
  await Promise.all(ids.map(async (id) => {
    try {
      model.change(id, await api.container(id));
    } catch (problem) {
      if (problem.status === NOT_FOUND) model.change(id, null);
    }
  }));
  draw();
});
const changedSoon = later(AFTER_EVENT_MILLIS, readChanged);

/** A state is told a little after its event: the containers are read at once, and once more. */
function containersChanged(ids) {
  const add = () => {
    for (const id of ids) if (!destroyed.has(id)) changed.add(id);
    if (changed.size) changedSoon();
  };
  add();
  setTimeout(add, STATE_AFTER_EVENT_MILLIS);
}
const restartsAfterEvent = later(RESTARTS_AFTER_EVENT_MILLIS, () => page === 'fleet' && pages.fleet.readRestarts());

function readAll() {
  readFreshness();
  readHosts();
  readContainers();
  readNotices();
  readFirstEvents();
  if (page === 'fleet') pages.fleet.readHistory();
  if (page === 'container') pages.container.reread();
  if (page === 'events') pages.events.changed();
}
const readAllLater = AFTER_OPEN_MILLIS.map((millis) => later(millis, readAll));

const listener = {
  onOpen() {
    readAll();
    for (const readLater of readAllLater) readLater();
  },
  onLost: readFreshness,
  on: {
    stats({ items, snapshot }) {
      model.add(items);
      const unknown = snapshot ? [] : items.map((sample) => sample.containerId).filter((id) => !model.get(id));
      if (unknown.length) containersChanged(unknown);
      draw();
    },
    events({ items }) {
      feed.add(items, true);
      pages.container.eventsCame(items);
      if (page === 'events') eventsChanged();
      for (const event of items) if (event.action === 'DESTROY') remove(event.containerId);
      containersChanged(new Set(items.map((event) => event.containerId)));
      restartsAfterEvent();
    },
    gaps: readNotices,
    alerts: readNotices,
    reset: readAll,
  },
};
const eventsChanged = later(1000, () => page === 'events' && pages.events.changed());

function navigate() {
  const to = route();
  page = pages[to.page] ? to.page : 'fleet';
  document.body.dataset.page = page;
  for (const section of document.querySelectorAll('[data-view]')) section.hidden = section.dataset.view !== page;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.page === page) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = TITLES[page];
  window.scrollTo(0, 0);
  pages[page].show?.(to);
  draw();
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest('input, select, textarea');
  if (event.key === 'Escape' && !event.target.closest('dialog')) {
    if (page === 'fleet') pages.fleet.clearFilter();
    else location.hash = address('fleet');
  } else if (event.key === '/' && !typing) {
    event.preventDefault();
    // At once, not with the next frame: what is typed next belongs into the filter.
    if (page !== 'fleet') {
      history.pushState(null, '', address('fleet'));
      navigate();
    }
    pages.fleet.focusFilter();
  } else if (event.key === '?' && !typing) {
    $('help').showModal();
  }
});
$('skip').addEventListener('click', (event) => {
  // Its address would be taken for a page.
  event.preventDefault();
  const place = page === 'fleet' ? $('containers') : document.querySelector('main:not([hidden]) h1');
  place.tabIndex = -1;
  place.focus();
  place.scrollIntoView();
});
$('forget-token').hidden = !access.token();
$('forget-token').addEventListener('click', access.forget);

function every(millis, task) {
  task();
  setInterval(() => document.hidden || task(), millis);
}
document.addEventListener('visibilitychange', () => document.hidden || readAll());
document.body.classList.add('one-host');
window.addEventListener('hashchange', navigate);
navigate();
every(SERVICE_EVERY_MILLIS, readFreshness);
every(HOSTS_EVERY_MILLIS, readHosts);
every(CONTAINERS_EVERY_MILLIS, readContainers);
every(NOTICES_EVERY_MILLIS, readNotices);
every(HISTORY_EVERY_MILLIS, () => page === 'fleet' && pages.fleet.readHistory());
stream(listener);
