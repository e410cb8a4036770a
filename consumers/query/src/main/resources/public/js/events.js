// The feed of events, newest first.
import * as format from './format.js';

const MOST = 300;
const TONES = { START: 'good', UNPAUSE: 'good', OOM: 'bad', PAUSE: 'warn', KILL: 'warn', RESTART: 'warn' };

export const isProblem = (event) =>
  event.action === 'OOM' || (event.action === 'DIE' && event.exitCode !== 0) || event.health === 'unhealthy';

export class Feed {
  #list;
  #none;
  #known = new Map();
  #problemsOnly = false;
  #severalHosts = false;

  constructor(list, none) {
    this.#list = list;
    this.#none = none;
  }

  set problemsOnly(value) {
    this.#problemsOnly = value;
    this.#rebuild();
  }

  set severalHosts(value) {
    if (value === this.#severalHosts) return;
    this.#severalHosts = value;
    this.#rebuild();
  }

  /** Takes events in, in any order; those that are known change nothing. */
  add(events, arrived) {
    let fresh = 0;
    for (const event of events) {
      if (this.#known.has(event.eventId)) continue;
      this.#known.set(event.eventId, event);
      fresh++;
    }
    this.#none.hidden = this.#known.size > 0;
    if (fresh === 0) return;
    const order = [...this.#known.values()].sort(newestFirst);
    for (const old of order.splice(MOST)) this.#known.delete(old.eventId);
    this.#rebuild(arrived ? new Set(events.map((event) => event.eventId)) : new Set());
  }

  #rebuild(fresh = new Set()) {
    const events = [...this.#known.values()]
      .filter((event) => !this.#problemsOnly || isProblem(event))
      .sort(newestFirst);
    this.#none.hidden = events.length > 0;
    this.#list.replaceChildren(...events.map((event) => this.#item(event, fresh.has(event.eventId))));
  }

  #item(event, fresh) {
    const item = document.createElement('li');
    if (fresh) item.className = 'new';
    const time = document.createElement('time');
    time.dateTime = event.time;
    time.textContent = format.clock(event.time);
    time.title = format.moment(event.time);
    const what = document.createElement('span');
    what.className = 'what';
    const action = document.createElement('span');
    action.className = `action ${tone(event)}`;
    action.textContent = event.action === 'UNKNOWN' ? event.rawAction : event.action.toLowerCase().replace('_', ' ');
    const name = event.containerName ?? event.containerId.slice(0, 12);
    what.append(action, ` ${name}`);
    what.title = `${name} ${event.containerId.slice(0, 12)}`;
    const under = document.createElement('span');
    under.className = 'under';
    under.textContent = [...details(event), this.#severalHosts ? event.hostName : null].filter(Boolean).join(' · ');
    item.append(time, what);
    if (under.textContent) item.append(under);
    return item;
  }
}

/** By the engine's time; events of one moment in the order in which their agent sent them. */
function newestFirst(a, b) {
  return b.timeNanos - a.timeNanos || b.sequence - a.sequence;
}

function tone(event) {
  if (isProblem(event)) return 'bad';
  return event.health === 'healthy' ? 'good' : TONES[event.action] ?? '';
}

function* details(event) {
  const given = (value) => value !== null && value !== undefined;
  if (given(event.exitCode)) yield `exit code ${event.exitCode}`;
  else if (event.action === 'DIE') yield 'exit code not known';
  if (event.oomKilled && event.action === 'DIE') yield 'out of memory';
  if (given(event.signal)) yield `signal ${event.signal}`;
  if (given(event.oldName)) yield `was ${event.oldName}`;
  if (given(event.health)) yield event.health;
  if (event.origin === 'RECONCILED') yield 'reconciled';
}
