// What everybody in the company does, as SQL that every client understands.

/** Made once, in a file of the package's. */
export const SETUP = `
  CREATE TABLE steps (
    writer INTEGER NOT NULL, step INTEGER NOT NULL, before INTEGER NOT NULL, filler BLOB, PRIMARY KEY (writer, step),
    -- Each writer goes on from its own latest commit.
    CONSTRAINT a_commit_was_lost CHECK (before = step - 1)
  ) WITHOUT ROWID;
  CREATE TABLE company (commits INTEGER NOT NULL);
  INSERT INTO company VALUES (0);
  -- More than a cache of ten pages holds; who changes it changes all of it.
  CREATE TABLE ballast (id INTEGER PRIMARY KEY, stamp INTEGER NOT NULL, filler BLOB NOT NULL);
  INSERT INTO ballast
    WITH RECURSIVE ids(id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM ids WHERE id < 150)
    SELECT id, 0, randomblob(2000) FROM ids;`;

/** How many of its latest steps a writer keeps. */
const KEPT = 200;

/** All of the ballast, in frames that leave a small cache before the commit. */
const changeBallast = (stamp) => `UPDATE ballast SET stamp = ${stamp}, filler = randomblob(2000)`;

/** Inside a transaction: something that is taken back, between or behind what stays. */
const EXTRAS = {
  none: () => [],
  // The second time over frames that the first one has written.
  spill: (writer, step) => [changeBallast(-1), changeBallast(writer * 1_000_000_000 + step)],
  savepoint: () => ['SAVEPOINT s', 'UPDATE worktrees SET position_x = -1', 'ROLLBACK TO s', 'RELEASE s'],
  'spilt savepoint': () => ['SAVEPOINT s', changeBallast(-1), 'ROLLBACK TO s', 'RELEASE s'],
  prune: (writer, step) => [
    `DELETE FROM steps WHERE writer = ${writer} AND step <= ${step - KEPT}`,
    `DELETE FROM zone_executions WHERE worktree_id = 'wt-${writer}' AND CAST(prompt AS INTEGER) <= ${step - KEPT}`,
  ],
};

/** What a step is made of: `own` is the part that the class VisualDatabase has calls for. */
export function stepOf(writer, step, dice) {
  const kind = dice.chance(0.7) ? 'none' : dice.pick(['spill', 'savepoint', 'spilt savepoint']);
  const extra = step % 50 === 0 ? 'prune' : kind;
  return {
    begin: [
      `INSERT INTO steps SELECT ${writer}, ${step}, position_x, randomblob(${dice.pick([10, 300, 3000])})
       FROM worktrees WHERE id = 'wt-${writer}'`,
    ],
    own: [
      `UPDATE worktrees SET position_x = ${step} WHERE id = 'wt-${writer}'`,
      `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
       VALUES ('by-hand-${writer}-${step}', 'zone', 'wt-${writer}', 'agent', '${step}', '2026-01-01T00:00:00.000Z')`,
    ],
    end: ['UPDATE company SET commits = commits + 1', ...EXTRAS[extra](writer, step)],
  };
}

/** A whole transaction that is taken back, most of it written already. */
export const TAKEN_BACK = [
  'BEGIN IMMEDIATE',
  'UPDATE worktrees SET position_x = -1',
  changeBallast(-1),
  'UPDATE company SET commits = -1',
  'ROLLBACK',
];

/** Where a writer is. */
export const latestStep = (writer) => `SELECT position_x FROM worktrees WHERE id = 'wt-${writer}'`;

/** All that one moment can be held against, as JSON: `positions`, `commits`, `stamps`. */
export const LOOK = `SELECT json_object(
  'positions', json((SELECT json_group_array(position_x) FROM (SELECT position_x FROM worktrees ORDER BY id))),
  'commits', (SELECT commits FROM company),
  'stamps', json((SELECT json_group_array(DISTINCT stamp) FROM ballast)))`;

export const CHECKPOINTS = ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE'];
