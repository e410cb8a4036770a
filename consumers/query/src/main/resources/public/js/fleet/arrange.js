// Which rows the table has, and in what order: filter, sort, group. Knows nothing of the document.
import { both, isRunning } from '../model.js';
import { nameOf } from '../format.js';

const collator = new Intl.Collator(undefined, { numeric: true });
const sample = (model, c) => model.reading(c.containerId)?.sample;
const rates = (model, c) => model.reading(c.containerId)?.rates;

/** What each column sorts by; null sorts last either way. */
const KEYS = {
  name: (model, c) => nameOf(c),
  host: (model, c) => c.hostName,
  state: (model, c) => `${c.health === 'unhealthy' ? 0 : 1}${c.state}`,
  cpu: (model, c) => sample(model, c)?.cpu?.percent ?? null,
  memory: (model, c) => sample(model, c)?.memory?.usedBytes ?? null,
  network: (model, c) => both(rates(model, c)?.rx ?? null, rates(model, c)?.tx ?? null),
  block: (model, c) => both(rates(model, c)?.read ?? null, rates(model, c)?.write ?? null),
  pids: (model, c) => sample(model, c)?.pids?.current ?? null,
  uptime: (model, c) => c.startedAt ?? c.createdAt ?? null,
};
const TEXT = new Set(['name', 'host', 'state', 'uptime']);
const SUMS = new Set(['cpu', 'memory', 'network', 'block']);

const GROUPS = {
  host: (c) => c.hostName || c.hostId,
  project: (c) => c.project ?? 'no project',
  image: (c) => c.image ?? 'no image',
};

export const isText = (key) => TEXT.has(key);

/** Words that must all occur; `state:`, `host:`, `project:` and `image:` look at one field alone. */
export function matcher(filter) {
  const words = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  const tests = words.map((word) => {
    const [, field, value] = word.match(/^(state|host|project|image|service|name):(.+)$/) ?? [];
    if (!field) return (c) => text(c).includes(word);
    const property = { host: 'hostName', name: 'containerName' }[field] ?? field;
    return (c) => (c[property] ?? '').toLowerCase().includes(value);
  });
  return (c) => tests.every((test) => test(c));
}

const text = (c) =>
  [c.containerName, c.containerId, c.image, c.project, c.service, c.hostName].filter(Boolean).join(' ').toLowerCase();

/** Rows `{kind: 'container', container}` and, where there are groups, `{kind: 'group', key, …}` above theirs. */
export function arrange(model, { filter, state, sort, group, closed }) {
  const matches = matcher(filter);
  const containers = model.containers.filter((c) => (state === 'all' || isRunning(c)) && matches(c));
  const order = comparator(model, sort);
  containers.sort(order);
  if (!GROUPS[group]) return { rows: containers.map((container) => ({ kind: 'container', container })), shown: containers.length };
  const groups = new Map();
  for (const container of containers) {
    const key = GROUPS[group](container);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(container);
  }
  const heads = [...groups].map(([key, members]) => ({ kind: 'group', key, members, total: model.totals(members) }));
  heads.sort(groupComparator(sort));
  const rows = heads.flatMap((head) => {
    const isClosed = closed.has(head.key);
    const members = isClosed ? [] : head.members.map((container) => ({ kind: 'container', container }));
    return [{ ...head, closed: isClosed }, ...members];
  });
  return { rows, shown: containers.length };
}

function comparator(model, { key, descending }) {
  const value = KEYS[key];
  const values = new Map(model.containers.map((c) => [c, value(model, c)]));
  const sign = descending ? -1 : 1;
  return (a, b) => {
    const left = values.get(a);
    const right = values.get(b);
    if (left === null || right === null) return (left === null) - (right === null) || byName(a, b);
    const order = typeof left === 'string' ? collator.compare(left, right) : left - right;
    return order * sign || byName(a, b);
  };
}

function groupComparator({ key, descending }) {
  const sign = descending ? -1 : 1;
  const byKey = (a, b) => collator.compare(a.key, b.key);
  if (!SUMS.has(key)) return (a, b) => byKey(a, b) * (key === 'name' && descending ? -1 : 1);
  const value = {
    cpu: (head) => head.total.cpu,
    memory: (head) => head.total.memory,
    network: (head) => both(head.total.rx, head.total.tx),
    block: (head) => both(head.total.read, head.total.write),
  }[key];
  return (a, b) => ((value(a) ?? -1) - (value(b) ?? -1)) * sign || byKey(a, b);
}

function byName(a, b) {
  return collator.compare(nameOf(a), nameOf(b)) || (a.containerId < b.containerId ? -1 : 1);
}
