// The charts of a container's page.
import * as format from '../format.js';
import { Chart } from './chart.js';

const NO_READINGS = 'No readings in this range.';

const CHARTS = [
  {
    title: 'CPU',
    note: '100 % is one CPU',
    resource: 'CPU',
    format: format.percent,
    least: 2,
    series: [{ key: 'cpu', name: 'used', color: '--cpu', fill: true }, { key: 'cpuMax', name: 'highest', color: '--cpu', dash: true }],
    empty: NO_READINGS,
  },
  {
    title: 'Memory',
    resource: 'MEMORY',
    format: format.bytes,
    bytes: true,
    least: 1 << 20,
    series: [{ key: 'used', name: 'used', color: '--memory', fill: true }, { key: 'workingSet', name: 'working set', color: '--memory', dash: true }],
    empty: NO_READINGS,
  },
  {
    title: 'Network',
    format: format.rate,
    bytes: true,
    least: 1024,
    series: [{ key: 'rx', name: 'in', color: '--network', fill: true }, { key: 'tx', name: 'out', color: '--cpu' }],
    empty: 'No network of its own: it shares another one, or has none.',
  },
  {
    title: 'Block I/O',
    format: format.rate,
    bytes: true,
    least: 1024,
    series: [{ key: 'read', name: 'read', color: '--block', fill: true }, { key: 'write', name: 'write', color: '--memory' }],
    empty: 'Nothing was read or written in this range.',
  },
  {
    title: 'Pressure',
    note: 'share of time in which tasks waited',
    format: format.percent,
    least: 1,
    series: [
      { key: 'cpuPressure', name: 'CPU', color: '--cpu' },
      { key: 'memoryPressure', name: 'memory', color: '--memory' },
      { key: 'ioPressure', name: 'I/O', color: '--block' },
    ],
    empty: 'Not reported: it needs cgroup v2 and a kernel with pressure accounting.',
  },
  { title: 'Tasks', format: (value) => (format.known(value) ? String(Math.round(value)) : format.UNKNOWN), least: 4, series: [{ key: 'pids', name: 'processes and threads', color: '--network' }], empty: NO_READINGS },
];

/** Makes them; `onCursor(seconds, words)` hears where the cursor is and what happened there. */
export function makeCharts(parent, onCursor) {
  const charts = CHARTS.map((spec) => new Chart(spec, onCursor));
  parent.append(...charts.map((chart) => chart.element));
  document.addEventListener('themechange', () => charts.forEach((chart) => chart.recolor()));
  return charts;
}
