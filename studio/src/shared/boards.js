// The current board, kept up to date by the feed: one for the whole page.
import { createSignal } from 'solid-js';
import { get } from './api.js';
import { Board } from './board.js';
import { begin, follow } from './feed.js';

export const board = new Board();
const [ready, setReady] = createSignal(false);
export { ready };

/** Runs change what cards show. One request serves many changes; the longer it takes, the longer the pause before the next. */
const SOONEST_MS = 250;
let wanted = null;

async function readCards() {
  const start = performance.now();
  const cards = await get('cards').catch(() => []);
  board.applyCards(cards);
  const took = performance.now() - start;
  setTimeout(
    () => {
      const again = wanted === 'again';
      wanted = null;
      if (again) wantCards();
    },
    Math.max(SOONEST_MS, took * 10),
  );
}

function wantCards() {
  if (wanted !== null) wanted = 'again';
  else {
    wanted = 'asked';
    void readCards();
  }
}

/** Whether a change may change what cards show of runs: a worktree from the archive brings its runs back, too. */
const tellsOfRuns = ({ entity, op }) => entity === 'run' || entity === 'execution' || op === 'restored';

export function startBoard() {
  follow({
    begin(given) {
      board.read(given);
      setReady(true);
    },
    hear(changes) {
      board.applyAll(changes);
      if (changes.some(tellsOfRuns)) wantCards();
    },
  });
  void begin();
}
