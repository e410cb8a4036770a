// What needs a look: alerts, hosts in conflict or silent, holes in what was seen.
import { $, el } from '../dom.js';
import * as format from '../format.js';
import { address, containerAddress } from '../router.js';
import { gapText } from '../events/kinds.js';
import { isFailure } from '../model.js';
import { show } from '../show.js';

const MOST = 4;
const GAP_IS_NEWS_MILLIS = 3_600_000;

/** In the order in which they matter. */
function* notices(model) {
  const failed = Object.keys(model.lacks).filter((what) => isFailure(model.lacks[what]));
  if (failed.length) {
    yield { key: 'lacks', tone: 'warn', title: `Not all can be read (${failed.join(', ')}).`, text: 'What is shown of that may be old, or missing.' };
  }
  for (const host of model.hosts.filter((next) => next.conflict)) {
    yield { key: `conflict ${host.hostId}`, tone: 'bad', title: `Two agents report as ${host.hostName}.`, text: 'They share one host id, so their figures are mixed: set tallyman.host.id on one of them.', href: address('hosts') };
  }
  for (const alert of model.alerts) {
    yield {
      key: alert.alertId,
      tone: 'bad',
      title: `${format.nameOf(alert)}: ${alert.resource === 'CPU' ? 'CPU' : 'memory'} at ${format.percent(alert.observedPercent)},`,
      text: `above its limit of ${format.percent(alert.thresholdPercent)} since ${format.when(alert.since)}.`,
      href: containerAddress(alert.containerId),
    };
  }
  for (const host of model.hosts.filter((next) => next.stale && !next.conflict)) {
    yield { key: `silent ${host.hostId}`, tone: 'warn', title: `${host.hostName} is silent.`, text: `Its agent last reported ${format.when(host.asOf)}; what is shown of it is old.`, href: address('hosts') };
  }
  for (const gap of model.gaps) {
    if (Date.now() - Date.parse(gap.to) > GAP_IS_NEWS_MILLIS) continue;
    const host = gap.hostName ?? model.host(gap.hostId)?.hostName ?? gap.hostId;
    yield { key: gap.gapId, tone: 'warn', title: `${host}, ${format.when(gap.to)}:`, text: `${gapText(gap)}.`, href: address('hosts') };
  }
}

export class Notices {
  #all = false;

  constructor(model) {
    $('notices').addEventListener('click', (event) => {
      if (!event.target.closest('button')) return;
      this.#all = true;
      this.show(model);
    });
  }

  show(model) {
    const found = [...notices(model)];
    const shown = this.#all ? found : found.slice(0, MOST);
    const items = shown.map(({ key, tone, title, text, href }) =>
      el('li', { class: tone, 'data-key': key }, el(href ? 'a' : 'span', { href }, el('strong', {}, title)), ` ${text}`));
    if (found.length > shown.length) {
      items.push(el('li', { 'data-key': 'more' }, el('button', { type: 'button', class: 'link' }, `Show ${found.length - shown.length} more`)));
    }
    show($('notices'), ...items);
    $('notices').hidden = items.length === 0;
  }
}
