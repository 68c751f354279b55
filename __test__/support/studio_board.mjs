// A board as a team has it after six days of work, always the same one, and a large one.
import { VisualDatabase } from './visual_database.mjs';

const DAY = 86_400_000;
const ZONES = [
  ['plan', 'Planning', ['planner'], 0, 0, 500],
  ['dev', 'Development', ['frontend', 'backend'], 540, 0, 740],
  ['test', 'Testing', ['qa'], 1320, 0, 500],
  ['review', 'Review', ['code-reviewer'], 0, 480, 500],
  ['done', 'Done', [], 540, 480, 740],
];
const BRANCHES =
  'feature/login feature/search feature/dark-mode feature/export-csv feature/avatars feature/invites fix/cart fix/timezone fix/retry-loop fix/empty-state chore/deps chore/ci-cache docs/quick-start perf/list-view perf/cold-start refactor/session refactor/router spike/offline feature/webhooks feature/audit-log fix/locale feature/billing'.split(
    ' ',
  );
const OUTCOMES = ['succeeded', 'succeeded', 'succeeded', 'failed', 'succeeded', 'timedOut', 'succeeded', 'cancelled'];
const MODELS = ['large', 'small'];
const STATUSES = ['active', 'in progress', 'review'];

/** The same numbers each time. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The log keeps seven. */
const DAYS = 6;

/** A board with `runs` runs of the last days, some of them at work; open, for whoever closes it. */
export function teamBoard(dbPath, { runs = 240, now = Date.now() } = {}) {
  let time = now - DAYS * DAY;
  const db = new VisualDatabase({ dbPath, clock: () => time });
  // Its log begins when the file is made, and no change is before the one before it.
  db.db.prepare('UPDATE changes SET at = ?').run(time);
  const next = random(7);
  const pick = (list) => list[Math.floor(next() * list.length)];
  for (const [id, name, agents, x, y, width] of ZONES)
    db.createZone({ id, name, agents, position: { x, y }, size: { width, height: 400 }, description: `${name} stage` });
  BRANCHES.forEach((branchName, n) =>
    db.createWorktree({
      id: `wt-${n}`,
      path: `/srv/worktrees/${branchName.replace('/', '-')}`,
      port: 3001 + n,
      branchName,
      status: STATUSES[n % STATUSES.length],
    }),
  );
  const anna = db.as({ kind: 'user', id: 'anna' });
  const zones = ZONES.map(([id]) => id);
  for (let n = 0; n < runs; n += 1) {
    time = now - DAYS * DAY + Math.floor((n / runs) * DAYS * DAY);
    const worktree = Math.floor(next() * BRANCHES.length);
    const stage = Math.min(ZONES.length - 2, Math.floor(next() * 2 + (n / runs) * 3));
    const worktreeId = `wt-${worktree}`;
    if (n % 3 === 0)
      anna.moveWorktree(worktreeId, zones[stage], { reason: n % 9 === 0 ? 'ready for the next stage' : null });
    finished(db, { zoneId: zones[stage], worktreeId, agentType: pick(ZONES[stage][2]) }, n);
  }
  for (let n = 0; n < BRANCHES.length; n += 1) {
    time = now - (BRANCHES.length - n) * 1_200_000;
    if (n !== 17) anna.moveWorktree(`wt-${n}`, zones[n % 3 === 0 ? 1 : n % 5]);
  }
  db.setWipLimit('test', 4);
  db.setBudget({ period: 'month' }, 60_000_000);
  db.setRunLimit({ agentType: 'qa' }, 2);
  db.setMetadata('worktree', 'wt-0', { pullRequest: 17, team: 'web' });
  time = now;
  atWork(db);
  return db;

  function finished(db, wanted, n) {
    const prompt = `Work on ${BRANCHES[wanted.worktreeId.slice(3)]}: step ${n}. Keep the tests green.`;
    const { run, token } = db.startRun({ ...wanted, prompt }, { workerId: `worker-${n % 4}`, leaseMs: DAY });
    db.appendOutput(run.id, token, [
      { stream: 'stdout', text: 'Reading the code ...\n' },
      { stream: 'stdout', text: `Changed ${n % 7} files\n` },
    ]);
    db.recordUsage(run.id, {
      model: MODELS[n % 2],
      provider: 'acme',
      inputTokens: 4000 + n * 10,
      cachedInputTokens: 3000,
      outputTokens: 600 + n,
      costMicros: 40_000 + Math.floor(next() * 200_000),
    });
    time += 30_000 + Math.floor(next() * 900_000);
    if (time > now) time = now;
    const status = OUTCOMES[Math.floor(next() * OUTCOMES.length)];
    const outcome = { status, exitCode: status === 'succeeded' ? 0 : 1, result: { step: n, passed: 12 } };
    const told = {
      filesChanged: n % 7,
      insertions: n,
      deletions: n % 11,
      commitBefore: 'a1b2c3d',
      commitAfter: 'd4e5f6a',
    };
    db.finishRun(run.id, token, { ...outcome, ...told, ...(status === 'failed' && { error: 'Two tests fail' }) });
  }
}

