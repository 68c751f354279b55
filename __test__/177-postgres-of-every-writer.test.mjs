// Whatever another client writes to a server by plain SQL, in whatever way: counts, histories, feed and ledger are right, among worktrees that
// go into the archive and come back.
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { expectChains } from './support/all_moves.mjs';
import { other, temporarySchema } from './support/postgres/databases.mjs';
import { Replica, boardOf, changesSince } from './support/replica.mjs';
import { expectSound, sql } from './support/sql.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 300_000 });

/** A template whose holes are arbitraries. */
const text = (texts, ...holes) =>
  fc.tuple(...holes).map((values) => texts.reduce((before, next, n) => before + values[n - 1] + next));
const oneOf = (...texts) => fc.constantFrom(...texts);
const several = (arbitrary) => fc.array(arbitrary, { minLength: 1, maxLength: 4 }).map((list) => list.join(', '));

/** Few ids, so that they meet. */
const id = oneOf("'e0'", "'e1'", "'e2'", "'e3'", "'e4'", "'e5'", 'gen_random_uuid()::text');
const zone = oneOf("'zone-1'", "'zone-2'", "'zone-3'");
const worktree = oneOf("'wt-1'", "'wt-2'", "'wt-3'", "'wt-4'");
const agent = oneOf("'a'", "'b'");
const success = oneOf('0', '1', 'NULL', '2');
const port = oneOf('3001', '3002', '3003', '3004');
const conflict = oneOf('', '', 'ON CONFLICT DO NOTHING');
const which = oneOf(
  '',
  'WHERE seq % 2 = 0',
  'WHERE seq < 4',
  "WHERE id = 'e1'",
  "WHERE id > 'e3'",
  'WHERE success = 1',
);

const COLUMNS = '(id, zone_id, worktree_id, agent_type, prompt, success, executed_at)';
const values = text`(${id}, ${zone}, ${worktree}, ${agent}, 'p', ${success}, '2026-01-01')`;
const change = fc.oneof(
  text`id = ${id}`,
  oneOf("id = id || 'x'", 'success = 1 - success', "executed_at = '2026-02-01'", "prompt = 'q'"),
  text`zone_id = ${zone}`,
  text`worktree_id = ${worktree}, agent_type = ${agent}`,
);

const execution = fc.oneof(
  text`INSERT INTO zone_executions ${oneOf(COLUMNS)} VALUES ${several(values)} ${conflict}`,
  text`INSERT INTO zone_executions ${oneOf(COLUMNS)} VALUES ${values} ON CONFLICT (id) DO UPDATE SET ${change.filter((set) => !set.includes('id = id') && !set.includes('1 - success'))}`,
  text`INSERT INTO zone_executions ${oneOf(COLUMNS)}
       SELECT id || '-', ${zone}, worktree_id, ${agent}, prompt, success, executed_at FROM zone_executions ${which} ${conflict}`,
  text`UPDATE zone_executions SET ${change} ${which}`,
  text`DELETE FROM zone_executions ${which}`,
);

const parent = fc.oneof(
  text`INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES (${worktree}, '/', ${port}, 'b', 't') ${conflict}`,
  text`INSERT INTO zones (id, name, created_at) VALUES (${zone}, 'Z', 't') ${conflict}`,
  text`UPDATE worktrees SET id = ${worktree} WHERE id = ${worktree}`,
  text`UPDATE worktrees SET port = ${port}, status = ${agent} WHERE id = ${worktree}`,
  text`UPDATE zones SET id = ${zone} WHERE id = ${zone}`,
  text`UPDATE zones SET name = ${agent}`,
  text`DELETE FROM worktrees WHERE id = ${worktree}`,
  text`DELETE FROM zones WHERE id = ${zone}`,
  oneOf('DELETE FROM worktrees', 'DELETE FROM zones', 'DELETE FROM worktree_zones'),
  text`INSERT INTO worktree_zones (worktree_id, zone_id, assigned_at) VALUES (${worktree}, ${zone}, 't') ${conflict}`,
  text`INSERT INTO worktree_zones (worktree_id, zone_id, assigned_at) VALUES (${worktree}, ${zone}, 't')
       ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id`,
  text`UPDATE worktree_zones SET zone_id = ${zone} WHERE worktree_id = ${worktree}`,
  text`UPDATE worktree_zones SET worktree_id = ${worktree}, zone_id = ${zone}`,
);

const control = oneOf('BEGIN', 'BEGIN', 'COMMIT', 'COMMIT', 'ROLLBACK', 'SAVEPOINT s', 'ROLLBACK TO s', 'RELEASE s');

