// Where Studio's canvas shows what: where it stands, and what stands nowhere out of everything's way. Any board at all.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARD, layout } from '../studio/src/canvas/layout.js';

const coordinate = fc.integer({ min: -20, max: 20 }).map((n) => n * 97);
const position = fc.oneof(fc.constant({ x: 0, y: 0 }), fc.record({ x: coordinate, y: coordinate }));
const zones = fc.array(
  fc.record({
    position,
    size: fc.record({ width: fc.integer({ min: 1, max: 1200 }), height: fc.integer({ min: 1, max: 900 }) }),
  }),
  {
    maxLength: 12,
  },
);
const worktrees = fc.array(fc.record({ position, zone: fc.option(fc.nat({ max: 11 })) }), { maxLength: 40 });

const boards = fc.tuple(zones, worktrees).map(([zones, worktrees]) => ({
  zones: new Map(zones.map((zone, n) => [`z${n}`, { id: `z${n}`, ...zone }])),
  worktrees: new Map(worktrees.map(({ position }, n) => [`w${n}`, { id: `w${n}`, position }])),
  places: new Map(worktrees.flatMap(({ zone }, n) => (zone === null ? [] : [[`w${n}`, `z${zone}`]]))),
}));

const isIn = (inner, outer) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const isOver = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const cardAt = (at) => ({ ...at, ...CARD });
const pairs = (all) => all.flatMap((one, n) => all.slice(n + 1).map((other) => [one, other]));
const holds = (property) => fc.assert(fc.property(boards, property), { numRuns: 500 });

describe('the layout', () => {
  test('shows every worktree and every zone, once', () => {
    holds((board) => {
      const { cards, zones } = layout(board);
      expect([...cards.keys()].toSorted()).toEqual([...board.worktrees.keys()].toSorted());
      expect([...zones.keys()].toSorted()).toEqual([...board.zones.keys()].toSorted());
    });
  });

  test('shows a card of a zone in that zone, whole, and all of it within the bounds', () => {
    holds((board) => {
      const { cards, zones, bounds } = layout(board);
      for (const [id, at] of cards) {
        const zone = zones.get(board.places.get(id));
        if (zone) expect(isIn(cardAt(at), zone)).toBe(true);
        expect(isIn(cardAt(at), bounds)).toBe(true);
      }
    });
  });

  test('shows nothing over anything else: no two zones, no two cards that were not put so', () => {
    holds((board) => {
      const { cards, zones } = layout(board);
      for (const [a, b] of pairs([...zones.values()])) expect(isOver(a, b)).toBe(false);
      const isLaid = (id) => board.worktrees.get(id).position.x === 0 && board.worktrees.get(id).position.y === 0;
      for (const [[a, one], [b, other]] of pairs([...cards])) {
        const isOfOne = zones.has(board.places.get(a)) && board.places.get(a) === board.places.get(b);
        if (isLaid(a) && isOfOne) expect(isOver(cardAt(one), cardAt(other))).toBe(false);
      }
    });
  });

  test('leaves everything where it stands, where there is room for it', () => {
    const at = (id, x, y) => [id, { id, position: { x, y } }];
    const zoneAt = (id, x, y) => [id, { id, position: { x, y }, size: { width: 600, height: 400 } }];
    const board = {
      zones: new Map([zoneAt('z1', -50, 20), zoneAt('z2', 700, 20)]),
      worktrees: new Map([at('a', 10, 100), at('b', 300, 200), at('c', 800, 90), at('d', -900, -900)]),
      places: new Map([
        ['a', 'z1'],
        ['b', 'z1'],
        ['c', 'z2'],
      ]),
    };
    const { cards, zones } = layout(board);
    for (const [id, { position }] of board.worktrees) expect([id, cards.get(id)]).toEqual([id, position]);
    for (const [id, { position, size }] of board.zones) expect(zones.get(id)).toMatchObject({ ...position, ...size });
  });

  test('is the same for the same board', () => {
    holds((board) => {
      expect(layout(board)).toEqual(layout(board));
    });
  });
});
