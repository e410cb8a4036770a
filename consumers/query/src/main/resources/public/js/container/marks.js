// What happened, drawn over a chart on its time axis: events as lines, gaps and alerts as bands.
import { el } from '../dom.js';
import { actionName, details, gapText, tone } from '../events/kinds.js';
import { clock, percent } from '../format.js';

/** Events closer together than this are one line. */
const CLOSE_PIXELS = 4;
const NEAR_PIXELS = 7;

/** `{at, tone, label}` for an event; times in seconds. */
export const eventMark = (event) => ({
  at: Date.parse(event.time) / 1000,
  tone: tone(event),
  label: [actionName(event), ...details(event)].join(', '),
});

export const gapBand = (gap) => ({
  kind: 'gap',
  from: gap.from ? Date.parse(gap.from) / 1000 : null,
  to: Date.parse(gap.to) / 1000,
  label: gapText(gap),
});

export const alertBand = (alert) => ({
  kind: 'alert',
  resource: alert.resource,
  from: Date.parse(alert.raisedAt ?? alert.since) / 1000,
  to: alert.clearedAt ? Date.parse(alert.clearedAt) / 1000 : null,
  label: `${alert.resource === 'CPU' ? 'CPU' : 'memory'} above ${percent(alert.thresholdPercent)}`,
});

/** A layer over the plot of one chart. */
export class Marks {
  #layer = el('div', { class: 'marks' });
  #chart = null;
  #events = [];
  #bands = [];

  attach(chart) {
    this.#chart = chart;
    chart.over.append(this.#layer);
    this.draw();
  }

  set(events, bands) {
    this.#events = events;
    this.#bands = bands;
    this.draw();
  }

  /** What happened at a place in the plot, in words; null when nothing did. */
  near(x) {
    const found = this.#events.filter((mark) => Math.abs(this.#x(mark.at) - x) <= NEAR_PIXELS);
    const band = this.#bands.find(({ from, to }) => this.#x(from ?? -Infinity) <= x && x <= this.#x(to ?? Infinity));
    const words = found.slice(0, 3).map((mark) => `${clock(new Date(mark.at * 1000))} ${mark.label}`);
    if (found.length > 3) words.push(`and ${found.length - 3} more`);
    if (band) words.push(band.label);
    return words.length ? words.join(' · ') : null;
  }

  #x(seconds) {
    const { min, max } = this.#chart.scales.x;
    const within = Math.min(max, Math.max(min, seconds));
    return this.#chart.valToPos(within, 'x');
  }

  draw() {
    const chart = this.#chart;
    if (!chart || chart.scales.x.min === null || chart.scales.x.min === undefined) return;
    const { min, max } = chart.scales.x;
    const elements = [];
    for (const band of this.#bands) {
      if ((band.to ?? max) < min || (band.from ?? min) > max) continue;
      const left = this.#x(band.from ?? min);
      const element = el('span', { class: `band ${band.kind}`, title: band.label });
      element.style.left = `${left}px`;
      element.style.width = `${Math.max(2, this.#x(band.to ?? max) - left)}px`;
      elements.push(element);
    }
    for (const group of clusters(this.#events.filter((mark) => mark.at >= min && mark.at <= max), (mark) => this.#x(mark.at))) {
      const worst = ['bad', 'warn', 'good'].find((next) => group.some((mark) => mark.tone === next)) ?? '';
      const element = el('span', { class: `mark ${worst}`, title: group.map((mark) => mark.label).join('\n') });
      element.style.left = `${this.#x(group[0].at)}px`;
      elements.push(element);
    }
    this.#layer.replaceChildren(...elements);
  }
}

function clusters(marks, x) {
  const groups = [];
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const group = groups.at(-1);
    if (group && x(mark) - x(group[0]) < CLOSE_PIXELS) group.push(mark);
    else groups.push([mark]);
  }
  return groups;
}
