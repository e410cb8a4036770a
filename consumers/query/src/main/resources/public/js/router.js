// Pages are named by the part of the address behind the #, so that each can be linked to and gone back to.

/** The route that an address names: `#/container/ID?range=6h` is `{page: 'container', id, query}`. */
export function route(hash = location.hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, ...rest] = path.split('/');
  return { page: page || 'fleet', id: rest.length ? decodeURIComponent(rest.join('/')) : null, query: new URLSearchParams(query) };
}

export function address(page, id = null, query = {}) {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  const path = id === null ? page : `${page}/${encodeURIComponent(id)}`;
  return `#/${path}${parameters.size ? `?${parameters}` : ''}`;
}

export const containerAddress = (containerId, query) => address('container', containerId, query);

/** Changes the query of the current page's address without another step in the history. */
export function amend(query) {
  const now = route();
  const parameters = { ...Object.fromEntries(now.query), ...query };
  history.replaceState(null, '', address(now.page, now.id, parameters));
}
