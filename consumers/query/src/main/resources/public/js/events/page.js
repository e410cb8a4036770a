// All events that are kept, by range, kind and words.
import * as api from '../api.js';
import { $, choice, el, pick } from '../dom.js';
import { nameOf } from '../format.js';
import { options, parameters } from '../ranges.js';
import { amend } from '../router.js';
import { show } from '../show.js';
import { eventItem } from './list.js';
import { PRESETS, newestFirst, presetOptions } from './kinds.js';

const PAGE = 200;
/** Of one go. */
const MOST_PAGES = 10;
const AFTER_TYPING_MILLIS = 300;

export class EventsPage {
  #model;
  #known = [];
  #span = null;
  #problem = null;
  #typing = null;
  #isRead = false;
  #reading = false;
  #again = false;
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
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#cursor && this.#matching(this.#known).length === 0 && this.#read(true), AFTER_TYPING_MILLIS);
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

  /** Something happened: what is new comes on top of what is shown. */
  changed() {
    if (this.#reading) this.#again = true;
    else this.#readNewest();
  }

  #change(settings) {
    Object.assign(this.#settings, settings);
    amend({ show: this.#settings.show, range: this.#settings.range });
    this.#read(false);
  }

  #ask(span, cursor = null) {
    return api.events({ ...span, action: PRESETS[this.#settings.show].actions, limit: PAGE, cursor });
  }

  /** Reads from the newest, or on from what is shown, until there is something to show; only so far at once. */
  async #read(more) {
    const asked = ++this.#asked;
    this.#reading = true;
    if (!more) this.#span = parameters(this.#settings.range);
    let known = more ? this.#known : [];
    let cursor = more ? this.#cursor : null;
    const enough = this.#matching(known).length + 1;
    try {
      for (let page = 0; page < MOST_PAGES && this.#matching(known).length < enough; page++) {
        const answer = await this.#ask(this.#span, cursor);
        if (asked !== this.#asked) return;
        known = [...known, ...answer.items];
        cursor = answer.nextCursor;
        if (!cursor) break;
      }
      this.#known = known;
      this.#cursor = cursor;
      this.#problem = null;
      this.#isRead = true;
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.#problem = problem;
    }
    this.#reading = false;
    this.#draw();
    if (this.#again) this.#readNewest();
  }

  async #readNewest() {
    const asked = this.#asked;
    const span = parameters(this.#settings.range);
    this.#again = false;
    try {
      const { items, nextCursor } = await this.#ask(span);
      if (asked !== this.#asked) {
        this.#again = this.#reading;
        return;
      }
      const ids = new Set(items.map((event) => event.eventId));
      const older = this.#known.filter((event) => !ids.has(event.eventId));
      // Only where they meet there is no hole between them.
      const meet = older.length < this.#known.length || !nextCursor;
      this.#known = meet ? [...items, ...older].sort(newestFirst) : items;
      if (!meet) [this.#span, this.#cursor] = [span, nextCursor];
      this.#problem = null;
      this.#isRead = true;
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.#problem = problem;
    }
    this.#draw();
  }

  #matching(events) {
    const words = this.#words();
    const { test } = PRESETS[this.#settings.show];
    return events.filter((event) => {
      const text = `${nameOf(event)} ${event.hostName} ${event.project ?? ''} ${event.image ?? ''} ${event.action}`.toLowerCase();
      return test(event) && words.every((word) => text.includes(word));
    });
  }

  #words() {
    return this.#settings.words.toLowerCase().split(/\s+/).filter(Boolean);
  }

  #draw() {
    const events = this.#matching(this.#known);
    const host = this.#model.hosts.length > 1;
    show($('events-list'), ...events.map((event) => eventItem(event, { long: true, host })));
    $('events-more').hidden = !this.#cursor;
    $('events-count').textContent = events.length ? `${events.length}${this.#cursor ? '+' : ''} events` : '';
    this.#say(this.#problem ? `Events cannot be read: ${this.#problem.message}` : events.length ? '' : this.#none());
  }

  #none() {
    if (!this.#isRead) return '';
    if (this.#cursor) return `None among the newest ${this.#known.length} of this range. There are older ones.`;
    return this.#words().length ? 'No event matches these words.' : 'Nothing of this kind happened in this range. Choose a longer one, or another kind.';
  }

  #say(message) {
    $('events-none').replaceChildren(el('span', {}, message));
    $('events-none').hidden = message === '';
  }
}
