// retention: what is kept is said in the file, or to the constructor, and pruned by one process at a time.
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { refusal } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

const NOTHING = { bodies: null, output: null, runs: null, perZone: null, maxBytes: null, changes: null };

function filled(config, count = 50) {
  const db = open({ ...place(), ...config });
  db.createZone(zone(1));
  db.createWorktree(worktree(1));
  for (let n = 0; n < count; n += 1) db.recordExecution({ ...execution(), prompt: 'x' });
  return db;
}

/** Until it says so, at most for some seconds. */
async function until(is) {
  for (let tries = 0; tries < 200 && !is(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(is()).toBe(true);
}

describe('setRetention and getRetention', () => {
  test('are kept with the board, so that every process keeps to them', () => {
    const where = place();
    const db = filled(where);
    expect(db.getRetention()).toBeNull();
    db.setRetention({ bodies: '30d', runs: 31_536_000_000, perZone: 100 });
    const other = open({ ...where, readonly: true });
    expect(other.getRetention()).toEqual({ ...NOTHING, bodies: '30d', runs: '1y', perZone: 100, every: '1h' });
    db.setRetention(null);
    expect(db.getRetention()).toBeNull();
  });

  test('prune without a policy goes by them', async () => {
    const db = filled();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(db.prune()).toMatchObject({ runs: 0 });
    db.setRetention({ perZone: 10 });
    expect(db.prune({ budgetMs: 60_000 })).toMatchObject({ runs: 40 });
  });

  test('refuse what is no policy', () => {
    const db = open();
    expect(refusal(() => db.setRetention({ body: '1d' }))).toMatchObject({ code: 'ERR_UNKNOWN_KEY', field: 'body' });
    expect(refusal(() => db.setRetention({ bodies: '1 day' }))).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      field: 'bodies',
    });
    expect(refusal(() => db.setRetention({ runs: '1d', every: '1ms' }))).toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
      field: 'every',
    });
    expect(refusal(() => db.setRetention(5))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', field: 'retention' });
  });
});

describe('the option `retention`', () => {
  test('prunes at intervals while the database is open, and says so to the logger', async () => {
    const told = [];
    const logger = { info: (message, fields) => told.push([message, fields]), error: (...error) => told.push(error) };
    const db = filled({ retention: { perZone: 10, every: 1000 }, logger });
    await until(() => db.getStats().executions === 10);
    await until(() => told.some(([message]) => message === '[VisualDB] Pruned'));
    expect(told.find(([message]) => message === '[VisualDB] Pruned')[1]).toEqual({ runs: 40, bodies: 0 });
    expect(db.getExecutionStats().total).toBe(50);
  });

  test.runIf(inFiles)('is checked before anything is opened', () => {
    const refused = (retention) => refusal(() => new VisualDatabase({ dbPath: ':memory:', retention }));
    expect(refused({ bodys: '1d' })).toMatchObject({ code: 'ERR_UNKNOWN_KEY', field: 'bodys' });
    expect(refused({ bodies: 'x' })).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', field: 'retention.bodies' });
    expect(refused({ bodies: '1d', every: 5 })).toMatchObject({ code: 'ERR_OUT_OF_RANGE', field: 'retention.every' });
    expect(refused(5)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', field: 'retention' });
    expect(() => open({ retention: false })).not.toThrow();
  });

  test.runIf(inFiles)('does not hold the process open, nor go on after close', async () => {
    const dbPath = temporaryFile();
    const db = new VisualDatabase({ dbPath, retention: { runs: 0, every: 1000 } });
    db.close();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(() => db.getStats()).toThrow('not open');
  });

  test.runIf(inFiles)('of several processes one prunes at a time, and a killed one is taken over', async () => {
    const db = filled({}, 10);
    const dbPath = db.db.name;
    const begin = (now) =>
      startScript(
        `const addon = require(${JSON.stringify(fileURLToPath(new URL('../lib/native/addon.js', import.meta.url)))});
        const { stateOf } = require(${JSON.stringify(fileURLToPath(new URL('../lib/visual/state.js', import.meta.url)))});
        const db = new VisualDatabase({ dbPath, retention: false });
        require('node:fs').writeSync(1, String(addon.beginPruning(stateOf(db, 'x').connection, ${now}, 3600000)));
        process.kill(process.pid, 'SIGKILL');`,
        { dbPath },
      );
    const answer = async (now) => (await begin(now).ended).stdout.trim();
    expect(await answer(1_000_000)).toBe('true');
    expect(await answer(1_030_000)).toBe('false');
    // Nobody has gone on for a minute.
    expect(await answer(1_061_000)).toBe('true');
  });
});
