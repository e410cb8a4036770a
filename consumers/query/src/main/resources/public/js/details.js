// What is known of one container, as a list of facts.
import * as format from './format.js';

export function details(container, reading) {
  const sample = reading?.sample;
  const facts = [
    ['Identifier', container.containerId],
    ['Host', container.hostName],
    ['Image', container.image],
    ['Project', container.project],
    ['Service', container.service],
    ['State', [container.state, container.health].filter(Boolean).join(', ')],
    ['Exit code', container.exitCode],
    ['Killed for memory', container.oomKilled ? 'yes' : null],
    ['Restarts', container.restartCount],
    ['Created', container.createdAt && format.moment(container.createdAt)],
    ['Started', container.startedAt && format.moment(container.startedAt)],
    ['Finished', container.finishedAt && format.moment(container.finishedAt)],
    ['Network', container.networkMode],
    ['CPU limit', container.cpuLimit],
    ['Memory limit', container.memoryLimitBytes && format.bytes(container.memoryLimitBytes)],
    ['CPU', sample && format.percent(sample.cpu?.percent)],
    ['Memory used', sample && format.bytes(sample.memory?.usedBytes)],
    ['Working set', sample && format.bytes(sample.memory?.workingSetBytes)],
    ['Page cache', sample && format.bytes(sample.memory?.fileBytes)],
    ['Tasks', sample?.pids?.current],
    ['Read at', sample && format.moment(sample.sampledAt)],
    ...Object.entries(container.labels ?? {}),
  ];
  const list = document.createElement('dl');
  for (const [name, value] of facts) {
    if (value === null || value === undefined || value === '') continue;
    const term = document.createElement('dt');
    term.textContent = name;
    const description = document.createElement('dd');
    description.textContent = String(value);
    list.append(term, description);
  }
  return list;
}
