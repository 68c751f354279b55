// Searching a board on a server, where many write at once and whoever builds the index may be killed: nothing is missing.
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { Client } from './support/postgres/client.mjs';
import { board, idsOf, queued } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { checkSearch } from './support/searched_runs.mjs';
import { sql } from './support/sql.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 180_000 });

const found = (db, text, filter) => idsOf(db.searchRuns(text, { limit: 1000, ...filter }).items.map(({ run }) => run));
const record = (db, prompt) => db.recordExecution(execution({ prompt }));
const WHOLE = { unfinished: false, wrong: [] };

/** Another client, which may have a transaction of its own open. */
function client(at) {
  const another = new Client({ admin: at.url, template: 'template1', prefix: 'none' });
  onTestFinished(() => void another.query(at, 'ROLLBACK'));
  return (text) => another.query(at, text);
}

const insert = (id, prompt) => `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
  VALUES ('${id}', 'zone-1', 'wt-1', 'a', '${prompt}', '2026-01-01T00:00:00.000Z')`;

function searching(at) {
  const db = board(at);
  db.enableSearch();
  db.enableSearch({ mode: 'substring' });
  return db;
}

/** Writes runs of its own until its input ends, some of which it changes or takes back; then it tells what each says that is there. */
const WRITER = `
const db = new VisualDatabase(at);
let goesOn = true;
process.stdin.on('data', () => {}).on('end', () => (goesOn = false));
const name = process.env.NAME;
const said = {};
let count = 0;
(async () => {
  while (goesOn) {
    const word = name + (count += 1);
    const wish = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'a', prompt: 'cart ' + word };
    if (count % 3 === 0) said[db.recordExecution({ ...wish, success: true })] = word;
    else if (count % 3 === 1) said[db.enqueueRun(wish).id] = word;
    else {
      try {
        db.transaction(() => {
          const { run, token } = db.startRun(wish, { workerId: name });
          db.finishRun(run.id, token, { status: 'succeeded', result: { cart: word + 'r' } });
          if (count % 2) throw new Error('no');
          said[run.id] = word + 'r';
        });
      } catch (error) {
        if (error.message !== 'no') throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
  }
  db.close();
  console.log(JSON.stringify(said));
})();
`;

/** Builds the index, and is killed when it has come so far. */
const BUILDER = `
const db = new VisualDatabase(at);
db.enableSearch({ progress: ({ indexed }) => { if (indexed > 1500) process.kill(process.pid, 'SIGKILL'); } });
`;

const SEARCHER = `
const db = new VisualDatabase(at);
let goesOn = true;
process.stdin.on('data', () => {}).on('end', () => (goesOn = false));
(async () => {
  while (goesOn) {
    db.searchRuns('cart');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
})();
`;

