// What needs a look: alerts, hosts in conflict or silent, holes in what was seen.
import { $, el } from '../dom.js';
import * as format from '../format.js';
import { address, containerAddress } from '../router.js';
import { gapText } from '../events/kinds.js';

const MOST = 4;
const GAP_IS_NEWS_MILLIS = 3_600_000;

/** In the order in which they matter. */
function* notices(model, gaps) {
  for (const host of model.hosts.filter((next) => next.conflict)) {
    yield { tone: 'bad', title: `Two agents report as ${host.hostName}.`, text: 'They share one host id, so their figures are mixed: set tallyman.host.id on one of them.', href: address('hosts') };
  }
  for (const alert of model.alerts) {
    yield {
      tone: 'bad',
      title: `${format.nameOf(alert)}: ${alert.resource === 'CPU' ? 'CPU' : 'memory'} at ${format.percent(alert.observedPercent)},`,
      text: `above its limit of ${format.percent(alert.thresholdPercent)} since ${format.when(alert.since)}.`,
      href: containerAddress(alert.containerId),
    };
  }
  for (const host of model.hosts.filter((next) => next.stale && !next.conflict)) {
    yield { tone: 'warn', title: `${host.hostName} is silent.`, text: `Its agent last reported ${format.when(host.asOf)}; what is shown of it is old.`, href: address('hosts') };
  }
  for (const gap of gaps) {
    if (Date.now() - Date.parse(gap.to) > GAP_IS_NEWS_MILLIS) continue;
    const host = gap.hostName ?? model.host(gap.hostId)?.hostName ?? gap.hostId;
    yield { tone: 'warn', title: `${host}, ${format.when(gap.to)}:`, text: `${gapText(gap)}.`, href: address('hosts') };
  }
}

export class Notices {
  #drawn = '';
  #all = false;

  show(model, gaps) {
    const found = [...notices(model, gaps)];
    const key = JSON.stringify([found, this.#all]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const shown = this.#all ? found : found.slice(0, MOST);
    const items = shown.map(({ tone, title, text, href }) =>
      el('li', { class: tone }, el('a', { href }, el('strong', {}, title)), ` ${text}`));
    if (found.length > shown.length) {
      const more = el('button', { type: 'button', class: 'link' }, `Show ${found.length - shown.length} more`);
      more.addEventListener('click', () => {
        this.#all = true;
        this.show(model, gaps);
      });
      items.push(el('li', {}, more));
    }
    $('notices').replaceChildren(...items);
    $('notices').hidden = items.length === 0;
  }
}
