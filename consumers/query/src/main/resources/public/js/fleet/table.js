// The table of containers. Only the rows in view exist in the document, so that a thousand containers stay smooth.
import { $, el } from '../dom.js';
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
  #spacers = [spacer(), spacer()];
  #current = null;
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
    const to = Math.min(this.#rows.length, from + fit);
    const visible = this.#rows.slice(from, to);
    const ids = new Set(visible.map(rowId));
    for (const [id, row] of this.#drawn) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.#drawn.delete(id);
    }
    const [above, below] = this.#spacers;
    above.firstChild.style.height = `${from * ROW_HEIGHT}px`;
    below.firstChild.style.height = `${(this.#rows.length - to) * ROW_HEIGHT}px`;
    if (this.#body.firstChild !== above) this.#body.prepend(above);
    const reachable = ids.has(this.#current) ? this.#current : visible.length ? rowId(visible[0]) : null;
    let previous = above;
    visible.forEach((next, index) => {
      const id = rowId(next);
      const row = this.#drawn.get(id) ?? this.#add(id, next.kind);
      // Moving a row that stands where it should would take the focus from it.
      if (previous.nextSibling !== row.element) previous.after(row.element);
      row.element.tabIndex = id === reachable ? 0 : -1;
      row.element.setAttribute('aria-rowindex', String(from + index + 2));
      row.show(next, this.#model);
      previous = row.element;
    });
    if (previous.nextSibling !== below) previous.after(below);
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
    this.#drawn.get(id).element.tabIndex = 0;
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

function spacer() {
  return el('tr', { class: 'spacer', 'aria-hidden': 'true' }, el('td'));
}
