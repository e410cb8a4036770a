// What the page knows of the fleet: hosts, containers, the latest reading of each, and a short history.
import { POINTS } from './spark.js';

const SHORTEST_INTERVAL_MILLIS = 5000;
/** What a list lacks before it was read for the first time. */
const NOT_READ = 'are not read yet';
const PRESSURE = ['cpuSomeMicros', 'memorySomeMicros', 'ioSomeMicros'];

function sum(items, field) {
  let total = null;
  for (const item of items ?? []) {
    const value = item[field];
    if (value !== null && value !== undefined) total = (total ?? 0) + value;
  }
  return total;
}

/** What only grows, over all interfaces or devices; null when nothing is reported. */
const counters = (stats) => ({
  rx: sum(stats.networks, 'rxBytes'),
  tx: sum(stats.networks, 'txBytes'),
  read: sum(stats.blockIo, 'readBytes'),
  write: sum(stats.blockIo, 'writeBytes'),
  ...Object.fromEntries(PRESSURE.map((field) => [field, stats.pressure?.[field] ?? null])),
});

/** Whether a reading is as new as readings are: three intervals are one or two lost ones. */
const isCurrent = (sample, at) => Date.now() - at < 3 * Math.max(sample.intervalMillis ?? 0, SHORTEST_INTERVAL_MILLIS);

const perSecond = (now, before, seconds) =>
  now === null || before === null || now < before || seconds <= 0 ? null : (now - before) / seconds;

/** The sum of two figures of which either may not be known. */
export const both = (a, b) => (a === null && b === null ? null : (a ?? 0) + (b ?? 0));

/** Whether a lack means that reading was tried in vain. */
export const isFailure = (lack) => lack !== null && lack !== NOT_READ;

export const isRunning = (container) => container.state === 'running' || container.state === 'paused';

/** Alerts by id; of one that is there twice the later one. */
export const byId = (alerts) => new Map(alerts.map((alert) => [alert.alertId, alert]));

function push(points, value) {
  points.push(value ?? null);
  if (points.length > POINTS) points.shift();
}

export class Model {
  #containers = new Map();
  #readings = new Map();
  #alerts = [];
  #alertsOf = new Map();
  #all = [];
  hosts = [];
  gaps = [];
  moreGaps = false;

  /** Why a list may not be all that there is: what is missing of it, in words; null when nothing is. */
  lacks = { hosts: NOT_READ, containers: NOT_READ, alerts: NOT_READ, gaps: NOT_READ };

  /** Changes with the list of containers. */
  version = 0;

  get containers() {
    return this.#all;
  }

  get(containerId) {
    return this.#containers.get(containerId);
  }

  host(hostId) {
    return this.hosts.find((host) => host.hostId === hostId);
  }

  /** Active alerts of a container: of its CPU, of its memory, or of both. */
  alertsOf(containerId) {
    return this.#alertsOf.get(containerId) ?? [];
  }

  get alerts() {
    return this.#alerts;
  }

  set alerts(items) {
    this.#alerts = [...byId(items).values()];
    this.#alertsOf = Map.groupBy(this.#alerts, (alert) => alert.containerId);
  }

  /** What was last read of a container: its sample, its rates and its history; undefined before the first. */
  reading(containerId) {
    return this.#readings.get(containerId);
  }

  /** Replaces the list of containers; readings of those that are gone go too. */
  replace(items) {
    this.#containers = new Map(items.map((item) => [item.containerId, item]));
    this.#listChanged();
    for (const containerId of this.#readings.keys()) {
      if (!this.#containers.has(containerId)) this.#readings.delete(containerId);
    }
    for (const item of items) if (item.stats) this.#add(item.stats, item.rates);
  }

  /** Takes one container as it is now; null when it is gone. */
  change(containerId, item) {
    if (item) this.#containers.set(containerId, item);
    else this.#containers.delete(containerId);
    if (item?.stats) this.#add(item.stats, item.rates);
    if (!item) this.#readings.delete(containerId);
    this.#listChanged();
  }

  #listChanged() {
    this.#all = [...this.#containers.values()];
    this.version++;
  }

  /** Takes readings in; one that is not newer than what is known changes nothing. */
  add(samples) {
    for (const sample of samples) {
      this.#add(sample);
      const container = this.#containers.get(sample.containerId);
      if (container?.stale && isCurrent(sample, Date.parse(sample.sampledAt))) container.stale = false;
    }
  }

  #add(sample, answered) {
    const at = Date.parse(sample.sampledAt);
    const before = this.#readings.get(sample.containerId);
    if (before && at <= before.at) return;
    const now = counters(sample);
    const seconds = before ? (at - before.at) / 1000 : 0;
    const past = before?.counters;
    const rates = {};
    for (const key of Object.keys(now)) rates[key] = past && !sample.reset ? perSecond(now[key], past[key], seconds) : null;
    if (!before && answered) {
      rates.rx = answered.rxBytesPerSecond ?? null;
      rates.tx = answered.txBytesPerSecond ?? null;
      rates.read = answered.readBytesPerSecond ?? null;
      rates.write = answered.writeBytesPerSecond ?? null;
    }
    const history = before?.history ?? { cpu: [], memory: [], network: [] };
    push(history.cpu, sample.cpu?.percent);
    push(history.memory, sample.memory?.usedBytes);
    push(history.network, both(rates.rx, rates.tx));
    this.#readings.set(sample.containerId, { at, sample, counters: now, rates, history });
  }

  /** Sums over containers; null where no container reports the figure. */
  totals(containers = this.#all) {
    const total = { running: 0, stale: 0, cpu: null, memory: null, rx: null, tx: null, read: null, write: null };
    for (const container of containers) {
      if (!isRunning(container)) continue;
      total.running++;
      if (container.stale) total.stale++;
      const reading = this.#readings.get(container.containerId);
      if (!reading) continue;
      total.cpu = both(total.cpu, reading.sample.cpu?.percent ?? null);
      total.memory = both(total.memory, reading.sample.memory?.usedBytes ?? null);
      total.read = both(total.read, reading.rates.read);
      total.write = both(total.write, reading.rates.write);
      // A container that shares another's network repeats its counters.
      if (container.networkMode?.startsWith('container:')) continue;
      total.rx = both(total.rx, reading.rates.rx);
      total.tx = both(total.tx, reading.rates.tx);
    }
    return total;
  }
}
