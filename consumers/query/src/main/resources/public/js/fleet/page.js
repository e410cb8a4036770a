// The fleet at a glance: figures, rankings, the table, the newest events.
import { $, pick } from '../dom.js';
import { address, containerAddress } from '../router.js';
import { Busiest } from './busiest.js';
import { Notices } from './notices.js';
import { Restarts } from './restarts.js';
import { Table } from './table.js';
import { Tiles } from './tiles.js';
import { Usage } from './usage.js';

export class FleetPage {
  #model;
  #tiles = new Tiles();
  #usage = new Usage();
  #restarts = new Restarts();
  #notices;
  #busiest;
  #table;
  #filter = $('filter');

  constructor(model) {
    this.#model = model;
    this.#notices = new Notices(model);
    this.#busiest = new Busiest(model);
    this.#table = new Table(model, (containerId) => (location.hash = containerAddress(containerId)));
    $('table-controls').append(
      pick('State', [['running', 'running'], ['all', 'all states']], 'running', (state) => this.#arrange({ state })),
      pick('Group', [['none', 'not grouped'], ['project', 'by project'], ['host', 'by host'], ['image', 'by image']], 'none', (group) => this.#arrange({ group })));
    this.#filter.addEventListener('input', () => this.#set(this.#filter.value));
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' || event.key === 'Enter') {
        event.preventDefault();
        this.#table.focus();
      }
    });
  }

  show({ query }) {
    const filter = query.get('filter') ?? '';
    if (filter !== this.#filter.value) {
      this.#filter.value = filter;
      this.#table.set({ filter });
    }
    this.draw(true);
  }

  /** What was counted from kept history: read now and then, not with every reading. */
  readHistory() {
    this.#usage.read();
    this.#restarts.read();
  }

  readRestarts() {
    this.#restarts.read();
  }

  draw(resort = false) {
    this.#tiles.show(this.#model);
    this.#busiest.show();
    this.#table.refresh(resort);
    const all = this.#model.containers.length;
    $('shown').textContent = all ? `${this.#table.shown} shown` : '';
    $('empty').hidden = this.#table.shown > 0;
    $('empty').textContent = all > 0
      ? 'No container matches. Clear the filter with Escape, or show all states.'
      : this.#model.lacks.containers ? `Containers ${this.#model.lacks.containers}.`
      : 'No containers yet. Start one on a host with an agent, and it is here within two seconds.';
  }

  showNotices() {
    this.#notices.show(this.#model);
  }

  focusFilter() {
    this.#filter.focus();
    this.#filter.select();
  }

  /** Whether there was a filter to clear. */
  clearFilter() {
    if (!this.#filter.value) return false;
    this.#filter.value = '';
    this.#set('');
    return true;
  }

  #set(filter) {
    history.replaceState(null, '', address('fleet', null, { filter }));
    this.#arrange({ filter });
  }

  #arrange(settings) {
    this.#table.set(settings);
    this.draw();
  }
}
