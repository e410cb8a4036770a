// What events mean: which are problems, which belong together, what to say of each.
import { duration } from '../format.js';

const TONES = { START: 'good', UNPAUSE: 'good', OOM: 'bad', PAUSE: 'warn', KILL: 'warn', RESTART: 'warn', STOP: 'warn' };

const given = (value) => value !== null && value !== undefined;

export const isProblem = (event) =>
  event.action === 'OOM' || (event.action === 'DIE' && event.exitCode !== 0) || event.health === 'unhealthy';

/** Choices of the feed: `actions` is what the service is asked for, `test` what is shown of it. */
export const PRESETS = {
  all: { name: 'All', actions: null, test: () => true },
  problems: { name: 'Problems', actions: 'DIE,OOM,HEALTH_STATUS', test: isProblem },
  restarts: { name: 'Restarts', actions: 'DIE,OOM,START,RESTART', test: (event) => ['DIE', 'OOM', 'START', 'RESTART'].includes(event.action) },
  health: { name: 'Health', actions: 'HEALTH_STATUS', test: (event) => event.action === 'HEALTH_STATUS' },
};

export const presetOptions = () => Object.entries(PRESETS).map(([key, { name }]) => [key, name]);

export function tone(event) {
  if (isProblem(event)) return 'bad';
  return event.health === 'healthy' ? 'good' : TONES[event.action] ?? '';
}

export const actionName = (event) =>
  event.action === 'UNKNOWN' ? event.rawAction : event.action.toLowerCase().replace('_', ' ');

/** What else is known, in a few words each. */
export function* details(event) {
  if (given(event.exitCode)) yield `exit code ${event.exitCode}`;
  else if (event.action === 'DIE') yield 'exit code not known';
  if (event.oomKilled && event.action === 'DIE') yield 'out of memory';
  if (given(event.signal)) yield `signal ${event.signal}`;
  if (given(event.oldName)) yield `was ${event.oldName}`;
  if (given(event.health)) yield event.health;
  if (event.origin === 'RECONCILED') yield 'reconciled';
}

/** By the engine's time; events of one moment in the order in which their agent sent them. */
export function newestFirst(a, b) {
  return b.timeNanos - a.timeNanos || b.sequence - a.sequence;
}

const cause = (die) => [...details(die)].join(', ');

/**
 * The restarts among events: a container that started though it was not just created, with why it
 * had ended. Gives `{key, containerId, containerName, hostName, count, last, causes}`, most first.
 */
export function restarts(events) {
  const state = new Map();
  const found = new Map();
  for (const event of [...events].sort(newestFirst).reverse()) {
    const of = state.get(event.containerId) ?? { created: false, die: null };
    state.set(event.containerId, of);
    if (event.action === 'CREATE') of.created = true;
    else if (event.action === 'DIE') of.die = event;
    else if (event.action === 'START') {
      if (of.die || !of.created) add(found, event, of.die);
      of.die = null;
      of.created = false;
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count || b.last.localeCompare(a.last));
}

function add(found, event, die) {
  const key = `${event.hostId} ${event.containerName ?? event.containerId}`;
  const of = found.get(key) ?? {
    key,
    containerId: event.containerId,
    containerName: event.containerName,
    hostName: event.hostName,
    project: event.project,
    count: 0,
    causes: new Map(),
  };
  of.count++;
  of.last = event.time;
  of.containerId = event.containerId;
  const why = die ? cause(die) : 'stopped before';
  of.causes.set(why, (of.causes.get(why) ?? 0) + 1);
  found.set(key, of);
}

const GAP_REASONS = {
  RING_OVERFLOW: 'more events than the engine remembers',
  LISTENER_OVERFLOW: 'events came faster than they were read',
  ENGINE_RESTART: 'the engine restarted',
  ENGINE_UNREACHABLE: 'the engine did not answer',
  AGENT_DOWN: 'no agent was running',
  TICK_MISSED: 'readings were skipped',
  SPOOL_FULL: 'the spool was full',
  SPOOL_CORRUPT: 'the spool was damaged',
  RECORD_TOO_LARGE: 'a record was too large',
};

/** A gap in one sentence. */
export function gapText(gap) {
  const what = gap.stream === 'STATS' ? 'Readings' : gap.stream === 'EVENTS' ? 'Events' : 'Records';
  const length = gap.from ? ` for ${duration(Date.parse(gap.to) - Date.parse(gap.from))}` : '';
  const lost = given(gap.lost) ? ` (${gap.lost} lost)` : '';
  return `${what} are missing${length}: ${GAP_REASONS[gap.reason] ?? gap.reason}${lost}`;
}
