// A list that grows as the user scrolls: page by page along the class's `next`, whatever its length.
import { createSignal, onCleanup } from 'solid-js';
import { get } from './api.js';
import { notice } from './notices.jsx';

const SIZE = 100;

/**
 * The list at `name` for the filter that `filter()` gives, or a promise of several filters, whose lists follow one another:
 * `{ items, done, loading, more, reload, change }`.
 */
export function createPages(name, filter) {
  const [items, setItems] = createSignal([]);
  const [done, setDone] = createSignal(false);
  const [loading, setLoading] = createSignal(false);
  let filters;
  let next;
  let asking = null;

  async function read(isNew) {
    asking?.abort();
    const mine = (asking = new AbortController());
    setLoading(true);
    try {
      if (isNew) [filters, next] = [[await filter()].flat(), undefined];
      const found = [];
      while (found.length < SIZE && filters.length > 0) {
        const asked = { ...filters[0], limit: SIZE - found.length, after: next };
        const page = await get(name, asked, { signal: mine.signal });
        found.push(...page.items);
        next = page.next ?? undefined;
        if (page.next === null) filters.shift();
      }
      setItems((before) => (isNew ? found : [...before, ...found]));
      setDone(filters.length === 0);
    } catch (error) {
      if (mine.signal.aborted) return;
      setDone(true);
      if (isNew) setItems([]);
      notice(error.message, 'refused');
    } finally {
      if (asking === mine) {
        asking = null;
        setLoading(false);
      }
    }
  }

  onCleanup(() => asking?.abort());
  return {
    items,
    done,
    loading,
    reload: () => read(true),
    more: () => !done() && !loading() && read(false),
    /** Replaces the items for which `is` holds with what `make` makes of them. */
    change: (is, make) => setItems((all) => all.map((item) => (is(item) ? make(item) : item))),
  };
}
