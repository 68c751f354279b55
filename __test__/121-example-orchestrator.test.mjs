// examples/orchestrator: copied, started, and asked as a user does it, with a worker of examples/worker beside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bash } from './support/backups.mjs';
import { ROOT, copied, started } from './support/examples.mjs';
import { pause } from './support/runs.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';

const ZONE = { id: 'testing', name: 'Testing', trigger: 'onDrop', agents: ['qa', { type: 'reviewer' }] };

async function prepared() {
  const dbPath = temporaryFile();
  const server = started(copied('orchestrator'), 'orchestrator.mjs', [], { VISUAL_DB_PATH: dbPath, PORT: '0' });
  const url = new URL(await server.line()).origin;
  const ask = async (method, path, body, headers = { 'content-type': 'application/json' }) => {
    const content = body && { body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { method, headers, ...content });
    return { status: answer.status, body: await answer.json() };
  };
  const get = async (path) => (await ask('GET', path)).body;
  const post = (path, body) => ask('POST', path, body);
  return { db: open({ dbPath }), dbPath, server, url, ask, get, post };
}

/** With a zone of two agents, and a worktree. */
async function furnished() {
  const all = await prepared();
  const promptTemplate = 'Test {{ worktree.branch }} in {{zone.name}}: {{ issue.title }}, {{ issue.toString }}';
  await all.post('/zones', { ...ZONE, promptTemplate });
  const place = temporaryFolder();
  await all.post('/worktrees', { id: 'login', path: place, port: 3001, branchName: 'feature/login' });
  return { ...all, place };
}

