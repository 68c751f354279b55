// The current view, in the fragment of the address: `#/runs?status=failed`. Fragments never reach the server, so it works under every path.
import { createSignal } from 'solid-js';
import { queryOf } from './api.js';

const read = () => {
  const [path, query = ''] = location.hash.slice(1).split('?');
  const [view = 'canvas', ...rest] = path.split('/').filter((part) => part !== '');
  return { view, id: rest.map(decodeURIComponent).join('/'), search: new URLSearchParams(query) };
};

const [place, setPlace] = createSignal(read());
addEventListener('hashchange', () => setPlace(read()));
export { place };

/** The address of a view. */
export const to = (view, search = {}, id) =>
  `#/${view}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${queryOf(search)}`;

/** The query of the fragment as an object: a key that comes several times is a list. */
export function asked() {
  const { search } = place();
  const valueOf = (values) => (values.length > 1 ? values : values[0]);
  return Object.fromEntries([...new Set(search.keys())].map((key) => [key, valueOf(search.getAll(key))]));
}

/** Changes the query without a new entry in the browser's history. */
export function ask(search) {
  const { view, id } = place();
  history.replaceState(null, '', to(view, search, id === '' ? undefined : id));
  setPlace(read());
}