/** What stands before a history, so that most of its statements find something. */
const FIRST = [
  "INSERT INTO zones (id, name, created_at) VALUES ('zone-1', 'Z', 't'), ('zone-2', 'Z', 't'), ('zone-3', 'Z', 't') ON CONFLICT DO NOTHING",
  ...[1, 2, 3, 4].map(
    (n) =>
      `INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES ('wt-${n}', '/', ${3000 + n}, 'b', 't') ON CONFLICT DO NOTHING`,
  ),
];

const history = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: execution }, { weight: 3, arbitrary: parent }, { weight: 2, arbitrary: control }),
    { minLength: 5, maxLength: 40, size: 'max' },
  )
  .map((statements) => FIRST.concat(statements));

/** The history as another client writes it: how many statements it did. */
function live(at, statements) {
  let done = 0;
  for (const each of statements) {
    try {
      other().query(at, each);
      done += 1;
    } catch {
      // What can't be done: in a transaction, nothing can be until that has ended.
    }
  }
  other().query(at, 'COMMIT');
  return done;
}

const EXECUTIONS = `(SELECT id, zone_id, worktree_id, NULL::bigint AS archive FROM zone_executions
  UNION ALL SELECT id, zone_id, worktree_id, archive FROM archived_executions) AS e`;

function expectRight(db) {
  expectSound(db);
  const one = (query, ...given) =>
    sql(db)
      .prepare(query)
      .pluck()
      .get(...given);
  const counted = (where) => one(`SELECT count(*)::int FROM ${EXECUTIONS} WHERE ${where}`);
  expect(db.getStats().executions).toBe(counted('true'));
  for (const zoneId of ['zone-1', 'zone-2', 'zone-3']) {
    expect(db.getExecutionStats({ zoneId }).total).toBe(counted(`zone_id = '${zoneId}'`));
    expect(db.getExecutionHistory(zoneId, -1)).toHaveLength(counted(`zone_id = '${zoneId}'`));
  }
  const archived = db.listArchived({ limit: 1000 }).items;
  for (const { key, executions } of archived) expect(executions).toBe(counted(`archive = ${key}`));
  for (const worktreeId of ['wt-1', 'wt-2', 'wt-3', 'wt-4']) {
    const last = archived.find((row) => row.worktree.id === worktreeId);
    const isHere = db.getWorktree(worktreeId) !== null;
    const total = isHere || !last ? counted(`archive IS NULL AND worktree_id = '${worktreeId}'`) : last.executions;
    expect(db.getExecutionStats({ worktreeId }).total).toBe(total);
    expect(db.getWorktreeExecutions(worktreeId, -1)).toHaveLength(total);
  }
  // Each id is one run, which is of the board's execution, else of one in the archive.
  expect(
    one(`SELECT count(*)::int FROM runs AS r
         FULL JOIN (SELECT id, bool_or(archive IS NULL) AS here, array_agg(archive) AS keys FROM ${EXECUTIONS} GROUP BY id) AS e ON e.id = r.id
         WHERE r.id IS NULL OR e.id IS NULL OR (r.archive IS NULL) <> e.here OR NOT e.here AND r.archive <> ALL (e.keys)`),
  ).toBe(0);
}

/** Archives every worktree, each from a branch of its own. */
function archiveAll(db, name) {
  sql(db).exec(`UPDATE worktrees SET branch_name = '${name}-' || id`);
  return db.listWorktrees().map(({ id }) => db.archiveWorktree(id, { reason: name })).length;
}

/** Brings back what can be: the rest of it is in somebody's way. */
function restoreAll(db) {
  let restored = 0;
  for (const { key, worktree: of } of db.listArchived({ limit: 1000 }).items) {
    try {
      db.restoreWorktree(of.id, { key, port: 'auto' });
      restored += 1;
    } catch (error) {
      expect(error.code).toBe('ERR_CONFLICT');
    }
  }
  return restored;
}

it('counts, histories, feed and ledger are right after any history by another client', async () => {
  const seen = { done: 0, archived: 0, restored: 0, moved: 0 };
  await fc.assert(
    fc.asyncProperty(history, history, history, async (first, second, third) => {
      const at = temporarySchema();
      const db = open(at);
      const replica = new Replica(db.getBoard());
      let { next } = db.getBoard();
      const look = () => {
        const changes = changesSince(db, next);
        ({ next } = changes);
        replica.applyAll(changes.items);
        expect(replica.board).toEqual(boardOf(db.getBoard()));
        seen.moved += expectChains(db).length;
        expectRight(db);
      };
      for (const [name, statements] of Object.entries({ first, second, third })) {
        seen.done += live(at, statements);
        look();
        seen.archived += archiveAll(db, name);
        look();
        if (name === 'second') seen.restored += restoreAll(db);
        look();
      }
      seen.restored += restoreAll(db);
      look();
      db.close();
    }),
    { numRuns: 30 },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(20);
});
