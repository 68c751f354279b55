// What Studio answers: the class's own answers as JSON, and its errors; changes only where that was allowed.
import { dirname, join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fill } from './support/backups.mjs';
import { board, ended, everything, pause, queued, running, waiting } from './support/runs.mjs';
import { served } from './support/studio.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

async function prepared(options) {
  const where = place();
  const db = board(where);
  return { db, dbPath: where.dbPath, ...(await served(db, options)) };
}

const query = (filter) => new URLSearchParams(filter).toString();

describe('what is read', () => {
  test('is what the class answers', async () => {
    const { db, get } = await prepared();
    const run = ended(db, { metadata: { a: 1 } });
    const part = queued(db, { parentRunId: run.id });
    const cases = {
      '/api/board': db.getBoard(),
      '/api/board?runs=true': db.getBoard({ runs: true }),
      '/api/runs': db.listRuns(),
      '/api/runs?status=queued&status=running&limit=1': db.listRuns({ status: ['queued', 'running'], limit: 1 }),
      [`/api/runs?${query({ zoneId: 'zone-1', orderBy: 'oldest', fields: 'full' })}`]: db.listRuns({
        zoneId: 'zone-1',
        orderBy: 'oldest',
        fields: 'full',
      }),
      [`/api/output?id=${run.id}`]: db.getOutput(run.id),
      '/api/moves': db.getMoves(),
      '/api/archived': db.listArchived(),
      '/api/worktrees?hasOpenRuns=true': undefined,
      '/api/spending': { budgets: db.getBudgets(), limits: db.getRunLimits() },
    };
    for (const [path, expected] of Object.entries(cases)) {
      const { status, body } = await get(path);
      if (expected !== undefined) expect([path, status, body]).toEqual([path, 200, expected]);
    }
    const { run: found, children } = (await get(`/api/run?id=${run.id}`)).body;
    expect(found).toEqual(db.getRun(run.id));
    expect(children.map(({ id }) => id)).toEqual([part.id]);
    const { prompt: _, result: __, ...parent } = db.getRun(run.id);
    expect((await get(`/api/run?id=${part.id}`)).body.parent).toEqual(parent);
  });

  test('pages go on where the last one ended', async () => {
    const { db, get } = await prepared();
    for (let n = 0; n < 5; n += 1) queued(db);
    const seen = [];
    for (let after; after !== null;) {
      const { body } = await get(`/api/runs?${query({ limit: 2, ...(after && { after }) })}`);
      seen.push(...body.items.map(({ id }) => id));
      after = body.next;
    }
    expect(seen).toEqual(db.listRuns().items.map(({ id }) => id));
  });

  test('cards are what the runs of each worktree come to', async () => {
    const { db, get } = await prepared();
    const { run } = running(db);
    db.recordUsage(run.id, { model: 'large', costMicros: 7 });
    expect((await get('/api/cards')).body).toContainEqual(['wt-1', 1, { id: run.id, status: 'running' }, 7]);
  });

  test('the board of a time', async () => {
    const { db, get } = await prepared();
    await pause(5);
    const at = new Date().toISOString();
    await pause(5);
    db.assignWorktreeToZone('wt-1', 'zone-2');
    expect((await get(`/api/board?${query({ at })}`)).body.assignments).toEqual([]);
    expect((await get('/api/board?at=2001-01-01T00:00:00Z')).status).toBe(410);
  });

  test('whose board it is, and which views it has none of', async () => {
    const { get } = await prepared();
    expect((await get('/api/info')).body).toMatchObject({
      name: expect.stringMatching(inFiles ? /^visual\.db$/ : /^[^/:@?]+$/),
      write: false,
      actor: { kind: 'user', id: 'anna' },
      engine: inFiles ? 'sqlite' : 'postgresql',
      views: { search: false, sql: true, doctor: true, backups: inFiles },
    });
  });

  test('runs by their words, once that is on', async () => {
    const { db, get } = await prepared();
    const { id } = queued(db, { prompt: 'Build the login form' });
    expect((await get('/api/info')).body.views.search).toBe(false);
    expect((await get('/api/search?text=login')).status).toBe(409);
    db.enableSearch();
    expect((await get('/api/info')).body.views.search).toBe(true);
    const { items } = (await get('/api/search?text=login&status=queued')).body;
    expect(items).toEqual(db.searchRuns('login').items);
    expect(items.map(({ run }) => run.id)).toEqual([id]);
    expect((await get('/api/search?text=login&orderBy=newest')).body.error.code).toBe('ERR_UNKNOWN_KEY');
    expect((await get('/api/search')).status).toBe(400);
  });

  test('what would go if less were kept; nothing goes, whatever is asked', async () => {
    const { db, get } = await prepared({ write: true });
    const { id } = ended(db, { prompt: 'a prompt' });
    await pause(1100);
    const would = db.prune({ bodies: '1s', dryRun: true });
    expect(would.bodies).toBe(1);
    for (const path of ['/api/retention?bodies=1s', '/api/retention?bodies=1s&dryRun=false'])
      expect((await get(path)).body).toEqual(would);
    expect(db.getRun(id).prompt).toBe('a prompt');
    expect((await get('/api/retention?bodies=soon')).status).toBe(400);
  });

  test('trends and the flow', async () => {
    const { db, get } = await prepared();
    ended(db);
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const asked = { bucket: 'hour', since };
    expect((await get(`/api/trend?${query({ ...asked, by: 'agent' })}`)).body).toEqual(
      db.getTrend({ ...asked, by: 'agent' }),
    );
    expect((await get(`/api/flow?${query(asked)}`)).body).toEqual(db.getFlow(asked));
    expect((await get('/api/trend?bucket=year')).status).toBe(400);
  });

  test.each([
    ['/api/runs?limit=0', 400, 'ERR_OUT_OF_RANGE'],
    ['/api/runs?limit=x', 400, 'ERR_INVALID_ARG_TYPE'],
    ['/api/runs?zoneID=1', 400, 'ERR_UNKNOWN_KEY'],
    ['/api/runs?__proto__=1', 400, 'ERR_UNKNOWN_KEY'],
    ['/api/runs?after=x', 400, 'ERR_CURSOR'],
    ['/api/board?at=yesterday', 400, 'ERR_INVALID_ARG_VALUE'],
    ['/api/run?id=nothing', 404, 'ERR_NOT_FOUND'],
    ['/api/output?id=nothing', 404, 'ERR_NOT_FOUND'],
    ['/api/output?id=nothing&after=x', 400, 'ERR_INVALID_ARG_TYPE'],
  ])('%s is %i %s', async (path, status, code) => {
    const { get } = await prepared();
    const answer = await get(path);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });
});

