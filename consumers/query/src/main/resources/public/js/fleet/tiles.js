// The fleet in six figures, each with how it went in the last minutes.
import { $, el, text } from '../dom.js';
import * as format from '../format.js';
import { both } from '../model.js';
import { POINTS, spark } from '../spark.js';

/** Readings of one tick may come in several frames. */
const POINT_MILLIS = 900;

const TILES = [
  { key: 'hosts', name: 'Hosts', href: '#/hosts' },
  { key: 'containers', name: 'Running' },
  { key: 'cpu', name: 'CPU', color: '--cpu', least: 10, value: (total) => total.cpu },
  { key: 'memory', name: 'Memory', color: '--memory', least: 1, value: (total) => total.memory },
  { key: 'network', name: 'Network', color: '--network', least: 1024, value: (total) => both(total.rx, total.tx) },
  { key: 'block', name: 'Disk', color: '--block', least: 1024, value: (total) => both(total.read, total.write) },
];

export class Tiles {
  #parts = new Map();
  #histories = new Map();
  #pushedAt = 0;

  constructor() {
    for (const { key, name, href, color } of TILES) {
      const value = el('dd', { id: `total-${key}` }, format.UNKNOWN);
      const note = el('span', { class: 'second' });
      const canvas = color ? el('canvas', { class: 'spark', 'aria-hidden': 'true' }) : null;
      const label = href ? el('a', { href }, name) : name;
      $('tiles').append(el('div', {}, el('dt', {}, label), value, note, canvas));
      this.#parts.set(key, { value, note, canvas });
      this.#histories.set(key, []);
    }
    document.addEventListener('themechange', () => this.#sparks());
  }

  show(model) {
    const total = model.totals();
    const cpus = known(model.hosts, 'cpus');
    const memory = known(model.hosts, 'memoryBytes');
    const bad = model.hosts.filter((host) => host.stale || host.conflict).length;
    this.#set('hosts', String(model.hosts.length), bad ? `${bad} need a look` : '');
    this.#set('containers', String(total.running), total.stale ? `${total.stale} stale` : `of ${model.containers.length}`);
    this.#set('cpu', format.percent(total.cpu), cpus ? `of ${cpus} CPUs` : '');
    this.#set('memory', format.bytes(total.memory), memory ? `of ${format.bytes(memory)}` : '');
    this.#set('network', `↓ ${format.rate(total.rx)}`, `↑ ${format.rate(total.tx)}`);
    this.#set('block', format.rate(total.read), `write ${format.rate(total.write)}`);
    const now = performance.now();
    if (now - this.#pushedAt < POINT_MILLIS) return;
    this.#pushedAt = now;
    for (const { key, value } of TILES) {
      if (!value) continue;
      const history = this.#histories.get(key);
      history.push(value(total));
      if (history.length > POINTS) history.shift();
    }
    this.#sparks();
  }

  #set(key, value, note) {
    text(this.#parts.get(key).value, value);
    text(this.#parts.get(key).note, note);
  }

  #sparks() {
    for (const { key, color, least } of TILES) {
      if (color) spark(this.#parts.get(key).canvas, this.#histories.get(key), color, least);
    }
  }
}

function known(hosts, field) {
  return hosts.reduce((sum, host) => sum + (host[field] ?? 0), 0);
}
