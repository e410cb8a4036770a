// The page of one container: how it did over a range, and what happened to it.
import * as api from '../api.js';
import { $, choice, el, text } from '../dom.js';
import { eventItem } from '../events/list.js';
import { gapText } from '../events/kinds.js';
import * as format from '../format.js';
import { RANGES, options, parameters, range as rangeOf } from '../ranges.js';
import { byId } from '../model.js';
import { amend } from '../router.js';
import { show } from '../show.js';
import { makeCharts } from './charts.js';
import { facts } from './facts.js';
import { History } from './history.js';
import { alertBand, eventMark, gapBand } from './marks.js';

const CHOICES = ['15m', '1h', '6h', '24h'];
const DEFAULT = '1h';
const MOST_PAGES_OF_EVENTS = 5;
const MOST_ALERTS = 1000;
const REREAD_MILLIS = 60_000;
const RETRY_MILLIS = 2000;
const NOT_FOUND = 404;

export class ContainerPage {
  #model;
  #ranges;
  #charts;
  #id = null;
  #range = DEFAULT;
  #container = null;
  #history = null;
  #events = [];
  #gaps = [];
  #alerts = [];
  #eventsLack = null;
  #readAt = 0;
  #asked = 0;

  constructor(model) {
    this.#model = model;
    this.#ranges = choice('Range', options(...CHOICES), DEFAULT, (range) => {
      this.#range = range;
      amend({ range });
      this.#read();
    });
    $('container-ranges').append(this.#ranges);
    this.#charts = makeCharts($('charts'), (seconds, words) => this.#tellCursor(seconds, words));
  }

  show({ id, query }) {
    const range = CHOICES.includes(query.get('range')) ? query.get('range') : DEFAULT;
    if (id !== this.#id) this.#clear();
    this.#id = id;
    this.#range = range;
    this.#ranges.choose(range);
    this.#read();
  }

  /** Readings came by the stream. */
  readingsCame() {
    const reading = this.#container && this.#model.reading(this.#container.containerId);
    const listed = this.#container && this.#model.get(this.#container.containerId);
    if (listed) this.#container = { ...this.#container, ...listed, stats: reading?.sample ?? listed.stats };
    if (this.#history?.raw && reading && this.#history.append(reading)) this.#draw();
    else this.#drawHead();
    if (Date.now() - this.#readAt > (this.#container ? REREAD_MILLIS : RETRY_MILLIS)) this.#read();
  }

  /** What is shown may lack something. */
  reread() {
    this.#read();
  }

  /** Something happened to some containers. */
  eventsCame(events) {
    if (events.some((event) => event.containerId === this.#container?.containerId)) this.#read();
  }

  #clear() {
    this.#container = null;
    this.#history = null;
    this.#events = [];
    this.#gaps = [];
    this.#alerts = [];
    this.#eventsLack = null;
    text($('container-name'), '');
    $('container-facts').replaceChildren();
    $('container-events').replaceChildren();
    $('container-notices').replaceChildren();
  }

  /** What is kept of the range; of what cannot be read the page keeps what it had, and says so. */
  async #read() {
    const asked = ++this.#asked;
    this.#readAt = Date.now();
    const id = this.#id;
    const range = parameters(this.#range);
    const [container, history, events, alerts] = await Promise.allSettled([
      api.container(id),
      api.history(id, range),
      api.containerEvents(id, range, MOST_PAGES_OF_EVENTS),
      alertsDuring(id, range),
    ]);
    if (asked !== this.#asked) return;
    if (container.value) this.#container = container.value;
    else if (history.value) this.#container = gone(history.value);
    if (!this.#container) {
      this.#say(container.reason.status === NOT_FOUND ? 'There is no such container, and nothing is kept of it.' : `It cannot be read: ${container.reason.message}`);
      return;
    }
    const [gaps] = await Promise.allSettled([api.gaps({ host: this.#container.hostId, ...range })]);
    if (asked !== this.#asked) return;
    if (history.value || !this.#history || history.reason.status === NOT_FOUND) {
      this.#history = new History(history.value ?? { items: [], stepMillis: null, intervalMillis: this.#container.stats?.intervalMillis });
    }
    this.#events = events.value?.items ?? this.#events;
    this.#alerts = alerts.value ?? this.#alerts;
    this.#gaps = gaps.value?.items ?? this.#gaps;
    this.#eventsLack = events.reason ? `What happened cannot be read: ${events.reason.message}`
      : events.value.complete ? null : 'There are older ones, too many to show.';
    this.#say(Object.entries({ 'Its history': history, 'What happened': events, 'Its alerts': alerts, 'The gaps of its host': gaps })
      .filter(([, { reason }]) => reason && reason.status !== NOT_FOUND)
      .map(([what, { reason }]) => `${what} cannot be read: ${reason.message}.`)
      .join(' '));
    this.#draw();
    this.#drawLists();
  }

  #draw() {
    this.#drawHead();
    const { from } = rangeOf(this.#range);
    const between = [from.getTime() / 1000, Date.now() / 1000];
    const marks = this.#events.map(eventMark);
    const bands = [...this.#gaps.map(gapBand), ...this.#alerts.map(alertBand)];
    for (const chart of this.#charts) chart.show(this.#history, between, marks, bands);
  }

  #drawHead() {
    const container = this.#container;
    if (!container) return;
    const name = format.nameOf(container);
    document.title = `${name} · Tallyman`;
    text($('container-name'), name);
    const state = container.state ?? 'gone';
    const running = state === 'running';
    $('container-dot').className = `dot ${container.health === 'unhealthy' && running ? 'unhealthy' : state}`;
    text($('container-state'), [state, running ? container.health : null].filter(Boolean).join(', '));
    text($('container-under'), [container.project, container.service, container.image].filter(Boolean).join(' · '));
    const asOf = container.stats?.sampledAt ?? container.asOf;
    const age = asOf ? format.duration(Date.now() - Date.parse(asOf)) : null;
    $('container-age').classList.toggle('stale', Boolean(container.stale));
    text($('container-age'), container.stale ? `stale: last reading ${age} ago` : asOf ? `read ${format.clock(asOf)}` : '');
  }

  #drawLists() {
    show($('container-facts'), facts(this.#container));
    show($('container-events'), ...this.#events.map((event) => eventItem(event, { long: true, name: false })));
    $('container-no-events').hidden = this.#events.length > 0 && this.#eventsLack === null;
    text($('container-no-events'), this.#eventsLack ?? `Nothing happened to it (${RANGES[this.#range].name}).`);
    const notices = [
      ...this.#alerts.map((alert) => el('li', { class: alert.active ? 'bad' : 'muted', 'data-key': alert.alertId },
        el('strong', {}, alert.resource === 'CPU' ? 'CPU alert' : 'Memory alert'),
        ` above ${format.percent(alert.thresholdPercent)} from ${format.when(alert.raisedAt ?? alert.since)} to ${alert.clearedAt ? format.when(alert.clearedAt) : 'now'}`)),
      ...this.#gaps.map((gap) => el('li', { class: 'warn', 'data-key': gap.gapId }, el('strong', {}, format.when(gap.to)), ` ${gapText(gap)}`)),
    ];
    show($('container-notices'), ...notices);
    $('container-notices').hidden = notices.length === 0;
  }

  #tellCursor(seconds, words) {
    text($('container-cursor'), seconds === null ? '' : [format.clock(new Date(seconds * 1000)), words].filter(Boolean).join(' · '));
  }

  #say(message) {
    text($('container-note'), message);
    $('container-note').hidden = message === '';
  }
}

/** Alerts that were active in a range, also those that began before it. */
async function alertsDuring(container, { from }) {
  const [newest, active] = await Promise.all([
    api.alerts({ container, limit: MOST_ALERTS }),
    api.alerts({ container, active: true }),
  ]);
  return [...byId([...newest.items, ...active.items]).values()].filter(({ clearedAt }) => !clearedAt || Date.parse(clearedAt) >= Date.parse(from));
}

/** A container that was destroyed is known by its history alone. */
function gone(history) {
  const { containerId, containerName, image, project, service, hostId, hostName, asOf } = history;
  return { containerId, containerName, image, project, service, hostId, hostName, asOf, state: 'gone', stats: null, stale: false };
}
