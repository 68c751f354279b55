// A board as somebody has it who never reads it but once, and then only hears of changes.

const GROUPS = ['position', 'size'];

export class Replica {
  worktrees = new Map();
  zones = new Map();
  assignments = new Map();
  executions = new Map();

  /** What `getBoard()` gave; without it, nothing at all. */
  constructor(board) {
    for (const zone of board?.zones ?? []) this.zones.set(zone.id, zone);
    for (const worktree of board?.worktrees ?? []) this.worktrees.set(worktree.id, worktree);
    for (const { worktreeId, zoneId } of board?.assignments ?? []) this.assignments.set(worktreeId, zoneId);
  }

  apply({ entity, id, op, fields }) {
    if (entity === 'assignment') this.#put(this.assignments, id, op, fields.zoneId);
    else if (entity === 'execution') this.#put(this.executions, id, op, fields);
    else if (entity === 'worktree' || entity === 'zone') {
      const all = this[`${entity}s`];
      const before = op === 'update' ? all.get(id) : {};
      // Of one that isn't there any more there is nothing to change.
      if (before !== undefined) this.#put(all, id, op, { ...before, id, ...merged(before, fields) });
    }
    return this;
  }

  applyAll(changes) {
    for (const change of changes) this.apply(change);
    return this;
  }

  #put(all, id, op, value) {
    if (op === 'delete' || op === 'archived') all.delete(id);
    else all.set(id, value);
  }

  /** As it compares with another, in no order. */
  get board() {
    return plain(this.worktrees.values(), this.zones.values(), this.assignments);
  }
}

/** What `getBoard()` gives, in the same form. */
export const boardOf = ({ worktrees, zones, assignments }) =>
  plain(worktrees, zones, new Map(assignments.map(({ worktreeId, zoneId }) => [worktreeId, zoneId])));

function merged(before, fields) {
  const groups = GROUPS.filter((group) => fields[group]).map((group) => [
    group,
    { ...before[group], ...fields[group] },
  ]);
  return { ...fields, ...Object.fromEntries(groups) };
}

const byId = (one, other) => (one.id < other.id ? -1 : Number(one.id > other.id));

/** A row of the board without what a board has beside it, which is no change of the row. */
function row(of) {
  const { revision: _1, metadata: _2, wipLimit: _3, openRuns: _4, latestRun: _5, costMicros: _6, ...rest } = of;
  return rest;
}

const plain = (worktrees, zones, assignments) => ({
  worktrees: [...worktrees].map(row).toSorted(byId),
  zones: [...zones].map(row).toSorted(byId),
  assignments: Object.fromEntries([...assignments].toSorted()),
});

/** All changes behind a place, page by page, and where they end. */
export function changesSince(db, after, options) {
  const items = [];
  for (;;) {
    const page = db.getChanges({ ...options, after });
    if (page.gap) throw new Error('There is a gap');
    if (page.items.length === 0) return { items, next: page.next };
    items.push(...page.items);
    after = page.next;
  }
}