describe('what is changed', () => {
  const CHANGES = {
    '/api/move': { worktreeId: 'wt-1', zoneId: 'zone-2' },
    '/api/undo': {},
    '/api/redo': {},
    '/api/retry': { id: 'x' },
    '/api/cancel': { id: 'x' },
    '/api/answer': { id: 'x', answer: 'y' },
  };

  test.each(Object.entries(CHANGES))('%s is refused without --write, and does nothing', async (path, body) => {
    const { db, post } = await prepared();
    const before = everything(db);
    const { status, body: told } = await post(path, body);
    expect([status, told.error.code]).toEqual([403, 'ERR_READONLY']);
    expect(everything(db)).toEqual(before);
  });

  test('nothing is changed by GET', async () => {
    const { db, get } = await prepared({ write: true });
    const before = everything(db);
    for (const path of Object.keys(CHANGES)) expect((await get(path)).status).toBe(404);
    expect(everything(db)).toEqual(before);
  });

  test('a drop, by the actor, and undo', async () => {
    const { db, post } = await prepared({ write: true });
    const { status, body } = await post('/api/move', {
      worktreeId: 'wt-1',
      zoneId: 'zone-2',
      position: { x: 5, y: 6 },
      expectedZoneId: null,
    });
    expect([status, body.worktree.position, body.move.by]).toEqual([200, { x: 5, y: 6 }, { kind: 'user', id: 'anna' }]);
    expect((await post('/api/undo', {})).body.length).toBeGreaterThan(0);
    expect(db.getWorktreeZone('wt-1')).toBe(null);
    expect((await post('/api/redo', {})).status).toBe(200);
    expect(db.getWorktreeZone('wt-1')).toBe('zone-2');
  });

  test('a conflict says what is there now', async () => {
    const { db, post } = await prepared({ write: true });
    db.assignWorktreeToZone('wt-1', 'zone-1');
    const drop = { worktreeId: 'wt-1', zoneId: 'zone-2', expectedZoneId: null };
    const { status, body } = await post('/api/move', drop);
    expect([status, body.error.code]).toEqual([409, 'ERR_CONFLICT']);
    expect(body.error.current).toBe('zone-1');
    expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
  });

  test('a full zone refuses', async () => {
    const { db, post } = await prepared({ write: true });
    db.setWipLimit('zone-2', 0);
    const { status, body } = await post('/api/move', { worktreeId: 'wt-1', zoneId: 'zone-2' });
    expect([status, body.error.code]).toEqual([409, 'ERR_WIP_LIMIT']);
  });

  test('runs: cancel, retry, answer', async () => {
    const { db, post } = await prepared({ write: true });
    const { id } = queued(db);
    expect((await post('/api/cancel', { id, reason: 'no' })).body).toMatchObject({ status: 'cancelled', error: 'no' });
    expect((await post('/api/cancel', { id })).status).toBe(409);
    expect((await post('/api/retry', { id })).body).toMatchObject({ retryOf: id, by: { kind: 'user', id: 'anna' } });
    const asked = waiting(db);
    expect((await post('/api/answer', { id: asked.id, answer: 'Yes' })).body).toMatchObject({ answer: 'Yes' });
  });

  test('what is wrong with it the class says', async () => {
    const { post } = await prepared({ write: true });
    expect((await post('/api/move', { worktreeId: 'wt-1', zoneId: 'zone-2', zone: 1 })).body.error.code).toBe(
      'ERR_UNKNOWN_KEY',
    );
    expect((await post('/api/move', { worktreeId: 'wt-9', zoneId: 'zone-2' })).status).toBe(404);
    expect((await post('/api/move', {})).status).toBe(400);
    expect((await post('/api/answer', { id: 'x' })).status).toBe(400);
  });
});

