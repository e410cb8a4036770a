// The table of containers. Only the rows in view exist in the document, so that a thousand containers stay smooth.
import { isRunning } from './model.js';
import { spark } from './spark.js';
import * as format from './format.js';

const ROW_HEIGHT = 46;
const ROWS_BEYOND_VIEW = 6;

const reading = (model, container) => model.reading(container.containerId);
const pair = (a, b) => (a === null && b === null ? null : (a ?? 0) + (b ?? 0));

/** What each column sorts by; null sorts last either way. */
const KEYS = {
  name: (model, c) => c.containerName ?? c.containerId,
  host: (model, c) => c.hostName,
  state: (model, c) => c.state,
  cpu: (model, c) => reading(model, c)?.sample.cpu?.percent ?? null,
  memory: (model, c) => reading(model, c)?.sample.memory?.usedBytes ?? null,
  network: (model, c) => pair(reading(model, c)?.rates.rx ?? null, reading(model, c)?.rates.tx ?? null),
  block: (model, c) => pair(reading(model, c)?.rates.read ?? null, reading(model, c)?.rates.write ?? null),
  pids: (model, c) => reading(model, c)?.sample.pids?.current ?? null,
  uptime: (model, c) => c.startedAt ?? c.createdAt ?? null,
};
const TEXT = new Set(['name', 'host', 'state', 'uptime']);

export class Table {
  #model;
  #scroll;
  #body;
  #headers;
  #onOpen;
  #sort = { key: 'name', descending: false };
  #filter = '';
  #shown = [];
  #rows = new Map();
  #spacers = [spacer(), spacer()];

