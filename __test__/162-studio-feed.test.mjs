// Studio's stream of changes: what anybody changes, in its order, for whoever comes back where he was.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { board, pause, running } from './support/runs.mjs';
import { sql } from './support/sql.mjs';
import { following, served } from './support/studio.mjs';
import { place } from './support/temporary.mjs';

async function prepared() {
  const db = board(place());
  const { next } = db.getBoard();
  return { db, next, studio: await served(db) };
}

const isOf = (id) => (heard) => heard.data.id === id;

describe('the feed', () => {
  test('tells what this process and others change, with the place behind it', async () => {
    const { db, next, studio } = await prepared();
    const reader = following(studio, { after: next });
    db.as({ kind: 'user', id: 'anna' }).assignWorktreeToZone('wt-1', 'zone-2');
    sql(db).exec("UPDATE worktrees SET status = 'a\n\ndata: {}\n\n' WHERE id = 'wt-2'");
    await reader.until(isOf('wt-2'));
    const { items } = db.getChanges({ after: next });
    expect(reader.heard.map(({ data }) => data)).toEqual(items);
    expect(db.getChanges({ after: reader.heard[0].id }).items).toEqual(items.slice(1));
  });

  test('goes on where a reader was: nothing lost, nothing twice', async () => {
    const { db, next, studio } = await prepared();
    const seen = [];
    let last = next;
    for (let n = 0; n < 20; n += 1) {
      const reader = following(studio, { last });
      db.updateWorktree('wt-1', { position: { x: n + 1 } });
      if (n % 3 > 0) await reader.until(isOf('wt-1'));
      reader.end();
      seen.push(...reader.heard.map(({ data }) => data.seq));
      last = reader.heard.at(-1)?.id ?? last;
    }
    const reader = following(studio, { last });
    db.updateWorktree('wt-3', { status: 'done' });
    await reader.until(isOf('wt-3'));
    seen.push(...reader.heard.map(({ data }) => data.seq));
    expect(seen).toEqual(db.getChanges({ after: next }).items.map(({ seq }) => seq));
  });

  test('says that a place is lost, and ends', async () => {
    const { db, next, studio } = await prepared();
    const elsewhere = board(place()).getBoard().next;
    sql(db).exec('DELETE FROM changes');
    for (const last of [next, elsewhere, 'nonsense']) {
      const reader = following(studio, { last });
      await reader.until(({ event }) => event === 'lost');
      expect(reader.heard.length).toBe(1);
    }
  });

  test('tells of new output', async () => {
    const { db, studio } = await prepared();
    const { run, token } = running(db);
    const reader = following(studio);
    await reader.begun;
    await pause(50);
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'hello' }]);
    const { data } = await reader.until(({ data }) => data.entity === 'output');
    expect(data).toMatchObject({ id: run.id, fields: { sequence: 0 } });
  });

  test('is refused to more than a hundred at once, and there is room again when they go', async () => {
    const { studio } = await prepared();
    const readers = Array.from({ length: 100 }, () => following(studio));
    await Promise.all(readers.map(({ begun }) => begun));
    expect((await studio.get('/api/events')).status).toBe(503);
    for (const { end } of readers) end();
    await pause(100);
    const again = following(studio);
    expect((await again.begun).statusCode).toBe(200);
  });

  test(
    'a reader who reads nothing costs no memory: what he has not read waits in the file',
    { timeout: 60_000 },
    async () => {
      const { db, next, studio } = await prepared();
      const reader = following(studio, { after: next });
      const response = await reader.begun;
      response.pause();
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc');
      const heap = () => {
        collect();
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      const before = heap();
      for (let round = 0; round < 60; round += 1) {
        db.transaction(() => {
          for (let n = 0; n < 100; n += 1)
            db.updateZone('zone-1', { promptTemplate: `${round} ${n} `.padEnd(4000, 'x') });
        });
        await pause(5);
      }
      // 24 MB of changes.
      expect(heap() - before).toBeLessThan(16_000_000);
      response.resume();
      db.updateWorktree('wt-3', { status: 'done' });
      await reader.until(isOf('wt-3'));
      expect(reader.heard.filter(({ data }) => data.entity === 'zone').length).toBe(6000);
    },
  );

  test('others are served while somebody reads nothing', async () => {
    const { db, next, studio } = await prepared();
    const lazy = following(studio, { after: next });
    (await lazy.begun).pause();
    const reader = following(studio, { after: next });
    for (let n = 0; n < 300; n += 1) db.updateZone('zone-1', { promptTemplate: `${n} `.padEnd(4000, 'x') });
    db.updateWorktree('wt-3', { status: 'done' });
    await reader.until(isOf('wt-3'));
  });

  test('ends with the server, at once', async () => {
    const { studio } = await prepared();
    const reader = following(studio);
    await reader.begun;
    const start = performance.now();
    await studio.close();
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
