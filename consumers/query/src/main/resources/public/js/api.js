// The query service, as this page uses it. Addresses are relative, so that the page works behind a proxy's path.
const PAGE_LIMIT = 1000;
const MOST_PAGES = 20;
const REOPEN_MILLIS = 1000;

async function get(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? problem.title ?? `HTTP ${response.status}`);
  }
  return response.json();
}

export const service = () => get('api/v1/service');

export const hosts = async () => (await get(`api/v1/hosts?limit=${PAGE_LIMIT}`)).items;

export async function containers(state) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = new URLSearchParams({ state, limit: String(PAGE_LIMIT) });
    if (cursor) query.set('cursor', cursor);
    const answer = await get(`api/v1/containers?${query}`);
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (!cursor) break;
  }
  return items;
}

export const events = async (limit) => (await get(`api/v1/events?limit=${limit}`)).items;

/**
 * Opens the live stream and keeps it open. A lost connection the browser reopens by itself; an
 * answer that is an error, as while the service restores its state, it takes for final.
 */
export function stream(listener) {
  const source = new EventSource('api/v1/stream?types=stats,events');
  source.addEventListener('stats', (frame) => listener.onStats(JSON.parse(frame.data)));
  source.addEventListener('events', (frame) => listener.onEvents(JSON.parse(frame.data)));
  source.addEventListener('open', listener.onOpen);
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => stream(listener), REOPEN_MILLIS);
    listener.onLost();
  });
}