  constructor({ model, scroll, body, headers, onOpen }) {
    this.#model = model;
    this.#scroll = scroll;
    this.#body = body;
    this.#headers = headers;
    this.#onOpen = onOpen;
    for (const button of headers.querySelectorAll('button[data-sort]')) {
      button.addEventListener('click', () => this.#sortBy(button.dataset.sort));
    }
    scroll.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(scroll);
    body.addEventListener('click', (event) => this.#open(event.target.closest('tr[data-id]')));
    body.addEventListener('keydown', (event) => this.#key(event));
  }

  set filter(text) {
    this.#filter = text.trim().toLowerCase();
    this.refresh();
  }

  get shown() {
    return this.#shown;
  }

  /** Filters, sorts and draws anew what is in view. */
  refresh() {
    const words = this.#filter.split(/\s+/).filter(Boolean);
    this.#shown = this.#model.containers.filter((container) => {
      const text = [container.containerName, container.containerId, container.image, container.project, container.service, container.hostName]
        .join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const key = KEYS[this.#sort.key];
    const sign = this.#sort.descending ? -1 : 1;
    this.#shown.sort((a, b) => {
      const left = key(this.#model, a);
      const right = key(this.#model, b);
      if (left === null || right === null) return (left === null) - (right === null) || byName(a, b);
      const order = typeof left === 'string' ? left.localeCompare(right) : left - right;
      return order * sign || byName(a, b);
    });
    this.#draw();
  }

  #sortBy(key) {
    const descending = this.#sort.key === key ? !this.#sort.descending : !TEXT.has(key);
    this.#sort = { key, descending };
    for (const header of this.#headers.querySelectorAll('th')) {
      const own = header.querySelector('button')?.dataset.sort === key;
      if (own) header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else header.removeAttribute('aria-sort');
    }
    this.refresh();
  }

  #draw() {
    const from = Math.max(0, Math.floor(this.#scroll.scrollTop / ROW_HEIGHT) - ROWS_BEYOND_VIEW);
    const fit = Math.ceil(this.#scroll.clientHeight / ROW_HEIGHT) + 2 * ROWS_BEYOND_VIEW;
    const to = Math.min(this.#shown.length, from + fit);
    const visible = this.#shown.slice(from, to);
    const ids = new Set(visible.map((container) => container.containerId));
    for (const [id, row] of this.#rows) {
      if (!ids.has(id)) {
        row.element.remove();
        this.#rows.delete(id);
      }
    }
    const [above, below] = this.#spacers;
    above.firstChild.style.height = `${from * ROW_HEIGHT}px`;
    below.firstChild.style.height = `${(this.#shown.length - to) * ROW_HEIGHT}px`;
    if (this.#body.firstChild !== above) this.#body.prepend(above);
    let previous = above;
    for (const container of visible) {
      const row = this.#rows.get(container.containerId) ?? this.#addRow(container);
      // Moving a row that stands where it should would take the focus from it.
      if (previous.nextSibling !== row.element) previous.after(row.element);
      row.show(container, this.#model.reading(container.containerId));
      previous = row.element;
    }
    if (previous.nextSibling !== below) previous.after(below);
  }

  #addRow(container) {
    const row = new Row(container.containerId);
    this.#rows.set(container.containerId, row);
    return row;
  }

  #open(element) {
    if (element) this.#onOpen(element.dataset.id);
  }

  #key(event) {
    const current = event.target.closest('tr[data-id]');
    if (!current) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#open(current);
    }
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = this.#shown.findIndex((container) => container.containerId === current.dataset.id);
    const next = Math.min(this.#shown.length - 1, Math.max(0, index + step));
    this.#focus(next);
  }

  #focus(index) {
    const header = this.#headers.offsetHeight;
    const top = index * ROW_HEIGHT;
    const view = this.#scroll.clientHeight - header;
    if (top < this.#scroll.scrollTop) this.#scroll.scrollTop = top;
    if (top + ROW_HEIGHT > this.#scroll.scrollTop + view) this.#scroll.scrollTop = top + ROW_HEIGHT - view;
    this.#draw();
    this.#rows.get(this.#shown[index].containerId)?.element.focus({ preventScroll: true });
  }
}

function byName(a, b) {
  return (a.containerName ?? '').localeCompare(b.containerName ?? '') || (a.containerId < b.containerId ? -1 : 1);
}

function spacer() {
  const row = document.createElement('tr');
  row.className = 'spacer';
  row.setAttribute('aria-hidden', 'true');
  const cell = document.createElement('td');
  row.append(cell);
  return row;
}

function add(parent, tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

class Row {
  element = document.createElement('tr');
  #name;
  #under;
  #host;
  #dot;
  #state;
  #cpu;
  #memory;
  #network;
  #block;
  #pids;
  #uptime;
  #drawnAt = 0;

  constructor(containerId) {
    this.element.dataset.id = containerId;
    this.element.tabIndex = 0;
    const name = add(this.element, 'td', 'c-name');
    this.#name = add(name, 'span', 'name');
    this.#under = add(name, 'span', 'under');
    this.#host = add(this.element, 'td', 'c-host');
    const state = add(this.element, 'td', 'c-state');
    this.#dot = add(state, 'span', 'dot');
    this.#state = add(state, 'span', '');
    this.#cpu = this.#figure('c-cpu');
    this.#memory = this.#figure('c-memory');
    this.#network = this.#figure('c-network');
    this.#block = this.#lines('c-block');
    this.#pids = add(this.element, 'td', 'c-pids num');
    this.#uptime = add(this.element, 'td', 'c-uptime num');
  }

  #figure(className) {
    const cell = add(this.element, 'td', `${className} num`);
    const box = add(cell, 'div', 'with-spark');
    const canvas = add(box, 'canvas', 'spark');
    canvas.setAttribute('aria-hidden', 'true');
    const text = add(box, 'span', '');
    return { canvas, first: add(text, 'span', 'name'), second: add(text, 'span', 'under') };
  }

  #lines(className) {
    const cell = add(this.element, 'td', `${className} num`);
    return { first: add(cell, 'span', 'name'), second: add(cell, 'span', 'under') };
  }

  show(container, reading) {
    const running = isRunning(container);
    const sample = running ? reading?.sample : null;
    const rates = sample ? reading.rates : { rx: null, tx: null, read: null, write: null };
    this.element.classList.toggle('stale', running && container.stale);
    text(this.#name, container.containerName ?? container.containerId.slice(0, 12));
    this.element.title = `${container.containerName ?? ''} ${container.containerId.slice(0, 12)}`;
    text(this.#under, [container.project, container.image].filter(Boolean).join(' · '));
    text(this.#host, container.hostName);
    const state = container.state + (container.state === 'exited' && container.exitCode !== null && container.exitCode !== undefined ? ` (${container.exitCode})` : '');
    text(this.#state, container.health && running ? container.health : state);
    this.#dot.className = `dot ${container.health === 'unhealthy' && running ? 'unhealthy' : container.state}`;
    text(this.#cpu.first, format.percent(sample?.cpu?.percent));
    text(this.#cpu.second, container.cpuLimit ? `of ${container.cpuLimit} CPU` : '');
    text(this.#memory.first, format.bytes(sample?.memory?.usedBytes));
    text(this.#memory.second, container.memoryLimitBytes ? `of ${format.bytes(container.memoryLimitBytes)}` : format.percent(sample?.memory?.percent));
    text(this.#network.first, `↓ ${format.rate(rates.rx)}`);
    text(this.#network.second, `↑ ${format.rate(rates.tx)}`);
    text(this.#block.first, format.rate(rates.read));
    text(this.#block.second, format.rate(rates.write));
    text(this.#pids, format.count(sample?.pids?.current));
    const since = running ? container.startedAt : container.finishedAt ?? container.createdAt;
    text(this.#uptime, since ? format.duration(Date.now() - Date.parse(since)) : format.UNKNOWN);
    this.#sparks(running ? reading : undefined);
  }

  #sparks(reading) {
    const at = reading?.at ?? 0;
    if (at === this.#drawnAt) return;
    this.#drawnAt = at;
    const style = getComputedStyle(document.documentElement);
    const history = reading?.history ?? { cpu: [], memory: [], network: [] };
    const draw = (figure, points, color, least) => spark(figure.canvas, points, style.getPropertyValue(color), least);
    requestAnimationFrame(() => {
      draw(this.#cpu, history.cpu, '--cpu', 5);
      draw(this.#memory, history.memory, '--memory', 1);
      draw(this.#network, history.network, '--network', 1024);
    });
  }
}

function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}
