// The feed of a board on a server, where many commit at once: numbers are given out before a commit, and none is to be missed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { Client } from './support/postgres/client.mjs';
import { zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 180_000 });

const THEIRS = fileURLToPath(new URL('support/postgres/slow_writer.mjs', import.meta.url));

/** Ours, which also writes until its input ends, by single calls and in transactions. */
const OURS = `
const db = new VisualDatabase(at);
let goesOn = true;
process.stdin.on('data', () => {}).on('end', () => (goesOn = false));
const committed = [];
let count = 0;
const make = () => {
  const id = process.env.NAME + '-' + (count += 1);
  db.createZone({ id, name: 'z' });
  return id;
};
(async () => {
  while (goesOn) {
    if (Math.random() < 0.7) committed.push(make());
    else {
      const ids = [];
      try {
        db.transaction(() => {
          for (let n = 0; n < 4; n += 1) ids.push(make());
          if (Math.random() < 0.3) throw new Error('no');
        });
        committed.push(...ids);
      } catch (error) {
        if (error.message !== 'no') throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
  }
  db.close();
  console.log(JSON.stringify(committed));
})();
`;

/** Reads on and on; once its input has ended, until nothing comes any more. */
const READER = `
const db = new VisualDatabase(at);
let goesOn = true;
process.stdin.on('data', () => {}).on('end', () => (goesOn = false));
const seen = [];
let after;
let latest = 0;
(async () => {
  for (;;) {
    const wasToGoOn = goesOn;
    const { items, next, gap } = db.getChanges({ after, limit: 1 + Math.floor(Math.random() * 40) });
    if (gap) throw new Error('There is a gap');
    after = next;
    for (const { seq, id, at } of items) seen.push([seq, id, at]);
    if (items.length === 0 && !wasToGoOn) break;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
  }
  console.log(JSON.stringify(seen));
})();
`;

it('gives each change once and all of them in one order, to whomever, while a transaction stays open that sees none of them', async () => {
  const at = temporarySchema();
  const db = open(at);
  // As pg_dump reads: of one moment, for as long as it takes. That it has written, too, is worse.
  const dump = new Client({ admin: at.url, template: 'template1', prefix: 'none' });
  dump.query(at, 'BEGIN ISOLATION LEVEL REPEATABLE READ');
  dump.query(at, 'SELECT count(*), pg_current_xact_id() FROM zones');
  onTestFinished(() => void dump.query(at, 'ROLLBACK'));

  const theirs = ['a', 'b'].map((name) => {
    const child = spawn(process.execPath, [THEIRS, JSON.stringify(at), name], { stdio: ['pipe', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    return { child, ended: once(child, 'close').then(([code]) => ({ code, stdout })) };
  });
  const ours = ['c', 'd'].map((name) => startScript(OURS, { at, env: { NAME: name } }));
  const readers = [1, 2, 3].map(() => startScript(READER, { at }));
  await setTimeout(8000);
  const end = async (processes) => {
    for (const { child } of processes) child.stdin.end();
    const ends = await Promise.all(processes.map(({ ended }) => ended));
    for (const { code, stderr } of ends) expect([code, stderr ?? '']).toEqual([0, '']);
    return ends.map(({ stdout }) => JSON.parse(stdout));
  };
  const written = (await end([...theirs, ...ours])).flat();
  const seen = await end(readers);

  expect(written.length).toBeGreaterThan(200);
  for (const each of seen) {
    expect(each).toEqual(seen[0]);
    expect(each.map(([, id]) => id).toSorted()).toEqual(written.toSorted());
  }
  const [changes] = seen;
  for (const [nth, [seq, , then]] of changes.entries()) {
    if (nth === 0) continue;
    expect(seq).toBeGreaterThan(changes[nth - 1][0]);
    expect(then >= changes[nth - 1][2]).toBe(true);
  }
  expect(db.getBoard().zones).toHaveLength(written.length);
});

it('is not held up by a transaction that has written and not committed, and tells what it wrote once it has', () => {
  const at = temporarySchema();
  const db = open(at);
  const slow = new Client({ admin: at.url, template: 'template1', prefix: 'none' });
  const { next } = db.getBoard();
  slow.query(at, "BEGIN; INSERT INTO zones (id, name, created_at) VALUES ('slow', 'z', 't')");
  db.createZone(zone(1));
  const page = db.getChanges({ after: next });
  expect(page.items.map(({ id }) => id)).toEqual(['zone-1']);
  slow.query(at, 'COMMIT');
  const rest = db.getChanges({ after: page.next });
  expect(rest.items.map(({ id }) => id)).toEqual(['slow']);
  expect(rest.items[0].at >= page.items[0].at).toBe(true);
});

it('goes on from a place of a transaction with what others have committed meanwhile', () => {
  const at = temporarySchema();
  const db = open(at);
  const slow = new Client({ admin: at.url, template: 'template1', prefix: 'none' });
  slow.query(at, "BEGIN; INSERT INTO zones (id, name, created_at) VALUES ('slow', 'z', 't')");
  const { next } = db.transaction(() => {
    db.createZone(zone(1));
    return db.getBoard();
  });
  slow.query(at, 'COMMIT');
  db.createZone(zone(2));
  // What has a number before that place, and was not to be seen there, comes, and all that is behind it once more.
  expect(db.getChanges({ after: next }).items.map(({ id }) => id)).toEqual(['slow', 'zone-1', 'zone-2']);
});

it('tells of a transaction alone exactly what came behind its place', () => {
  const db = open(temporarySchema());
  const { next } = db.transaction(() => {
    db.createZone(zone(1));
    return db.getBoard();
  });
  db.createZone(zone(2));
  expect(db.getChanges({ after: next }).items.map(({ id }) => id)).toEqual(['zone-2']);
});

it('starts over where a dump was restored on a server that counts transactions from a lower number', () => {
  const db = open(temporarySchema());
  db.createZone(zone(1));
  const { next } = db.getBoard();
  sql(db).exec("UPDATE changes_batches SET after = '900000000:900000000:' WHERE last > 0");
  expect(db.getChanges({ after: next })).toEqual({ items: [], next: null, gap: true });
  const board = db.getBoard();
  db.createZone(zone(2));
  expect(db.getChanges({ after: board.next }).items.map(({ id }) => id)).toEqual(['zone-2']);
});

it('tells what TRUNCATE took, and where worktrees are no more', () => {
  const db = open(temporarySchema());
  db.createZone(zone(1));
  const { next } = db.getBoard();
  sql(db).exec('TRUNCATE zones CASCADE');
  expect(db.getChanges({ after: next }).items.map(({ id, op }) => [id, op])).toEqual([['zone-1', 'delete']]);
});
