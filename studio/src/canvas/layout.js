// Where everything is shown. What has a position of its own is shown there. What nobody has positioned would be one pile at the origin, so
// such cards are laid out in their zones, such zones side by side, and such cards of no zone below everything.

export const CARD = { width: 220, height: 92 };
const GAP = 16;
/** The height of a zone's name and agents. */
const HEAD = 56;
const ROW_WIDTH = 2600;
const LOOSE_COLUMNS = 8;

/** `{ cards: Map of id to { x, y }, zones: Map of id to { x, y, width, height }, bounds }` */
export function layout(board) {
  const members = membersOf(board);
  const piles = piled([...board.zones.values()]);
  const zones = new Map();
  const cards = new Map();
  for (const zone of [...board.zones.values()].sort(byPosition)) {
    const inside = furnished(zone, members.get(zone.id) ?? [], piles.has(zone));
    const place = free(inside.rect, [...zones.values()]);
    zones.set(zone.id, { ...place, original: inside.rect });
    for (const [id, { x, y }] of inside.cards)
      cards.set(id, { x: x + place.x - inside.rect.x, y: y + place.y - inside.rect.y });
  }
  layLoose(members.get(null), zones, cards);
  return { cards, zones, bounds: boundsOf(zones, cards) };
}

/** The worktrees of each zone; those of no zone, or of one that doesn't exist, are under `null`. */
function membersOf({ worktrees, places, zones }) {
  const members = new Map([[null, []]]);
  for (const [id, worktree] of worktrees) {
    const zoneId = zones.has(places.get(id)) ? places.get(id) : null;
    if (!members.has(zoneId)) members.set(zoneId, []);
    members.get(zoneId).push(worktree);
  }
  return members;
}

/** A zone's rectangle, enlarged to hold its cards, and the cards. */
function furnished({ position, size }, worktrees, isLoose) {
  const rect = { x: position.x ?? 0, y: position.y ?? 0, width: size.width || 300, height: size.height || 200 };
  const cards = new Map();
  const piles = piled(worktrees);
  const rest = [];
  for (const worktree of worktrees) {
    const { x, y } = worktree.position;
    if (stands(worktree, piles) && isInside(worktree.position, rect)) cards.set(worktree.id, { x, y });
    else rest.push(worktree);
  }
  const fitting = Math.max(1, Math.floor((rect.width - GAP) / (CARD.width + GAP)));
  // About as wide as high, if the zone has no position of its own.
  const square = Math.ceil(Math.sqrt((rest.length * (CARD.height + GAP)) / (CARD.width + GAP)));
  const columns = isLoose ? Math.max(fitting, square) : fitting;
  const taken = [...cards.values()];
  for (let slot = 0, n = 0; n < rest.length; slot += 1) {
    const at = {
      x: rect.x + GAP + (slot % columns) * (CARD.width + GAP),
      y: rect.y + HEAD + Math.floor(slot / columns) * (CARD.height + GAP),
    };
    if (taken.some((other) => isNear(at, other))) continue;
    cards.set(rest[n].id, at);
    n += 1;
  }
  for (const { x, y } of cards.values()) {
    rect.width = Math.max(rect.width, x + CARD.width + GAP - rect.x);
    rect.height = Math.max(rect.height, y + CARD.height + GAP - rect.y);
  }
  return { rect, cards };
}

/** Moves a rectangle out of the way of those before it: one that grew, or was never positioned, would hide their cards. */
function free(rect, others) {
  const place = { ...rect };
  const start = rect.x;
  for (let tries = 0; tries < 1000; tries += 1) {
    const hit = others.find((other) => overlaps(place, other));
    if (hit === undefined) return place;
    const isSame = hit.original.x === rect.x && hit.original.y === rect.y;
    if (isSame && hit.x + hit.width - start < ROW_WIDTH) place.x = hit.x + hit.width + 2 * GAP;
    else {
      place.x = start;
      place.y = hit.y + hit.height + 2 * GAP;
    }
  }
  return place;
}

function layLoose(worktrees, zones, cards) {
  const piles = piled(worktrees);
  const rest = [];
  for (const worktree of worktrees) {
    const { x, y } = worktree.position;
    if (stands(worktree, piles)) cards.set(worktree.id, { x, y });
    else rest.push(worktree);
  }
  if (rest.length === 0) return;
  const { x, y, height } = boundsOf(zones, cards);
  const top = zones.size + cards.size === 0 ? 0 : y + height + 5 * GAP;
  rest.forEach(({ id }, index) =>
    cards.set(id, {
      x: x + (index % LOOSE_COLUMNS) * (CARD.width + GAP),
      y: top + Math.floor(index / LOOSE_COLUMNS) * (CARD.height + GAP),
    }),
  );
}

/** Those that share their position with another one: nobody has positioned them one by one. */
function piled(all) {
  const firsts = new Map();
  const piles = new Set();
  for (const one of all) {
    const { x, y } = one.position;
    if (!firsts.has(x)) firsts.set(x, new Map());
    const column = firsts.get(x);
    if (column.has(y)) piles.add(one).add(column.get(y));
    else column.set(y, one);
  }
  return piles;
}

const stands = (worktree, piles) => (worktree.position.x !== 0 || worktree.position.y !== 0) && !piles.has(worktree);

const byPosition = (one, other) => one.position.y - other.position.y || one.position.x - other.position.x;
const isNear = (one, other) =>
  Math.abs(one.x - other.x) < CARD.width + 4 && Math.abs(one.y - other.y) < CARD.height + 4;
export const isInside = ({ x, y }, rect) =>
  x >= rect.x && y >= rect.y && x <= rect.x + rect.width && y <= rect.y + rect.height;
const overlaps = (one, other) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** The rectangle around everything; an empty one of some size where there is nothing. */
function boundsOf(zones, cards) {
  if (zones.size + cards.size === 0) return { x: 0, y: 0, width: 1200, height: 800 };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (x, y, width, height) => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  };
  for (const { x, y, width, height } of zones.values()) take(x, y, width, height);
  for (const { x, y } of cards.values()) take(x, y, CARD.width, CARD.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}
