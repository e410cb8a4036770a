// One chart: its title, its values under the cursor, its lines, and what happened.
import uPlot from '../../vendor/uplot/dist/uPlot.esm.js';
import { color, faint } from '../colors.js';
import { el, text } from '../dom.js';
import { Marks } from './marks.js';

const HEIGHT = 168;
const GRID = '--line';
const POWERS_OF_TWO = Array.from({ length: 50 }, (_, power) => 2 ** power);

const pad = (number) => String(number).padStart(2, '0');

function timeLabels(chart, splits, axis, space, step) {
  return splits.map((seconds) => {
    const date = new Date(seconds * 1000);
    const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
    return step < 60 ? `${clock}:${pad(date.getSeconds())}` : clock;
  });
}

export class Chart {
  element;
  #spec;
  #body = el('div', { class: 'plot' });
  #values = new Map();
  #marks = new Marks();
  #plot = null;
  #history = null;
  #range = [0, 1];
  #onCursor;
  #lines = [];

  /** `spec`: `{title, note, format, bytes, series: [{key, name, color, fill, dash}], empty}`. */
  constructor(spec, onCursor) {
    this.#spec = spec;
    this.#onCursor = onCursor;
    const legend = el('dl', { class: 'legend' });
    for (const { key, name, color: property, dash } of spec.series) {
      const value = el('dd', {}, '–');
      const swatch = el('i', { class: dash ? 'swatch dash' : 'swatch', 'aria-hidden': 'true' });
      swatch.style.color = `var(${property})`;
      const item = el('div', {}, el('dt', {}, swatch, name), value);
      legend.append(item);
      this.#values.set(key, { value, item });
    }
    this.element = el('section', { class: 'panel chart', 'aria-label': spec.title },
      el('header', {}, el('h3', {}, spec.title), spec.note ? el('span', { class: 'second' }, spec.note) : null, legend), this.#body);
    new ResizeObserver(() => this.#resize()).observe(this.#body);
  }

  /** Shows a history between two times, in seconds. */
  show(history, range, marks, bands) {
    this.#history = history;
    this.#range = range;
    const lines = this.#spec.series.filter(({ key }) => history.has(key));
    const empty = lines.length === 0;
    this.#body.classList.toggle('nothing', empty);
    if (empty) {
      this.#destroy();
      this.#body.replaceChildren(el('p', { class: 'empty' }, this.#spec.empty));
    } else {
      if (!this.#plot || lines.length !== this.#lines.length) this.#build(lines);
      this.#plot.setData(this.#data());
      this.#marks.set(marks, bands.filter((band) => !band.resource || band.resource === this.#spec.resource));
    }
    this.#tell(null);
  }

  /** Builds it anew, in the colours of the theme. */
  recolor() {
    if (this.#plot) {
      this.#build(this.#lines);
      this.#plot.setData(this.#data());
    }
  }

  #data() {
    return [this.#history.times, ...this.#lines.map(({ key }) => this.#history.columns[key])];
  }

  #build(lines) {
    this.#destroy();
    this.#lines = lines;
    this.#body.replaceChildren();
    this.#plot = new uPlot(this.#options(), [[], ...lines.map(() => [])], this.#body);
    this.#marks.attach(this.#plot);
  }

  #options() {
    const axis = { stroke: color('--muted'), font: '11px system-ui, sans-serif', grid: { stroke: faint(GRID, 0.7), width: 1 }, ticks: { stroke: faint(GRID, 0.7), size: 4 } };
    return {
      width: Math.max(200, this.#body.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      padding: [10, 8, 0, 0],
      cursor: { sync: { key: 'container' }, y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: true, range: () => this.#range },
        y: { range: (plot, min, max) => [0, Math.max((max ?? 0) * 1.08, this.#spec.least ?? 1)] },
      },
      axes: [
        { ...axis, size: 28, values: timeLabels, space: 56 },
        {
          ...axis,
          size: 66,
          values: (plot, splits) => splits.map((value) => (value === 0 ? '0' : this.#spec.format(value))),
          ...(this.#spec.bytes && { incrs: POWERS_OF_TWO }),
          space: 34,
        },
      ],
      series: [{}, ...this.#lines.map(({ color: property, fill, dash }) => ({
        stroke: dash ? faint(property, 0.65) : color(property),
        width: dash ? 1 : 1.5,
        ...(dash && { dash: [5, 4] }),
        ...(fill && { fill: faint(property, 0.14) }),
        points: { show: false },
        spanGaps: false,
      }))],
      hooks: {
        setCursor: [(plot) => this.#tell(plot.cursor.idx, plot.cursor.left)],
        setScale: [(plot, key) => key === 'x' && this.#marks.draw()],
        setSize: [() => this.#marks.draw()],
      },
    };
  }

  /** Values at an index, or the last ones. */
  #tell(index, left) {
    const active = index !== null && index !== undefined && left >= 0;
    for (const [key, { value, item }] of this.#values) {
      item.hidden = !this.#history.has(key);
      const known = active ? this.#history.columns[key][index] ?? null : this.#history.last(key);
      text(value, this.#spec.format(known));
    }
    this.#onCursor(active ? this.#history.times[index] : null, active ? this.#marks.near(left) : null);
  }

  #resize() {
    if (this.#plot && this.#body.clientWidth) this.#plot.setSize({ width: this.#body.clientWidth, height: HEIGHT });
  }

  #destroy() {
    this.#plot?.destroy();
    this.#plot = null;
    this.#lines = [];
  }
}