describe('the orchestrator of examples/orchestrator', () => {
  test('queues a run for each agent of the zone that a worktree is dropped into, with its prompt', async () => {
    const { get, post } = await furnished();
    const { status, body } = await post('/worktrees/login/drop', {
      zoneId: 'testing',
      variables: { issue: { title: 'A login' } },
      priority: 3,
    });
    expect(status).toBe(201);
    expect(body.runs).toMatchObject(
      ['qa', 'reviewer'].map((agentType) => ({
        agentType,
        status: 'queued',
        priority: 3,
        prompt: 'Test feature/login in Testing: A login, {{ issue.toString }}',
      })),
    );
    expect(await get('/queue')).toEqual({ items: body.runs.toReversed(), next: null });
    expect(await get('/board')).toMatchObject({
      zones: [
        { id: 'testing', worktrees: [{ id: 'login', openRuns: [{ agentType: 'reviewer' }, { agentType: 'qa' }] }] },
      ],
      unassigned: [],
    });
  });

  test('queues nothing twice that is dropped twice, and nothing where a zone has no trigger for it', async () => {
    const { get, post } = await furnished();
    const [one, two] = [
      await post('/worktrees/login/drop', { zoneId: 'testing' }),
      await post('/worktrees/login/drop', { zoneId: 'testing' }),
    ];
    expect(two.body.runs).toEqual(one.body.runs);
    await post('/zones', { ...ZONE, id: 'done', trigger: 'manual' });
    expect((await post('/worktrees/login/drop', { zoneId: 'done' })).body.runs).toEqual([]);
    expect((await get('/queue')).items).toHaveLength(2);
    expect((await get('/board')).zones.find(({ id }) => id === 'done').worktrees).toMatchObject([{ id: 'login' }]);
  });

  test('has workers do the runs, and shows output and history', async () => {
    const { dbPath, get, post, place } = await furnished();
    const agent = [process.execPath, '-e', "console.log('Hello from ' + process.cwd())"];
    started(copied('worker'), 'worker.mjs', agent, { VISUAL_DB_PATH: dbPath });
    const { runs } = (await post('/worktrees/login/drop', { zoneId: 'testing' })).body;
    while ((await get('/queue')).items.length > 0) await pause(20);
    const { items } = await get('/history?status=succeeded&zoneId=testing&agentType=qa&agentType=backend');
    expect(items).toMatchObject([{ id: runs[0].id, exitCode: 0 }]);
    expect(await get(`/runs/${runs[0].id}`)).toMatchObject(items[0]);
    const output = await get(`/runs/${runs[0].id}/output`);
    expect(output).toMatchObject({ items: [{ text: `Hello from ${place}\n` }], next: 1 });
    expect((await get(`/runs/${runs[0].id}/output?after=1`)).items).toEqual([]);
    expect(await get('/history?status=failed')).toEqual({ items: [], next: null });
  });

  test('pages', async () => {
    const { get, post } = await furnished();
    await post('/worktrees/login/drop', { zoneId: 'testing' });
    const first = await get('/history?limit=1');
    const second = await get(`/history?limit=1&after=${first.next}`);
    expect([first, second].map(({ items }) => items.map(({ agentType }) => agentType))).toEqual([['reviewer'], ['qa']]);
    expect(second.next).toBeNull();
  });

  test('cancels, answers, retries, and shows budgets', async () => {
    const { db, get, post } = await furnished();
    const [qa, reviewer] = (await post('/worktrees/login/drop', { zoneId: 'testing' })).body.runs;
    expect((await post(`/runs/${qa.id}/cancel`, { reason: 'Closed' })).body).toMatchObject({
      status: 'cancelled',
      error: 'Closed',
    });
    const again = await post(`/runs/${qa.id}/retry`);
    expect([again.status, again.body.retryOf]).toEqual([201, qa.id]);
    const { token } = db.claimRun({ workerId: 'me', agentTypes: ['reviewer'] });
    db.waitRun(reviewer.id, token, { question: 'May I?' });
    expect((await get('/board')).zones[0].worktrees[0].openRuns).toContainEqual({
      id: reviewer.id,
      agentType: 'reviewer',
      status: 'waiting',
      question: 'May I?',
    });
    expect((await post(`/runs/${reviewer.id}/answer`, { answer: 'Yes' })).body).toMatchObject({
      status: 'queued',
      answer: 'Yes',
    });
    db.setBudget({ period: 'day' }, 5);
    expect(await get('/budgets')).toEqual({ budgets: db.getBudgets(), limits: [] });
  });

  test('says what is wrong with a request, in the words of the database', async () => {
    const { ask, post } = await furnished();
    for (const [method, path, body, status, code] of [
      ['GET', '/nowhere', undefined, 404, 'ERR_NOT_FOUND'],
      ['GET', '/runs/nowhere', undefined, 404, 'ERR_NOT_FOUND'],
      ['GET', '/runs/nowhere/output', undefined, 404, 'ERR_NOT_FOUND'],
      ['GET', '/history?status=done', undefined, 400, 'ERR_INVALID_ARG_VALUE'],
      ['GET', '/history?limit=x', undefined, 400, 'ERR_OUT_OF_RANGE'],
      ['GET', '/history?after=x', undefined, 400, 'ERR_CURSOR'],
      ['POST', '/worktrees/login/drop', [], 400, null],
      ['POST', '/worktrees/login/drop', { zoneId: 'nowhere' }, 404, expect.any(String)],
      ['POST', '/worktrees/nowhere/drop', { zoneId: 'testing' }, 404, expect.any(String)],
      ['POST', '/worktrees/login/drop', { zoneId: 'testing', prority: 1 }, 400, 'ERR_UNKNOWN_KEY'],
      ['POST', '/worktrees', { id: 'other', path: '/o', port: 3001, branchName: 'b' }, 409, expect.any(String)],
      ['POST', '/runs/nowhere/cancel', undefined, 404, 'ERR_NOT_FOUND'],
      ['POST', '/runs/nowhere/answer', {}, 400, 'ERR_INVALID_ARG_TYPE'],
    ]) {
      const answer = await ask(method, path, body);
      expect([path, body, answer]).toMatchObject([
        path,
        body,
        { status, body: { error: { code, message: expect.any(String) } } },
      ]);
    }
    const { body } = await post('/worktrees/login/drop', { zoneId: 'testing' });
    await post(`/runs/${body.runs[0].id}/cancel`);
    expect(await post(`/runs/${body.runs[0].id}/cancel`)).toMatchObject({
      status: 409,
      body: { error: { code: 'ERR_RUN_TRANSITION' } },
    });
  });

  test('takes nothing from a page in a browser, nor by another name than this machine has', async () => {
    const { ask, url, get } = await furnished();
    const other = { origin: 'http://elsewhere.example', 'content-type': 'text/plain' };
    expect((await ask('POST', '/worktrees/login/drop', { zoneId: 'testing' }, other)).status).toBe(403);
    expect(
      bash('curl -sS -o /dev/null -w "%{http_code}" -H "Host: elsewhere.example" "$1"', `${url}/board`).stdout,
    ).toBe('403');
    expect((await get('/queue')).items).toEqual([]);
  });

  test('ends with 0 when it is told to', async () => {
    const { server } = await prepared();
    server.child.kill('SIGTERM');
    expect([await server.end, server.told.stderr]).toEqual([0, '']);
  });

  test('does what its README says, word for word', async () => {
    const { url, get } = await prepared();
    const folder = temporaryFolder();
    const readme = readFileSync(join(ROOT, 'examples/orchestrator/README.md'), 'utf8');
    const [, block] = /<!-- The test runs this block. -->\n\n```sh\n(.*?)^```$/ms.exec(readme);
    const git =
      'git init --quiet shop && cd shop && git -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m first';
    expect(bash({ cwd: folder }, git).status).toBe(0);
    const script = block.replaceAll('/srv/', `${folder}/`).replaceAll('http://127.0.0.1:8080', url);
    const { status, stdout } = bash({ cwd: folder }, `set -e\n${script}`);
    expect(status).toBe(0);
    expect(stdout).toContain('"prompt":"Test feature/login, which is about a login."');
    expect((await get('/queue')).items).toMatchObject([{ agentType: 'qa', maxAttempts: 2, status: 'queued' }]);
    expect((await get('/board')).zones[0].worktrees[0].path).toBe(`${folder}/shop-login`);
  });

  test('names the packages that it is tested with', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'examples/orchestrator/package.json')));
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json')));
    expect(devDependencies).toMatchObject(dependencies);
  });
});
