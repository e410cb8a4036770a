// The newest events, as they happen.
import { $, choice } from '../dom.js';
import { show } from '../show.js';
import { eventItem } from './list.js';
import { PRESETS, newestFirst, presetOptions } from './kinds.js';

const MOST_KNOWN = 500;
const MOST_SHOWN = 150;
const REDRAW_MILLIS = 300;
const EMPTY = {
  all: 'No events yet. Start or stop a container, and it is here at once.',
  problems: 'No problems among the newest events: nothing failed, nothing is unhealthy.',
  restarts: 'Nothing restarted among the newest events.',
  health: 'No health checks reported a change.',
};

export class Feed {
  #list = $('events');
  #none = $('no-events');
  #known = new Map();
  #preset = 'all';
  #fresh = new Set();
  #told = false;
  #timer = null;
  #model;

  constructor(model) {
    this.#model = model;
    $('event-presets').append(choice('Which events', presetOptions(), this.#preset, (preset) => {
      this.#preset = preset;
      this.#draw();
    }));
  }

  get newest() {
    return [...this.#known.values()].sort(newestFirst);
  }

  /** Takes events in, in any order; those that are known change nothing. */
  add(events, arrived) {
    this.#told = true;
    for (const event of events) {
      if (this.#known.has(event.eventId)) continue;
      this.#known.set(event.eventId, event);
      if (arrived) this.#fresh.add(event.eventId);
    }
    if (this.#known.size > MOST_KNOWN) {
      this.#known = new Map(this.newest.slice(0, MOST_KNOWN).map((event) => [event.eventId, event]));
    }
    // A storm of events is drawn a few times a second, not once for each.
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#draw();
    }, REDRAW_MILLIS);
  }

  #draw() {
    const { test } = PRESETS[this.#preset];
    const events = this.newest.filter(test).slice(0, MOST_SHOWN);
    const host = this.#model.hosts.length > 1;
    show(this.#list, ...events.map((event) => eventItem(event, { host, fresh: this.#fresh.has(event.eventId) })));
    this.#list.hidden = events.length === 0;
    this.#none.hidden = events.length > 0 || !this.#told;
    this.#none.textContent = EMPTY[this.#preset];
    this.#fresh.clear();
  }
}
