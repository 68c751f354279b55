// Any queries that Kysely makes of the four tables, as data, so that they can be sent to another process: inserts with every way of
// settling a conflict that it has, updates, deletes, transactions and savepoints, some of which are rolled back.
import fc from 'fast-check';

const one = fc.constantFrom;
const rows = (row) => fc.array(fc.record(row), { minLength: 1, maxLength: 3 });
const some = (row) => fc.record(row, { requiredKeys: [] }).filter((set) => Object.keys(set).length > 0);

const zone = one('zone-1', 'zone-2', 'zone-3');
const worktree = one('wt-1', 'wt-2', 'wt-3', 'wt-4');
const text = one('a', 'é\0😀', '');
const coordinate = one(0, -7, 0.1, 1e21);
const time = one('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z');

const TABLES = {
  worktrees: {
    id: worktree,
    path: text,
    port: one(3001, 3002, 3003, 3004),
    branch_name: text,
    status: one('active', null),
    position_x: coordinate,
    created_at: time,
  },
  zones: { id: zone, name: text, agents: one('[]', '["qa"]'), position_y: coordinate, created_at: time },
  worktree_zones: { worktree_id: worktree, zone_id: zone, assigned_at: time },
  zone_executions: {
    id: one('e-1', 'e-2', 'e-3'),
    zone_id: zone,
    worktree_id: worktree,
    agent_type: one('a', 'b'),
    prompt: text,
    success: one(0, 1),
    executed_at: time,
  },
};

/** What a row is known by. */
export const keyOf = (table) => (table === 'worktree_zones' ? 'worktree_id' : 'id');

const query = fc.oneof(
  ...Object.entries(TABLES).flatMap(([table, row]) => {
    const key = row[keyOf(table)];
    return [
      fc.record({
        insert: fc.constant(table),
        values: rows(row),
        conflict: one(null, 'replace', 'ignore', 'nothing', 'update'),
      }),
      fc.record({ update: fc.constant(table), set: some(row), where: fc.option(key) }),
      fc.record({ remove: fc.constant(table), where: fc.option(key, { freq: 4 }) }),
    ];
  }),
);
const several = (what) => fc.array(what, { minLength: 1, maxLength: 5 });
const ended = fc.boolean();
const savepoint = fc.record({ savepoint: several(query), fails: ended });
const transaction = fc.record({
  transaction: several(fc.oneof({ weight: 4, arbitrary: query }, savepoint)),
  fails: ended,
});

/** Worktrees and zones first, so that most of what comes then finds something. */
const FIRST = [
  { insert: 'zones', values: [1, 2].map((n) => ({ id: `zone-${n}`, name: 'Z', created_at: 't' })), conflict: 'ignore' },
  {
    insert: 'worktrees',
    values: [1, 2, 3].map((n) => ({ id: `wt-${n}`, path: '/', port: 3000 + n, branch_name: 'b', created_at: 't' })),
    conflict: 'ignore',
  },
  {
    insert: 'worktree_zones',
    values: [{ worktree_id: 'wt-1', zone_id: 'zone-1', assigned_at: 't' }],
    conflict: 'ignore',
  },
];

export const anyQueries = fc
  .array(fc.oneof({ weight: 4, arbitrary: query }, transaction), { minLength: 5, maxLength: 30, size: 'max' })
  .map((queries) => [...FIRST, ...queries]);