describe('a search on a server', () => {
  it('finds everything, where several write while one builds the index, is killed, and others go on with it', async () => {
    const at = temporarySchema();
    const db = board(at);
    for (let n = 0; n < 4; n += 1)
      db.recordExecutions(Array.from({ length: 1000 }, (_, k) => execution({ prompt: `cart old${n * 1000 + k}` })));
    const writers = ['x', 'y', 'z'].map((name) => startScript(WRITER, { at, env: { NAME: name } }));
    const { signal } = await startScript(BUILDER, { at }).ended;
    expect(signal).toBe('SIGKILL');
    expect(checkSearch(at).unfinished).toBe(true);
    const searchers = [1, 2].map(() => startScript(SEARCHER, { at }));
    await setTimeout(5000);
    const said = {};
    for (const { child } of [...searchers, ...writers]) child.stdin.end();
    for (const { ended } of searchers) expect((await ended).code).toBe(0);
    for (const { ended } of writers) {
      const { code, stdout, stderr } = await ended;
      expect([code, stderr]).toEqual([0, '']);
      Object.assign(said, JSON.parse(stdout));
    }
    expect(Object.keys(said).length).toBeGreaterThan(50);
    for (const [id, word] of Object.entries(said)) expect(found(db, word), word).toEqual([id]);
    for (const n of [0, 1999, 3999]) expect(found(db, `old${n}`)).toHaveLength(1);
    expect(checkSearch(at)).toEqual(WHOLE);
    expect(sql(db).prepare('SELECT count(*) FROM search_due').pluck().get()).toBe(0);
  });

  it('finds what was begun before and committed after it, and not what was taken back', () => {
    const at = temporarySchema();
    const db = searching(at);
    const slow = client(at);
    slow(`BEGIN; ${insert('slow', 'cart of the slow')}`);
    const quick = record(db, 'cart of the quick');
    expect(found(db, 'cart')).toEqual([quick]);
    slow('COMMIT');
    expect(found(db, 'cart').toSorted()).toEqual([quick, 'slow'].toSorted());
    slow(`BEGIN; ${insert('never', 'cart of nobody')}; ROLLBACK`);
    expect(found(db, 'nobody')).toEqual([]);
    expect(checkSearch(at)).toEqual(WHOLE);
  });

  it('finds what another one changes while it is indexed', () => {
    const at = temporarySchema();
    const db = searching(at);
    const id = record(db, 'a cart');
    const slow = client(at);
    slow(`BEGIN; UPDATE zone_executions SET prompt = 'a basket' WHERE id = '${id}'`);
    expect(found(db, 'cart')).toEqual([id]);
    slow('COMMIT');
    expect([found(db, 'cart'), found(db, 'basket')]).toEqual([[], [id]]);
    expect(found(db, 'aske', { mode: 'substring' })).toEqual([id]);
    expect(checkSearch(at)).toEqual(WHOLE);
  });

  it('waits for nobody: neither for a transaction, nor for a connection that indexes', () => {
    const at = temporarySchema();
    const db = searching({ ...at, timeout: 1000 });
    const id = record(db, 'a cart');
    const other = open(at);
    other.transaction(() => {
      record(other, 'their cart');
      const began = performance.now();
      expect(found(db, 'cart')).toEqual([id]);
      expect(performance.now() - began).toBeLessThan(900);
    });
    expect(found(db, 'cart')).toHaveLength(2);
    record(db, 'the third cart');
    const slow = client(at);
    slow('BEGIN; LOCK TABLE search_runs IN SHARE MODE');
    expect(found(db, 'cart')).toHaveLength(3);
  });

  it('finds in a transaction what that has written, and in no other', () => {
    const at = temporarySchema();
    const db = searching(at);
    const other = open(at);
    const undo = new Error('undo');
    try {
      db.transaction(() => {
        const id = record(db, 'my cart');
        const wish = queued(db, { prompt: 'a cart that is wanted' });
        expect(found(db, 'cart').toSorted()).toEqual([id, wish.id].toSorted());
        expect(found(other, 'cart')).toEqual([]);
        throw undo;
      });
    } catch (error) {
      expect(error).toBe(undo);
    }
    expect(found(db, 'cart')).toEqual([]);
  });

  it('on a read-only connection finds what isn’t indexed yet, page by page in one order, which it keeps', () => {
    const at = temporarySchema();
    const db = searching(at);
    for (let n = 0; n < 20; n += 1) record(db, `${'filler '.repeat(n % 5)}cart`);
    expect(found(db, 'cart')).toHaveLength(20);
    for (let n = 0; n < 20; n += 1) record(db, `${'filler '.repeat(n % 5)}cart`);
    const reading = open({ ...at, readonly: true });
    const before = found(reading, 'cart');
    expect(before).toHaveLength(40);
    const paged = [];
    for (let after; after !== null;) {
      const page = reading.searchRuns('cart', { limit: 7, after });
      paged.push(...idsOf(page.items.map(({ run }) => run)));
      after = page.next;
    }
    expect(paged).toEqual(before);
    expect(found(db, 'cart')).toEqual(before);
    expect(found(reading, 'cart')).toEqual(before);
  });

  it('finds what stands in a table that was emptied and filled again', () => {
    const at = temporarySchema();
    const db = searching(at);
    sql(db).exec(insert('e1', 'a cart'));
    expect(found(db, 'cart')).toEqual(['e1']);
    sql(db).exec('TRUNCATE zone_executions');
    expect(found(db, 'cart')).toEqual([]);
    sql(db).exec(insert('e1', 'a basket'));
    expect([found(db, 'cart'), found(db, 'basket')]).toEqual([[], ['e1']]);
    expect(checkSearch(at)).toEqual(WHOLE);
  });

  it('ranks the latest 400 hits, then those before them, whatever else has their words', () => {
    const at = temporarySchema();
    const db = searching(at);
    const texts = Array.from({ length: 1000 }, (_, n) =>
      n % 2 ? 'red cart' : `cart that is red, ${'x '.repeat(n % 7)}`,
    );
    const ids = db.recordExecutions(texts.map((prompt) => execution({ prompt })));
    const expected = ids.filter((_, n) => n % 2).toReversed();
    // All of them answer as well, so that the last one comes first.
    for (const [text, mode] of [
      ['"red cart"', 'words'],
      ['red cart', 'substring'],
    ])
      expect(found(db, text, { mode, ...(mode === 'words' && { syntax: true }) })).toEqual(expected);
    expect(found(db, 'red_cart that')).toEqual([]);
  });

  it('costs nothing where nobody searches: neither a trigger nor a row', () => {
    const at = temporarySchema();
    const db = searching(at);
    record(db, 'a cart');
    expect(db.disableSearch()).toBe(true);
    record(db, 'a cart');
    const left = `SELECT (SELECT count(*) FROM search_due) + (SELECT count(*) FROM search_runs) + (SELECT count(*) FROM search_state)
      + (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search%' AND tgrelid IN ('runs'::regclass, 'zone_executions'::regclass))`;
    expect(sql(db).prepare(left).pluck().get()).toBe(0);
    db.enableSearch();
    expect(found(db, 'cart')).toHaveLength(2);
  });

  it('finds words and texts of any length, and however many there are', () => {
    const at = temporarySchema();
    const db = searching(at);
    const long = record(db, `${'x'.repeat(50_000)} cart`);
    const many = record(db, Array.from({ length: 200_000 }, (_, n) => `word${n}`).join(' '));
    expect(found(db, 'cart')).toEqual([long]);
    expect(found(db, 'x'.repeat(900), { mode: 'substring' })).toEqual([long]);
    expect(found(db, 'word199999')).toEqual([many]);
    expect(checkSearch(at)).toEqual(WHOLE);
  });
});
