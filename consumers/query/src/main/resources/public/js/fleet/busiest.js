// The containers that use the most just now.
import { $, choice } from '../dom.js';
import * as format from '../format.js';
import { both, isRunning } from '../model.js';
import { containerAddress } from '../router.js';
import { show } from '../show.js';
import { bars } from './bars.js';

const MOST = 6;
const KINDS = {
  cpu: { name: 'CPU', of: ({ sample }) => sample.cpu?.percent ?? null, format: format.percent },
  memory: { name: 'Memory', of: ({ sample }) => sample.memory?.usedBytes ?? null, format: format.bytes },
  network: { name: 'Network', of: ({ rates }) => both(rates.rx, rates.tx), format: format.rate },
  block: { name: 'Disk', of: ({ rates }) => both(rates.read, rates.write), format: format.rate },
};

export class Busiest {
  #kind = 'cpu';
  #model;

  constructor(model) {
    this.#model = model;
    $('busiest-controls').append(choice('Most of', Object.entries(KINDS).map(([key, { name }]) => [key, name]), this.#kind, (kind) => {
      this.#kind = kind;
      this.show();
    }));
  }

  show() {
    const { of, format: written } = KINDS[this.#kind];
    const ranked = [];
    for (const container of this.#model.containers) {
      const reading = isRunning(container) ? this.#model.reading(container.containerId) : null;
      const value = reading ? of(reading) : null;
      if (value !== null) ranked.push({ container, value });
    }
    ranked.sort((a, b) => b.value - a.value);
    show($('busiest'), ...bars(ranked.slice(0, MOST).map(({ container, value }) => ({
      key: container.containerId,
      name: format.nameOf(container),
      title: `${format.nameOf(container)} on ${container.hostName}`,
      href: containerAddress(container.containerId),
      value,
      label: written(value),
    })), this.#kind));
    $('busiest-note').hidden = ranked.length > 0;
  }
}
