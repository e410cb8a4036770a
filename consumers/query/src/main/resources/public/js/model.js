// What the page knows of the containers: the latest reading of each, and a short history for the sparklines.
const HISTORY = 60;

const sum = (items, field) => {
  let total = null;
  for (const item of items ?? []) {
    const value = item[field];
    if (value !== null && value !== undefined) total = (total ?? 0) + value;
  }
  return total;
};

/** Bytes that have passed, over all interfaces or devices; null when nothing is reported. */
const counters = (stats) => ({
  rx: sum(stats.networks, 'rxBytes'),
  tx: sum(stats.networks, 'txBytes'),
  read: sum(stats.blockIo, 'readBytes'),
  write: sum(stats.blockIo, 'writeBytes'),
});

const perSecond = (now, before, seconds) =>
  now === null || before === null || now < before || seconds <= 0 ? null : (now - before) / seconds;

export const isRunning = (container) => container.state === 'running' || container.state === 'paused';

export class Model {
  #containers = new Map();
  #readings = new Map();

  get containers() {
    return [...this.#containers.values()];
  }

  get(containerId) {
    return this.#containers.get(containerId);
  }

  /** What was last read of a container: its sample, its rates and its history; undefined before the first. */
  reading(containerId) {
    return this.#readings.get(containerId);
  }

  /** Replaces the list of containers; readings of those that are gone go too. */
  replace(items) {
    this.#containers = new Map(items.map((item) => [item.containerId, item]));
    for (const containerId of this.#readings.keys()) {
      if (!this.#containers.has(containerId)) this.#readings.delete(containerId);
    }
    for (const item of items) if (item.stats) this.#add(item.stats);
  }

  /** Takes readings in; one that is not newer than what is known changes nothing. */
  add(samples) {
    for (const sample of samples) this.#add(sample);
  }

  #add(sample) {
    const at = Date.parse(sample.sampledAt);
    const before = this.#readings.get(sample.containerId);
    if (before && at <= before.at) return;
    const now = counters(sample);
    const seconds = before ? (at - before.at) / 1000 : 0;
    const past = before?.counters;
    const rates = Object.fromEntries(
      Object.keys(now).map((key) => [key, past && !sample.reset ? perSecond(now[key], past[key], seconds) : null]),
    );
    const history = before?.history ?? { cpu: [], memory: [], network: [] };
    push(history.cpu, sample.cpu?.percent);
    push(history.memory, sample.memory?.usedBytes);
    push(history.network, rates.rx === null && rates.tx === null ? null : (rates.rx ?? 0) + (rates.tx ?? 0));
    this.#readings.set(sample.containerId, { at, sample, counters: now, rates, history });
  }

  /** Sums over containers; null where no container reports the figure. */
  totals(containers) {
    const total = { containers: containers.length, cpu: null, memory: null, rx: null, tx: null };
    const add = (key, value) => {
      if (value !== null && value !== undefined) total[key] = (total[key] ?? 0) + value;
    };
    for (const container of containers) {
      const reading = this.#readings.get(container.containerId);
      if (!reading || !isRunning(container)) continue;
      add('cpu', reading.sample.cpu?.percent);
      add('memory', reading.sample.memory?.usedBytes);
      // A container that shares another's network repeats its counters.
      if (container.networkMode?.startsWith('container:')) continue;
      add('rx', reading.rates.rx);
      add('tx', reading.rates.tx);
    }
    return total;
  }
}

function push(points, value) {
  points.push(value ?? null);
  if (points.length > HISTORY) points.shift();
}
