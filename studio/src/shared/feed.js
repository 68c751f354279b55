// The feed: one connection for the whole page. The browser reconnects by itself, with the place of the last event that it has.
import { createSignal, onCleanup } from 'solid-js';
import { get } from './api.js';

const listeners = new Set();
const [live, setLive] = createSignal(false);
export { live };

/** Calls `hear` with the changes of a moment, and `begin` with the board whenever that is read again. */
export function follow(listener) {
  listeners.add(listener);
  onCleanup(() => listeners.delete(listener));
}

/** How long changes are gathered before they are shown, in milliseconds; longer where showing them takes long. */
const SOONEST_MS = 30;
const SHARE = 4;
let wait = SOONEST_MS;
let source = null;
let heard = [];

/** Reads the board, and follows the feed from there. */
export async function begin() {
  source?.close();
  heard = [];
  try {
    const board = await get('board', { runs: true });
    for (const { begin } of listeners) begin?.(board);
    open(board.next);
  } catch {
    // The server may be restarting.
    setTimeout(begin, 2000);
  }
}

function open(next) {
  source = new EventSource(`api/events${next === null ? '' : `?after=${encodeURIComponent(next)}`}`);
  source.addEventListener('open', () => setLive(true));
  source.addEventListener('error', () => {
    setLive(false);
    // If the connection was refused, rather than interrupted, the browser has given up.
    if (source.readyState === EventSource.CLOSED) setTimeout(begin, 2000);
  });
  source.addEventListener('lost', begin);
  source.addEventListener('change', ({ data }) => {
    heard.push(JSON.parse(data));
    if (heard.length === 1) setTimeout(tell, wait);
  });
}

/** Shows the changes of a moment at once. A timer calls it, since a hidden page has no animation frames. */
function tell() {
  const changes = heard;
  heard = [];
  const start = performance.now();
  for (const { hear } of listeners) hear?.(changes);
  wait = Math.min(500, Math.max(SOONEST_MS, (performance.now() - start) * SHARE));
}
