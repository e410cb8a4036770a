// The query service, as this page uses it. Addresses are relative, so that the page works behind a proxy's path.
import { ask, authorization, token } from './access.js';

const PAGE_LIMIT = 1000;
const MOST_PAGES = 20;
const TIMEOUT_MILLIS = 20_000;
const UNAUTHORIZED = 401;

/** An answer that is an error; `status` is HTTP's. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Asks anew when a token is wanted and was given. */
export async function open(path, options = {}) {
  for (;;) {
    const shown = token();
    const response = await fetch(path, {
      cache: 'no-store',
      ...options,
      headers: { Accept: 'application/json', ...options.headers, ...authorization() },
    });
    if (response.status !== UNAUTHORIZED) return response;
    await ask(shown);
  }
}

async function get(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== ''));
  const address = query.size ? `api/v1/${path}?${query}` : `api/v1/${path}`;
  const response = await open(address, { signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Refused(response.status, problem.detail ?? problem.title ?? `HTTP ${response.status}`);
  }
  return response.json();
}

async function all(path, parameters, mostPages = MOST_PAGES) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < mostPages; page++) {
    const answer = await get(path, { ...parameters, limit: PAGE_LIMIT, cursor });
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (!cursor) break;
  }
  return { items, complete: !cursor };
}

const part = encodeURIComponent;

export const service = () => get('service');
export const hosts = async () => (await all('hosts', {})).items;
export const containers = async (state) => (await all('containers', { state })).items;
export const container = (id) => get(`containers/${part(id)}`);
export const history = (id, parameters) => get(`containers/${part(id)}/stats`, parameters);
export const containerEvents = (id, parameters, mostPages) => all(`containers/${part(id)}/events`, parameters, mostPages);
export const events = (parameters) => get('events', parameters);
export const allEvents = (parameters, mostPages) => all('events', parameters, mostPages);
export const totals = (parameters) => get('totals', parameters);
export const gaps = (parameters) => get('gaps', parameters);
export const activeAlerts = async () => (await all('alerts', { active: true })).items;
export const alerts = (parameters) => get('alerts', parameters);
