// All events that are kept, by range, kind and words.
import * as api from '../api.js';
import { $, choice, el, pick } from '../dom.js';
import { nameOf } from '../format.js';
import { options, parameters } from '../ranges.js';
import { amend } from '../router.js';
import { eventItem } from './list.js';
import { PRESETS, presetOptions } from './kinds.js';

const PAGE = 200;

export class EventsPage {
  #model;
  #shown = [];
  #cursor = null;
  #settings = { show: 'all', range: '24h', words: '' };
  #asked = 0;
  #presets;
  #ranges;

  constructor(model) {
    this.#model = model;
    this.#presets = choice('Which events', presetOptions(), 'all', (show) => this.#change({ show }));
    this.#ranges = pick('Range', options('night', 'today', '1h', '24h', '7d'), '24h', (range) => this.#change({ range }));
    $('events-controls').append(this.#presets, this.#ranges);
    $('events-words').addEventListener('input', (event) => {
      this.#settings.words = event.target.value;
      this.#draw();
    });
    $('events-more').addEventListener('click', () => this.#read(true));
  }

  show({ query }) {
    const { show, range } = { show: query.get('show') ?? 'all', range: query.get('range') ?? '24h' };
    this.#settings = { ...this.#settings, show: PRESETS[show] ? show : 'all', range };
    this.#presets.choose(this.#settings.show);
    this.#ranges.value = range;
    this.#read(false);
  }

  /** The hosts are known. */
  hostsCame() {
    this.#draw();
  }

  /** Something happened: what is shown up to now is read again. */
  changed() {
    if (!this.#cursor || this.#shown.length <= PAGE) this.#read(false);
  }

  #change(settings) {
    Object.assign(this.#settings, settings);
    amend({ show: this.#settings.show, range: this.#settings.range });
    this.#read(false);
  }

  async #read(more) {
    const asked = ++this.#asked;
    const { show, range } = this.#settings;
    try {
      const answer = await api.events({ ...parameters(range), action: PRESETS[show].actions, limit: PAGE, cursor: more ? this.#cursor : null });
      if (asked !== this.#asked) return;
      this.#shown = more ? [...this.#shown, ...answer.items] : answer.items;
      this.#cursor = answer.nextCursor;
      this.#draw();
    } catch (problem) {
      if (asked === this.#asked) this.#say(`Events cannot be read: ${problem.message}`);
    }
  }

  #draw() {
    const words = this.#settings.words.toLowerCase().split(/\s+/).filter(Boolean);
    const { test } = PRESETS[this.#settings.show];
    const events = this.#shown.filter((event) => {
      const text = `${nameOf(event)} ${event.hostName} ${event.project ?? ''} ${event.image ?? ''} ${event.action}`.toLowerCase();
      return test(event) && words.every((word) => text.includes(word));
    });
    const host = this.#model.hosts.length > 1;
    $('events-list').replaceChildren(...events.map((event) => eventItem(event, { long: true, host })));
    $('events-more').hidden = !this.#cursor;
    $('events-count').textContent = events.length ? `${events.length}${this.#cursor ? '+' : ''} events` : '';
    this.#say(events.length ? '' : words.length ? 'No event matches these words.' : 'Nothing of this kind happened in this range. Choose a longer one, or another kind.');
  }

  #say(message) {
    $('events-none').replaceChildren(el('span', {}, message));
    $('events-none').hidden = message === '';
  }
}
