// The canvas by keyboard: arrows move the view, or go from card to card; + and - zoom; 0 shows all.

const STEP = 80;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Handles a key on the stage. `cards` are the positions of the readable cards. */
export function key(event, { view, fit, cards, current, go, select, undo, redo }) {
  const isStep = event.ctrlKey || event.metaKey;
  if (isStep && event.key.toLowerCase() === 'z') return done(event, event.shiftKey ? redo : undo);
  if (isStep || event.altKey) return;
  if (event.key === '+' || event.key === '=') return done(event, () => view.zoom(1.25));
  if (event.key === '-') return done(event, () => view.zoom(0.8));
  if (event.key === '0') return done(event, fit);
  if (event.key === 'Escape') return done(event, () => select(null));
  const direction = ARROWS[event.key];
  if (direction === undefined) return;
  const isOnCard = event.target.closest('.card') !== null;
  const next = isOnCard ? neighbour(cards, cards.get(current()), direction) : undefined;
  done(event, () => {
    if (next !== undefined) go(next);
    else if (!isOnCard) view.pan(-direction[0] * STEP, -direction[1] * STEP);
  });
}

function done(event, act) {
  event.preventDefault();
  act();
}

/** The nearest card in a direction; distance across the direction counts twice. */
function neighbour(cards, from, [dx, dy]) {
  if (from === undefined) return undefined;
  let [best, least] = [undefined, Infinity];
  for (const [id, { x, y }] of cards) {
    const along = (x - from.x) * dx + (y - from.y) * dy;
    const aside = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
    if (along <= 1 || along + 2 * aside >= least) continue;
    [best, least] = [id, along + 2 * aside];
  }
  return best;
}
