// What restarted, last night or in another range, how often and why.
import * as api from '../api.js';
import { $, el, pick } from '../dom.js';
import * as format from '../format.js';
import { RANGES, options, parameters, range as rangeOf } from '../ranges.js';
import { containerAddress, address } from '../router.js';
import { restarts } from '../events/kinds.js';
import { show } from '../show.js';

const MOST = 6;
const MOST_PAGES = 5;
const ACTIONS = 'CREATE,START,DIE';

export class Restarts {
  #range = 'night';

  constructor() {
    $('restarts-controls').append(pick('Range', options('night', 'today', '1h', '24h', '7d'), this.#range, (range) => {
      this.#range = range;
      this.read();
    }));
  }

  async read() {
    const range = this.#range;
    try {
      const { items, complete } = await api.allEvents({ action: ACTIONS, ...parameters(range) }, MOST_PAGES);
      if (range === this.#range) this.#draw(restarts(items), complete);
    } catch (problem) {
      this.#say(`Events cannot be read: ${problem.message}`);
    }
  }

  #draw(found, complete) {
    const chart = this.#range === '7d' ? '24h' : this.#range === '1h' ? '1h' : '24h';
    show($('restarts'), ...found.slice(0, MOST).map((item) => {
      const causes = [...item.causes].sort((a, b) => b[1] - a[1]).map(([why]) => why).join('; ');
      return el('li', { 'data-key': item.key },
        el('a', { class: 'name', href: containerAddress(item.containerId, { range: chart }), title: `${format.nameOf(item)} on ${item.hostName}` }, format.nameOf(item)),
        el('span', { class: 'times' }, `× ${item.count}`),
        el('span', { class: 'second' }, `last ${format.when(item.last)} · ${causes}`));
    }));
    $('restarts-all').href = address('events', null, { show: 'restarts', range: this.#range });
    const { from, to } = rangeOf(this.#range);
    const span = `${format.when(from.toISOString()).replace(/:00$/, '')} – ${to ? format.when(to.toISOString()).replace(/:00$/, '') : 'now'}`;
    const notes = [];
    if (found.length === 0) notes.push(`Nothing restarted (${RANGES[this.#range].name.toLowerCase()}, ${span}).`);
    if (found.length > MOST) notes.push(`and ${found.length - MOST} more`);
    if (!complete) notes.push('There were too many events to read them all.');
    this.#say(notes.join(' · '));
    $('restarts-title').title = span;
  }

  #say(message) {
    $('restarts-note').hidden = message === '';
    $('restarts-note').textContent = message;
  }
}
