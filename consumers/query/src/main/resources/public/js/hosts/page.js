// The hosts: how loaded, how fresh, what is wrong with them.
import { $, el, text } from '../dom.js';
import * as format from '../format.js';
import { address } from '../router.js';
import { gapText } from '../events/kinds.js';
import { show } from '../show.js';

const COLUMNS = [['Host', ''], ['Agent', ''], ['Containers', 'num'], ['CPU', ''], ['Memory', ''], ['Network', 'num'], ['Engine', ''], ['Lost records', 'num']];

export class HostsPage {
  #model;

  constructor(model) {
    this.#model = model;
    $('hosts-head').append(el('tr', {}, ...COLUMNS.map(([name, className]) => el('th', { scope: 'col', class: className }, name))));
  }

  draw() {
    const { containers, hosts, gaps, moreGaps, lacks } = this.#model;
    const byHost = Map.groupBy(containers, (container) => container.hostId);
    show($('hosts-rows'), ...hosts.map((host) => this.#row(host, byHost.get(host.hostId) ?? [])));
    tell('hosts-lack', lacks.hosts && `Hosts ${lacks.hosts}.`);
    $('hosts-none').hidden = hosts.length > 0 || lacks.hosts !== null;
    show($('gaps'), ...gaps.map((gap) => el('li', { 'data-key': gap.gapId },
      el('time', { dateTime: gap.to, title: format.moment(gap.to) }, format.when(gap.to)),
      el('span', { class: 'what' }, el('strong', {}, gap.hostName ?? this.#model.host(gap.hostId)?.hostName ?? gap.hostId)),
      el('span', { class: 'second' }, gapText(gap)))));
    tell('gaps-lack', lacks.gaps ? `Gaps ${lacks.gaps}.` : moreGaps && `These are the newest ${gaps.length}; there are more.`);
    $('no-gaps').hidden = gaps.length > 0 || lacks.gaps !== null;
  }

  #row(host, containers) {
    const total = this.#model.totals(containers);
    const dropped = (host.lanes ?? []).reduce((sum, lane) => sum + (lane.dropped ?? 0), 0);
    return el('tr', { class: host.stale ? 'stale' : '', 'data-key': host.hostId },
      el('td', {}, el('a', { class: 'name', href: address('fleet', null, { filter: `host:${host.hostName}` }) }, host.hostName || format.shortId(host.hostId)),
        el('span', { class: 'second' }, tags(host))),
      el('td', {}, ...this.#status(host)),
      el('td', { class: 'num' }, el('span', { class: 'first' }, String(total.running)), el('span', { class: 'second' }, `of ${containers.length}`)),
      el('td', {}, ...meter(total.cpu, host.cpus ? host.cpus * 100 : null, 'cpu', format.percent(total.cpu), host.cpus ? `${host.cpus} CPUs` : '')),
      el('td', {}, ...meter(total.memory, host.memoryBytes, 'memory', format.bytes(total.memory), host.memoryBytes ? `of ${format.bytes(host.memoryBytes)}` : '')),
      el('td', { class: 'num' }, el('span', { class: 'first' }, `↓ ${format.rate(total.rx)}`), el('span', { class: 'second' }, `↑ ${format.rate(total.tx)}`)),
      el('td', {}, el('span', { class: 'first' }, `Docker ${host.engineVersion ?? format.UNKNOWN}`), el('span', { class: 'second' }, [host.osType, host.kernelVersion].filter(Boolean).join(' '))),
      el('td', { class: `num ${dropped ? 'bad' : ''}` }, el('span', { class: 'first' }, String(dropped)), el('span', { class: 'second' }, `${host.gaps ?? 0} gaps`)));
  }

  #status(host) {
    const age = format.duration(Date.now() - Date.parse(host.asOf));
    if (host.conflict) {
      return [el('span', { class: 'badge bad' }, 'conflict'),
        el('span', { class: 'second wrap' }, `${host.conflict.agents.length} agents use this host id: set tallyman.host.id on one`)];
    }
    return [el('span', { class: host.stale ? 'badge warn' : 'badge good' }, host.stale ? `silent for ${age}` : 'live'),
      el('span', { class: 'second' }, `agent ${host.agentVersion ?? ''}`)];
  }
}

const tags = (host) => Object.entries(host.tags ?? {}).map(([key, value]) => `${key}=${value}`).join(' ') || format.shortId(host.hostId);

function tell(id, words) {
  $(id).hidden = !words;
  text($(id), words || '');
}

function meter(value, top, color, label, note) {
  const fill = el('span', { class: `fill ${color}` });
  fill.style.width = `${top && value ? Math.min(100, (100 * value) / top) : 0}%`;
  return [el('span', { class: 'first' }, label, ' ', el('span', { class: 'second inline' }, note)), el('span', { class: 'bar', 'aria-hidden': 'true' }, fill)];
}
