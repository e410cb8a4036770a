// Who used the most CPU: today, or in another range, by project, host or image.
import * as api from '../api.js';
import { $, pick } from '../dom.js';
import * as format from '../format.js';
import { options, parameters } from '../ranges.js';
import { show } from '../show.js';
import { bars } from './bars.js';

const MOST = 6;
const NONE = { project: 'no project', image: 'no image', host: 'no host' };
const HINT = {
  project: 'No readings in this range yet. A container belongs to a project when Compose or a Swarm stack started it.',
  host: 'No readings in this range yet.',
  image: 'No readings in this range yet.',
};

export class Usage {
  #by = 'project';
  #range = 'today';

  constructor() {
    $('usage-controls').append(
      pick('By', [['project', 'by project'], ['host', 'by host'], ['image', 'by image']], this.#by, (by) => {
        this.#by = by;
        this.read();
      }),
      pick('Range', options('today', 'night', '1h', '24h'), this.#range, (range) => {
        this.#range = range;
        this.read();
      }));
  }

  async read() {
    const by = this.#by;
    const range = this.#range;
    try {
      const { items } = await api.totals({ by, ...parameters(range), limit: 1000 });
      if (by !== this.#by || range !== this.#range) return;
      this.#draw(items.filter((item) => format.known(item.cpu?.usageNanos)));
    } catch (problem) {
      this.#say(`CPU time cannot be read: ${problem.message}`);
    }
  }

  #draw(items) {
    const total = items.reduce((sum, item) => sum + item.cpu.usageNanos, 0);
    const ranked = [...items].sort((a, b) => b.cpu.usageNanos - a.cpu.usageNanos);
    const rest = ranked.slice(MOST).reduce((sum, item) => sum + item.cpu.usageNanos, 0);
    show($('usage'), ...bars(ranked.slice(0, MOST).map((item) => ({
      name: item.name ?? item.value ?? NONE[this.#by],
      value: item.cpu.usageNanos,
      label: format.cpuTime(item.cpu.usageNanos),
      note: total > 0 ? `${Math.round((100 * item.cpu.usageNanos) / total)} %` : '',
    })), 'cpu'));
    this.#say(ranked.length === 0 ? HINT[this.#by] : rest > 0 ? `${ranked.length - MOST} more: ${format.cpuTime(rest)}` : '');
  }

  #say(message) {
    $('usage-note').hidden = message === '';
    $('usage-note').textContent = message;
  }
}