describe('the health of a board', () => {
  test('how much there is and what doctor says', async () => {
    const { get } = await prepared();
    expect((await get('/api/sizes')).body.counts.worktrees).toBe(3);
    const found = (await get('/api/doctor')).body;
    expect(found.length).toBeGreaterThan(2);
    expect(found.filter(({ state }) => state === 'problem')).toEqual([]);
  });

  test.runIf(inFiles)('of a file: its bytes, and that it is whole', async () => {
    const { get } = await prepared();
    const { body } = await get('/api/sizes');
    expect(body.bytes.database).toBeGreaterThan(1000);
    const found = (await get('/api/doctor')).body;
    expect(found.find(({ check }) => check === 'integrity').state).toBe('ok');
  });

  test.runIf(inFiles)('backups by name, and verify of what is in the list, and of nothing else', async () => {
    const { db, dbPath, get, post } = await prepared();
    const { path } = await db.backup();
    const [{ name }] = (await get('/api/backups')).body;
    expect(path.endsWith(name)).toBe(true);
    expect((await post('/api/verify', { name })).body).toMatchObject({ ok: true, name });
    for (const wrong of [dbPath, `../visual.db`, `backups/${name}`, path, '', null, 7, '--help'])
      expect((await post('/api/verify', { name: wrong })).status).toBe(404);
    writeFileSync(join(dirname(path), name), 'no database');
    expect((await post('/api/verify', { name })).body).toMatchObject({ ok: false });
  });

  test.skipIf(inFiles)('of a board on a server: no bytes, no backups', async () => {
    const { get, post } = await prepared();
    expect((await get('/api/sizes')).body.bytes).toBe(null);
    expect((await get('/api/backups')).body).toEqual([]);
    expect((await post('/api/verify', { name: 'x' })).status).toBe(404);
  });

  test.runIf(inFiles)('a board in memory has none of it', async () => {
    const { get } = await served(board());
    expect((await get('/api/info')).body.views).toMatchObject({ sql: false, doctor: false });
    expect((await get('/api/sizes')).body.bytes).toBe(null);
    expect((await get('/api/backups')).body).toEqual([]);
    expect((await get('/api/doctor')).status).toBe(501);
  });

  test.runIf(inFiles)('while doctor looks, everything else is answered', async () => {
    const dbPath = temporaryFile();
    const db = fill(open({ dbPath }), { executions: 5000, text: 2000 });
    const { get } = await served(db);
    let looking = true;
    const doctor = get('/api/doctor').finally(() => (looking = false));
    let answers = 0;
    for (; looking && answers < 5; answers += 1) expect((await get('/api/sizes')).status).toBe(200);
    expect(answers).toBeGreaterThan(0);
    expect((await doctor).status).toBe(200);
  });
});
