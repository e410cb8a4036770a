// The table of containers. Only the rows in view exist in the document, so that a thousand containers stay smooth.
import { $, el } from '../dom.js';
import { place } from '../show.js';
import { arrange, isText } from './arrange.js';
import { ContainerRow, GroupRow } from './row.js';

const ROW_HEIGHT = 44;
const ROWS_BEYOND_VIEW = 6;
/** Rows that jump about every second cannot be read or clicked. */
const RESORT_MILLIS = 4000;

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

const rowId = (row) => (row.kind === 'group' ? `group ${row.key}` : row.container.containerId);

export class Table {
  #model;
  #onOpen;
  #scroll = $('containers');
  #body = $('rows');
  #head = $('columns');
  #settings = { filter: '', state: 'running', sort: { key: 'name', descending: false }, group: 'none', closed: new Set() };
  #rows = [];
  #drawn = new Map();
  #spacers = [spacer(), spacer(), spacer()];
  #current = null;
  #focusedAt = 0;
  #sortedAt = 0;
  #version = -1;

  shown = 0;

  constructor(model, onOpen) {
    this.#model = model;
    this.#onOpen = onOpen;
    for (const button of this.#head.querySelectorAll('button[data-sort]')) {
      button.addEventListener('click', () => this.#sortBy(button.dataset.sort));
    }
    this.#scroll.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
    this.#body.addEventListener('click', (event) => {
      if (!event.target.closest('a')) this.#open(event.target.closest('tr[data-id]'));
    });
    this.#body.addEventListener('keydown', (event) => this.#key(event));
    this.#body.addEventListener('focusin', (event) => this.#setCurrent(event.target.closest('tr[data-id]')?.dataset.id));
    document.addEventListener('themechange', () => {
      for (const row of this.#drawn.values()) row.forgetDrawing();
      this.#draw();
    });
  }

  /** Changes what is shown: `filter`, `state`, `group`. */
  set(settings) {
    Object.assign(this.#settings, settings);
    this.refresh(true);
  }

  /** Draws anew; sorts anew when that is due, or asked for. */
  refresh(resort = false) {
    const now = performance.now();
    if (resort || this.#version !== this.#model.version || now - this.#sortedAt > RESORT_MILLIS) {
      this.#version = this.#model.version;
      const { rows, shown } = arrange(this.#model, this.#settings);
      this.#rows = rows;
      this.shown = shown;
      this.#sortedAt = now;
      this.#scroll.querySelector('table').setAttribute('aria-rowcount', String(rows.length + 1));
    }
    this.#draw();
  }

  focus() {
    if (this.#rows.length) this.#focus(0);
  }

  #sortBy(key) {
    const { sort } = this.#settings;
    const descending = sort.key === key ? !sort.descending : !isText(key);
    this.#settings.sort = { key, descending };
    for (const header of this.#head.querySelectorAll('th')) {
      if (header.querySelector('button')?.dataset.sort === key) header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else header.removeAttribute('aria-sort');
    }
    this.refresh(true);
  }

  #draw() {
    const from = Math.max(0, Math.floor(this.#scroll.scrollTop / ROW_HEIGHT) - ROWS_BEYOND_VIEW);
    const fit = Math.ceil(this.#scroll.clientHeight / ROW_HEIGHT) + 2 * ROWS_BEYOND_VIEW;
    const indexes = range(from, Math.min(this.#rows.length, from + fit));
    // The row with the focus stays in the document, wherever it was sorted to: the arrow keys go on from it.
    const focused = this.#focused();
    if (focused !== -1 && focused < from) indexes.unshift(focused);
    else if (focused !== -1 && !indexes.includes(focused)) indexes.push(focused);
    const ids = new Set(indexes.map((index) => rowId(this.#rows[index])));
    for (const id of this.#drawn.keys()) if (!ids.has(id)) this.#drawn.delete(id);
    const reachable = ids.has(this.#current) ? this.#current : from < this.#rows.length ? rowId(this.#rows[from]) : null;
    place(this.#body, this.#children(indexes, reachable));
    if (focused !== -1 && !this.#body.contains(document.activeElement)) {
      this.#drawn.get(rowId(this.#rows[focused])).element.focus({ preventScroll: true });
    }
  }

  /** The rows of these places, and room for those between them. */
  #children(indexes, reachable) {
    const [above, between, below] = this.#spacers;
    const children = [above];
    let next = 0;
    for (const index of indexes) {
      if (children.length === 1) grow(above, index);
      else if (index > next) children.push(grow(between, index - next));
      children.push(this.#show(index, reachable));
      next = index + 1;
    }
    if (next === 0) grow(above, 0);
    children.push(grow(below, this.#rows.length - next));
    return children;
  }

  #show(index, reachable) {
    const next = this.#rows[index];
    const id = rowId(next);
    const row = this.#drawn.get(id) ?? this.#add(id, next.kind);
    row.element.tabIndex = id === reachable ? 0 : -1;
    row.element.setAttribute('aria-rowindex', String(index + 2));
    row.show(next, this.#model);
    return row.element;
  }

  /** The place of the row with the focus, or of the one that follows a row that is gone; -1 without one. */
  #focused() {
    if (!this.#body.contains(document.activeElement)) return -1;
    const { id } = document.activeElement.closest('tr').dataset;
    const found = this.#rows.findIndex((row) => rowId(row) === id);
    this.#focusedAt = found === -1 ? Math.min(this.#focusedAt, this.#rows.length - 1) : found;
    return this.#focusedAt;
  }

  #add(id, kind) {
    const row = kind === 'group' ? new GroupRow(id) : new ContainerRow(id);
    this.#drawn.set(id, row);
    return row;
  }

  #setCurrent(id) {
    if (!id || id === this.#current) return;
    const before = this.#drawn.get(this.#current);
    if (before) before.element.tabIndex = -1;
    this.#current = id;
    const row = this.#drawn.get(id);
    if (row) row.element.tabIndex = 0;
  }

  #open(element) {
    if (!element) return;
    const row = this.#rows.find((next) => rowId(next) === element.dataset.id);
    if (row?.kind === 'container') this.#onOpen(row.container.containerId);
    else if (row) this.#toggle(row.key);
  }

  #toggle(key) {
    const { closed } = this.#settings;
    if (!closed.delete(key)) closed.add(key);
    this.refresh(true);
  }

  #key(event) {
    const current = event.target.closest('tr[data-id]');
    if (!current) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#open(current);
      return;
    }
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = this.#rows.findIndex((row) => rowId(row) === current.dataset.id);
    this.#focus(Math.min(this.#rows.length - 1, Math.max(0, index + step)));
  }

  #focus(index) {
    const top = index * ROW_HEIGHT;
    const view = this.#scroll.clientHeight - this.#head.offsetHeight;
    if (top < this.#scroll.scrollTop) this.#scroll.scrollTop = top;
    if (top + ROW_HEIGHT > this.#scroll.scrollTop + view) this.#scroll.scrollTop = top + ROW_HEIGHT - view;
    this.#draw();
    this.#drawn.get(rowId(this.#rows[index]))?.element.focus({ preventScroll: true });
  }
}

const range = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n);

function grow(spacer, rows) {
  spacer.firstChild.style.height = `${rows * ROW_HEIGHT}px`;
  return spacer;
}

function spacer() {
  return el('tr', { class: 'spacer', 'aria-hidden': 'true' }, el('td'));
}