/** Runs of now: at work with output, queued, one with parts, one that asks. */
function atWork(db) {
  const wanted = (worktree, zoneId, agentType, prompt) => ({ worktreeId: `wt-${worktree}`, zoneId, agentType, prompt });
  const lease = { workerId: 'worker-1', leaseMs: DAY };
  const login = db.startRun(
    wanted(0, 'dev', 'frontend', 'Build the login form.\n\n- e-mail and password\n- remember me'),
    lease,
  );
  db.appendOutput(login.run.id, login.token, [
    { stream: 'stdout', text: '$ npm test\n' },
    { stream: 'stdout', text: '\u001b[32m✓\u001b[39m login form renders\n' },
    { stream: 'stderr', text: 'Warning: no autocomplete attribute\n' },
    { stream: 'event', text: 'edit src/login.tsx\n' },
  ]);
  for (const prompt of ['Write its tests', 'Write its story'])
    db.enqueueRun({ ...wanted(0, 'dev', 'frontend', prompt), parentRunId: login.run.id });
  db.enqueueRun(wanted(6, 'dev', 'backend', 'Mend the cart'));
  const asking = db.startRun(wanted(9, 'dev', 'backend', 'Remove the old migration'), lease);
  db.waitRun(asking.run.id, asking.token, { question: 'May I delete the old migration?' });
}

/** So many worktrees in so many zones, each where it stands, each with a run. */
export function largeBoard(dbPath, { worktrees = 2000, zones = 50 } = {}) {
  const db = new VisualDatabase({ dbPath });
  db.transaction(() => {
    for (let n = 0; n < zones; n += 1)
      db.createZone({
        id: `z-${n}`,
        name: `Zone ${n}`,
        agents: ['qa'],
        position: { x: (n % 10) * 1300, y: Math.floor(n / 10) * 1100 },
        size: { width: 1220, height: 1000 },
      });
    db.createWorktrees(
      Array.from({ length: worktrees }, (_, n) => {
        const [zone, place] = [n % zones, Math.floor(n / zones)];
        return {
          id: `wt-${n}`,
          path: `/w/${n}`,
          port: 3001 + n,
          branchName: `feature/${n}`,
          position: {
            x: (zone % 10) * 1300 + 20 + (place % 5) * 238,
            y: Math.floor(zone / 10) * 1100 + 60 + Math.floor(place / 5) * 110,
          },
        };
      }),
    );
    for (let n = 0; n < worktrees; n += 1) db.assignWorktreeToZone(`wt-${n}`, `z-${n % zones}`);
    db.recordExecutions(
      Array.from({ length: worktrees }, (_, n) => ({
        zoneId: `z-${n % zones}`,
        worktreeId: `wt-${n}`,
        agentType: 'qa',
        prompt: 'Test it',
        success: n % 5 > 0,
      })),
    );
  });
  return db;
}
