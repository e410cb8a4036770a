// The readings of one container over a range, as columns for charts. Knows nothing of the document.

const HOLE_STEPS = 3;
const MICROS_PER_SECOND = 1e6;

/** Each column out of an item of the service's answer; counters as rates. */
const COLUMNS = {
  cpu: (item) => item.cpu.percent,
  cpuMax: (item) => item.cpu.percentMax,
  used: (item) => item.memory.usedBytes,
  workingSet: (item) => item.memory.workingSetBytes,
  memoryLimit: (item) => item.memory.limitBytes,
  rx: (item) => perSecond(item, item.network.rxBytes),
  tx: (item) => perSecond(item, item.network.txBytes),
  read: (item) => perSecond(item, item.blockIo.readBytes),
  write: (item) => perSecond(item, item.blockIo.writeBytes),
  pids: (item) => item.pids.current,
  cpuPressure: (item) => share(perSecond(item, item.pressure.cpuSomeMicros)),
  memoryPressure: (item) => share(perSecond(item, item.pressure.memorySomeMicros)),
  ioPressure: (item) => share(perSecond(item, item.pressure.ioSomeMicros)),
};
const KEYS = Object.keys(COLUMNS);

function perSecond(item, increase) {
  return increase === null || increase === undefined || !item.coveredMillis ? null : (increase / item.coveredMillis) * 1000;
}

/** Part of the time, in percent, out of microseconds a second. */
const share = (microsPerSecond) => (microsPerSecond === null ? null : (100 * microsPerSecond) / MICROS_PER_SECOND);

export class History {
  /** Seconds since the epoch, as charts want them. */
  times = [];
  columns = Object.fromEntries(KEYS.map((key) => [key, []]));
  #stepSeconds;
  #raw;
  #middle;

  constructor(answer) {
    this.#raw = answer.stepMillis === null || answer.stepMillis === undefined;
    this.#stepSeconds = Math.max(answer.stepMillis ?? 0, answer.intervalMillis ?? 0) / 1000 || 5;
    // A step is drawn at its middle: its figures are of all of it.
    this.#middle = this.#raw ? 0 : answer.stepMillis / 2000;
    for (const item of answer.items) {
      this.#push(Date.parse(item.time) / 1000 + this.#middle, (key) => COLUMNS[key](item) ?? null);
    }
  }

  get raw() {
    return this.#raw;
  }

  /** Adds a reading that came by the stream, with the rates that the model made of it. */
  append({ at, sample, rates }) {
    const time = at / 1000;
    if (this.times.length && time <= this.times.at(-1)) return false;
    const values = {
      cpu: sample.cpu?.percent,
      used: sample.memory?.usedBytes,
      workingSet: sample.memory?.workingSetBytes,
      memoryLimit: sample.memory?.limitBytes,
      rx: rates.rx,
      tx: rates.tx,
      read: rates.read,
      write: rates.write,
      pids: sample.pids?.current,
      cpuPressure: share(rates.cpuSomeMicros),
      memoryPressure: share(rates.memorySomeMicros),
      ioPressure: share(rates.ioSomeMicros),
    };
    this.#push(time, (key) => values[key] ?? null);
    return true;
  }

  has(key) {
    return this.columns[key].some((value) => value !== null);
  }

  /** The last known value of a column; null when there is none. */
  last(key) {
    return this.columns[key].findLast((value) => value !== null) ?? null;
  }

  #push(time, value) {
    const before = this.times.at(-1);
    if (before !== undefined && time - before > HOLE_STEPS * this.#stepSeconds) {
      this.times.push((before + time) / 2);
      for (const key of KEYS) this.columns[key].push(null);
    }
    this.times.push(time);
    for (const key of KEYS) this.columns[key].push(value(key));
  }
}
