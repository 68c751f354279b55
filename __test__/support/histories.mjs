// Any history of a file, in SQL as any program may write it: each kind of INSERT, UPDATE and DELETE of the four tables, with
// every way of settling a conflict, in transactions and savepoints.
import fc from 'fast-check';

/** A template whose holes are arbitraries. */
const sql = (texts, ...holes) =>
  fc.tuple(...holes).map((values) => texts.reduce((text, next, n) => text + values[n - 1] + next));
const oneOf = (...texts) => fc.constantFrom(...texts);
const several = (arbitrary) => fc.array(arbitrary, { minLength: 1, maxLength: 4 }).map((list) => list.join(', '));

/** Few ids, so that they meet; some that only SQLite takes for ids. */
const id = oneOf("'e0'", "'e1'", "'e2'", "'e3'", "'e4'", "'e5'", "'e6'", "'e7'", 'hex(randomblob(4))', 'NULL', "x'01'");
const rowid = oneOf('1', '2', '3', '5', '8', '13', '-2');
const zone = oneOf("'zone-1'", "'zone-2'", "'zone-3'");
const worktree = oneOf("'wt-1'", "'wt-2'", "'wt-3'", "'wt-4'");
const agent = oneOf("'a'", "'b'");
const success = oneOf('0', '1', 'NULL', '2');
const port = oneOf('3001', '3002', '3003', '3004');
const or = oneOf('', 'OR REPLACE', 'OR REPLACE', 'OR IGNORE', 'OR FAIL', 'OR ABORT', 'OR ROLLBACK');

const COLUMNS = 'id, zone_id, worktree_id, agent_type, prompt, success, executed_at';
const values = sql`${id}, ${zone}, ${worktree}, ${agent}, 'p', ${success}, 't'`;
const which = oneOf('', 'WHERE rowid % 2', 'WHERE rowid < 4', "WHERE id = 'e1'", "WHERE id > 'e3'", 'WHERE success');
const change = fc.oneof(
  sql`id = ${id}`,
  sql`rowid = ${rowid}`,
  oneOf("id = id || 'x'", 'rowid = rowid + 1', 'success = 1 - success', "executed_at = 'u'", "prompt = 'q'"),
  sql`zone_id = ${zone}`,
  sql`worktree_id = ${worktree}, agent_type = ${agent}`,
);

const execution = fc.oneof(
  sql`INSERT ${or} INTO zone_executions (${oneOf(COLUMNS)}) VALUES ${several(sql`(${values})`)}`,
  sql`INSERT ${or} INTO zone_executions (rowid, ${oneOf(COLUMNS)}) VALUES ${several(sql`(${rowid}, ${values})`)}`,
  sql`INSERT ${or} INTO zone_executions (${oneOf(COLUMNS)})
      SELECT id, ${zone}, worktree_id, ${agent}, prompt, success, 's' FROM zone_executions ${which}`,
  sql`INSERT INTO zone_executions (${oneOf(COLUMNS)}) VALUES ${several(sql`(${values})`)} ON CONFLICT (id) DO UPDATE SET ${change}`,
  sql`INSERT INTO zone_executions (${oneOf(COLUMNS)}) VALUES ${several(sql`(${values})`)} ON CONFLICT DO NOTHING`,
  sql`UPDATE ${or} zone_executions SET ${change} ${which}`,
  sql`DELETE FROM zone_executions ${which}`,
);

const parent = fc.oneof(
  sql`INSERT ${or} INTO worktrees (id, path, port, branch_name, created_at) VALUES (${worktree}, '/', ${port}, 'b', 't')`,
  sql`INSERT ${or} INTO zones (id, name, created_at) VALUES (${zone}, 'Z', 't')`,
  sql`UPDATE ${or} worktrees SET id = ${worktree} WHERE id = ${worktree}`,
  sql`UPDATE ${or} worktrees SET port = ${port}, status = ${agent} WHERE id = ${worktree}`,
  sql`UPDATE ${or} zones SET id = ${zone} WHERE id = ${zone}`,
  sql`UPDATE zones SET name = ${agent}`,
  sql`DELETE FROM worktrees WHERE id = ${worktree}`,
  sql`DELETE FROM zones WHERE id = ${zone}`,
  oneOf('DELETE FROM worktrees', 'DELETE FROM zones', 'DELETE FROM worktree_zones'),
  sql`INSERT ${or} INTO worktree_zones (worktree_id, zone_id, assigned_at) VALUES (${worktree}, ${zone}, 't')`,
  sql`UPDATE ${or} worktree_zones SET worktree_id = ${worktree}, zone_id = ${zone}`,
);

const control = oneOf(
  'BEGIN',
  'BEGIN',
  'COMMIT',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT s',
  'SAVEPOINT s',
  'ROLLBACK TO s',
  'RELEASE s',
);

/** What stands before a history, so that most of its statements find something. */
const FIRST = [
  `INSERT OR IGNORE INTO zones (id, name, created_at) VALUES ('zone-1', 'Z', 't'), ('zone-2', 'Z', 't'), ('zone-3', 'Z', 't')`,
  ...[1, 2, 3, 4].map(
    (n) =>
      `INSERT OR IGNORE INTO worktrees (id, path, port, branch_name, created_at) VALUES ('wt-${n}', '/', ${3000 + n}, 'b', 't')`,
  ),
];

/** The statements of a history, of which many fail. */
export const anyHistory = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: execution }, { weight: 2, arbitrary: parent }, { weight: 2, arbitrary: control }),
    {
      minLength: 5,
      maxLength: 60,
      size: 'max',
    },
  )
  .map((statements) => FIRST.concat(statements));

/** Runs a history on a handle in better-sqlite3's shape; how many statements failed. */
export function live(db, pragmas, history) {
  for (const [name, value] of Object.entries(pragmas)) db.pragma(`${name} = ${value}`);
  let failed = 0;
  for (const statement of history) {
    try {
      db.exec(statement);
    } catch {
      failed += 1;
    }
  }
  if (db.inTransaction) db.exec('COMMIT');
  return failed;
}
