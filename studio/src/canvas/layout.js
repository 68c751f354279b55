// Where everything is shown. What stands somewhere is shown there; what was never put anywhere would be one pile at the origin, so
// cards without a place of their own are laid out in their zone, zones without one side by side, and cards of no zone below it all.

export const CARD = { width: 220, height: 92 };
const GAP = 16;
/** A zone's name and agents. */
const HEAD = 56;
const ROW_WIDTH = 2600;
const LOOSE_COLUMNS = 8;

/** `{ cards: Map of id to { x, y }, zones: Map of id to { x, y, width, height }, bounds }` */
export function layout(board) {
  const members = membersOf(board);
  const positions = counted([...board.zones.values()].map(({ position }) => keyOf(position)));
  const zones = new Map();
  const cards = new Map();
  const shared = sharedPositions(board);
  for (const zone of [...board.zones.values()].sort(byPosition)) {
    const isLoose = positions.get(keyOf(zone.position)) > 1;
    const worktrees = members.get(zone.id) ?? [];
    const inside = furnished(zone, worktrees, shared, isLoose);
    const place = free(inside.rect, [...zones.values()]);
    zones.set(zone.id, { ...place, original: inside.rect });
    for (const [id, { x, y }] of inside.cards)
      cards.set(id, { x: x + place.x - inside.rect.x, y: y + place.y - inside.rect.y });
  }
  layLoose(members.get(null) ?? [], shared, zones, cards);
  return { cards, zones, bounds: boundsOf(zones, cards) };
}

/** The worktrees of each zone, those of none, or of one that isn't there, under `null`. */
function membersOf({ worktrees, places, zones }) {
  const members = new Map([[null, []]]);
  for (const [id, worktree] of worktrees) {
    const zoneId = zones.has(places.get(id)) ? places.get(id) : null;
    if (!members.has(zoneId)) members.set(zoneId, []);
    members.get(zoneId).push(worktree);
  }
  return members;
}

/** A zone's rectangle, as tall as what is in it, and its cards. */
function furnished({ position, size }, worktrees, shared, isLoose) {
  const rect = { x: position.x ?? 0, y: position.y ?? 0, width: size.width || 300, height: size.height || 200 };
  const cards = new Map();
  const standing = worktrees.filter((worktree) => stands(worktree, shared) && isInside(worktree.position, rect));
  for (const { id, position: at } of standing) cards.set(id, { x: at.x, y: at.y });
  const rest = worktrees.filter(({ id }) => !cards.has(id));
  const fitting = Math.max(1, Math.floor((rect.width - GAP) / (CARD.width + GAP)));
  // About as wide as high, where nobody has said how wide.
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

/** Out of the way of others that it didn't overlap as they were put: what grew, or was never put anywhere. */
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

function layLoose(worktrees, shared, zones, cards) {
  const rest = worktrees.filter((worktree) => !stands(worktree, shared));
  for (const worktree of worktrees)
    if (stands(worktree, shared)) cards.set(worktree.id, { x: worktree.position.x, y: worktree.position.y });
  const { x, y, height } = boundsOf(zones, cards);
  const top = zones.size + cards.size === 0 ? 0 : y + height + 5 * GAP;
  rest.forEach(({ id }, index) =>
    cards.set(id, {
      x: x + (index % LOOSE_COLUMNS) * (CARD.width + GAP),
      y: top + Math.floor(index / LOOSE_COLUMNS) * (CARD.height + GAP),
    }),
  );
}

/** Positions that several worktrees of a zone have: nobody put them there one by one. */
function sharedPositions({ worktrees, places }) {
  const keys = [...worktrees.values()].map(({ id, position }) => `${places.get(id)} ${keyOf(position)}`);
  const counts = counted(keys);
  return new Set([...worktrees.keys()].filter((_, index) => counts.get(keys[index]) > 1));
}

const stands = ({ id, position }, shared) => (position.x !== 0 || position.y !== 0) && !shared.has(id);

function counted(keys) {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const keyOf = ({ x, y }) => `${x} ${y}`;
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

/** Round everything; a little of nothing where there is nothing. */
function boundsOf(zones, cards) {
  const rects = [...zones.values(), ...[...cards.values()].map((at) => ({ ...at, ...CARD }))];
  if (rects.length === 0) return { x: 0, y: 0, width: 1200, height: 800 };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
