// One row of the table: a container, or the head of a group.
import { el, text } from '../dom.js';
import { isRunning } from '../model.js';
import { containerAddress } from '../router.js';
import { spark } from '../spark.js';
import * as format from '../format.js';

const NO_RATES = { rx: null, tx: null, read: null, write: null };

/** Canvases are drawn after the layout of all rows: reading sizes in between would lay out for each. */
const undrawn = new Set();
let drawing = false;

function drawLater(row) {
  undrawn.add(row);
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    for (const next of undrawn) next.drawSparks();
    undrawn.clear();
  });
}

function cell(row, className, ...children) {
  const element = el('td', { class: className }, ...children);
  row.append(element);
  return element;
}

const lines = () => ({ first: el('span', { class: 'first' }), second: el('span', { class: 'second' }) });

export class ContainerRow {
  element = el('tr', { class: 'container' });
  #name = el('a', { class: 'name', tabIndex: -1 });
  #badge = el('span', { class: 'badge bad', hidden: true });
  #under = el('span', { class: 'second' });
  #host;
  #dot = el('span', { class: 'dot' });
  #state = el('span', { class: 'state' });
  #figures = {};
  #pids;
  #uptime;
  #history = null;
  #drawnAt = -1;

  constructor(id) {
    this.element.dataset.id = id;
    this.#name.href = containerAddress(id);
    cell(this.element, 'c-name', el('span', { class: 'title' }, this.#name, this.#badge), this.#under);
    this.#host = cell(this.element, 'c-host');
    cell(this.element, 'c-state', this.#dot, this.#state);
    for (const [key, className] of [['cpu', 'c-cpu'], ['memory', 'c-memory'], ['network', 'c-network']]) {
      const canvas = el('canvas', { class: 'spark', 'aria-hidden': 'true' });
      const { first, second } = lines();
      cell(this.element, `${className} num`, el('div', { class: 'figure' }, canvas, el('span', {}, first, second)));
      this.#figures[key] = { canvas, first, second };
    }
    const block = lines();
    cell(this.element, 'c-block num', block.first, block.second);
    this.#figures.block = block;
    this.#pids = cell(this.element, 'c-pids num');
    this.#uptime = cell(this.element, 'c-uptime num');
  }

  show({ container }, model) {
    const running = isRunning(container);
    const reading = model.reading(container.containerId);
    const sample = running ? reading?.sample : null;
    const rates = sample ? reading.rates : NO_RATES;
    const stale = running && container.stale;
    this.element.classList.toggle('stale', Boolean(stale));
    this.element.classList.toggle('off', !running);
    text(this.#name, format.nameOf(container));
    this.#name.title = `${format.nameOf(container)} · ${format.shortId(container.containerId)}`;
    text(this.#under, [container.project, container.image].filter(Boolean).join(' · '));
    this.#showBadge(stale, reading, model.alertsOf(container.containerId));
    text(this.#host, container.hostName);
    this.#showState(container, running);
    const { cpu, memory, network, block } = this.#figures;
    text(cpu.first, format.percent(sample?.cpu?.percent));
    text(cpu.second, container.cpuLimit ? `of ${container.cpuLimit} CPU` : '');
    text(memory.first, format.bytes(sample?.memory?.usedBytes));
    text(memory.second, container.memoryLimitBytes ? `of ${format.bytes(container.memoryLimitBytes)}` : '');
    text(network.first, `↓ ${format.rate(rates.rx)}`);
    text(network.second, `↑ ${format.rate(rates.tx)}`);
    text(block.first, format.rate(rates.read));
    text(block.second, format.rate(rates.write));
    text(this.#pids, format.count(sample?.pids?.current));
    const since = running ? container.startedAt : container.finishedAt ?? container.createdAt;
    text(this.#uptime, since ? format.duration(Date.now() - Date.parse(since)) : format.UNKNOWN);
    this.#history = running ? reading : null;
    if ((this.#history?.at ?? 0) !== this.#drawnAt) drawLater(this);
  }

  #showBadge(stale, reading, alerts) {
    const label = stale
      ? reading ? `${format.duration(Date.now() - reading.at)} old` : 'no reading'
      : alerts.map((alert) => `${alert.resource} ${format.percent(alert.observedPercent)}`).join(' · ');
    this.#badge.hidden = label === '';
    this.#badge.classList.toggle('bad', !stale);
    this.#badge.classList.toggle('warn', Boolean(stale));
    text(this.#badge, label);
  }

  #showState(container, running) {
    const exited = container.state === 'exited' && container.exitCode !== null && container.exitCode !== undefined;
    text(this.#state, exited ? `exited (${container.exitCode})` : container.health && running && container.state === 'running' ? container.health : container.state);
    const tone = container.health === 'unhealthy' && running ? 'unhealthy' : container.state;
    this.#dot.className = `dot ${tone}`;
  }

  drawSparks() {
    this.#drawnAt = this.#history?.at ?? 0;
    const history = this.#history?.history ?? { cpu: [], memory: [], network: [] };
    spark(this.#figures.cpu.canvas, history.cpu, '--cpu', 5);
    spark(this.#figures.memory.canvas, history.memory, '--memory', 1);
    spark(this.#figures.network.canvas, history.network, '--network', 1024);
  }

  /** The next drawing is done though nothing new was read: the colours are others. */
  forgetDrawing() {
    this.#drawnAt = -1;
  }
}

export class GroupRow {
  element = el('tr', { class: 'group' });
  #mark = el('span', { class: 'mark', 'aria-hidden': 'true' });
  #name = el('span', { class: 'name' });
  #count = el('span', { class: 'second' });
  #cells = {};

  constructor(id) {
    this.element.dataset.id = id;
    cell(this.element, 'c-name', el('span', { class: 'title' }, this.#mark, this.#name, this.#count));
    for (const name of ['host', 'state']) cell(this.element, `c-${name}`);
    for (const name of ['cpu', 'memory']) this.#cells[name] = cell(this.element, `c-${name} num`);
    for (const name of ['network', 'block']) {
      const { first, second } = lines();
      cell(this.element, `c-${name} num`, first, second);
      this.#cells[name] = { first, second };
    }
    for (const name of ['pids', 'uptime']) cell(this.element, `c-${name}`);
  }

  show({ key, members, total, closed }) {
    this.element.setAttribute('aria-expanded', String(!closed));
    text(this.#mark, closed ? '▸' : '▾');
    text(this.#name, key);
    text(this.#count, String(members.length));
    text(this.#cells.cpu, format.percent(total.cpu));
    text(this.#cells.memory, format.bytes(total.memory));
    text(this.#cells.network.first, `↓ ${format.rate(total.rx)}`);
    text(this.#cells.network.second, `↑ ${format.rate(total.tx)}`);
    text(this.#cells.block.first, format.rate(total.read));
    text(this.#cells.block.second, format.rate(total.write));
  }

  forgetDrawing() {}
}
