// What is known of one container, as a list of facts.
import { el } from '../dom.js';
import * as format from '../format.js';

const given = (value) => value !== null && value !== undefined && value !== '';

export function facts(container) {
  const sample = container.stats;
  const rows = [
    ['Image', container.image],
    ['Project', container.project],
    ['Service', container.service],
    ['Host', container.hostName],
    ['Restarts', container.restartCount],
    ['Exit code', container.exitCode],
    ['Killed for memory', container.oomKilled ? 'yes' : null],
    ['Created', container.createdAt && format.moment(container.createdAt)],
    ['Started', container.startedAt && format.moment(container.startedAt)],
    ['Finished', container.finishedAt && format.moment(container.finishedAt)],
    ['CPU limit', container.cpuLimit && `${container.cpuLimit} CPU`],
    ['Memory limit', container.memoryLimitBytes && format.bytes(container.memoryLimitBytes)],
    ['Task limit', container.pidsLimit],
    ['Network', container.networkMode],
    ['Page cache', sample?.memory?.fileBytes && format.bytes(sample.memory.fileBytes)],
    ['Read every', sample?.intervalMillis && `${sample.intervalMillis / 1000} s, from ${sample.source === 'CGROUP' ? 'cgroups' : 'the engine'}`],
    ['Identifier', container.containerId],
    ...Object.entries(container.labels ?? {}),
  ];
  const list = el('dl', { class: 'facts' });
  for (const [name, value] of rows) {
    if (given(value)) list.append(el('dt', {}, name), el('dd', {}, String(value)));
  }
  return list;
}
