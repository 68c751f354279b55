'use strict';

// What an orchestrator does with the package, step by step; worker.js is the other half. In a project of
// your own the first line is `const { VisualDatabase } = require('@ai-orchestra/visual-db')`.

const { VisualDatabase } = require('../../lib/index.js');
const assert = require('node:assert');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const defaultZones = require('../../schema/default_zones.json');
const { PROJECT, TASKS, taskOf } = require('./project.js');
const { createRepository, addWorktree, listWorktrees } = require('./repository.js');
const { must } = require('./run.js');
const { heading, say, showBoard, showBudgets, showRun, showRuns, showStatistics } = require('./show.js');
const { Workers } = require('./workers.js');

/** The agents of each zone: the demonstration needs one of them. */
const AGENTS = {
  'zone-development': ['backend'],
  'zone-testing': ['qa'],
  'zone-review': ['code-reviewer'],
  'zone-deployment': ['devops'],
};

async function tell(folder) {
  const repository = path.join(folder, 'shop');
  const dbPath = path.join(folder, 'data', 'visual.db');
  const db = new VisualDatabase({ dbPath });

  heading('Four zones, a Git repository with four worktrees, and a run queued for each of them');
  db.transaction(() => {
    for (const zone of defaultZones) db.createZone({ ...zone, agents: AGENTS[zone.id] });
  });
  db.setBudget({ period: 'day' }, 5_000_000);
  createRepository(repository, PROJECT);
  for (const { branch } of TASKS) addWorktree(repository, path.join(folder, 'worktrees', branch), branch);
  const begun = new Map();
  for (const { path: place, branch } of listWorktrees(repository).slice(1)) {
    const { port, github } = taskOf(branch);
    db.createWorktree({ id: `wt-${port}`, path: place, port, branchName: branch, issueUrl: github.url });
    begun.set(port, drop(db, `wt-${port}`, 'zone-development'));
  }
  say(must(['git', 'worktree', 'list'], repository));
  showBoard(db);
  say(`${db.listRuns({ status: 'queued' }).items.length} runs are queued, and nobody works on them yet.`);

  heading('Two workers claim them: processes that know the database and nothing else');
  const workers = new Workers(dbPath);
  for (const name of ['worker-1', 'worker-2']) say(`${name} is process ${workers.start(name)}.`);
  // A killed worker gives nothing back: its run goes back to the queue once its lease has run out.
  const sweep = setInterval(() => db.sweepRuns({ isAlive: (name) => workers.isAlive(name) }), 200);
  try {
    const journeys = Promise.all([
      toTheEnd(db, 'wt-3001', begun.get(3001)),
      untilTestsPass(db, 'wt-3002', begun.get(3002)),
      throughReview(db, 'wt-3003', begun.get(3003)),
      ended(db, begun.get(3004)),
      killWhoever(db, workers, begun.get(3003)),
    ]);
    await Promise.race([journeys, workers.failure]);
  } finally {
    clearInterval(sweep);
    await workers.stop();
  }
  showRuns(db);
  showRun(db, begun.get(3003));
  showRun(db, db.listRuns({ status: 'failed' }).items[0].id);

  heading('A port belongs to one worktree');
  try {
    db.createWorktree({ id: 'wt-late', path: repository, port: 3001, branchName: 'main' });
  } catch (error) {
    say(`${error.name} ${error.code}: ${error.message}`);
  }
  assert.strictEqual(db.getWorktree('wt-late'), null);

  heading('The board, the statistics, and what it has cost');
  showBoard(db);
  showStatistics(db);
  showBudgets(db);

  heading('Closed and opened again');
  const before = everything(db);
  db.close();
  const again = new VisualDatabase({ dbPath, fileMustExist: true });
  assert.deepStrictEqual(everything(again), before);
  const { worktrees, zones, assignments, executions } = again.getStats();
  say(
    `${worktrees} worktrees, ${zones} zones, ${assignments} assignments and ${executions} executions: all as before.`,
  );
  again.close();
}

/** Takes a worktree through development, tests, review and, once a person agrees, release. */
async function toTheEnd(db, worktreeId, run) {
  await throughReview(db, worktreeId, run);
  const release = drop(db, worktreeId, 'zone-deployment');
  const { question } = await until(db, release, ({ status }) => status === 'waiting');
  say(`devops asks a person: ${question} The person says: Yes`);
  db.answerRun(release, { answer: 'Yes' });
  await ended(db, release);
  db.updateWorktree(worktreeId, { status: 'completed' });
}

async function throughReview(db, worktreeId, run) {
  await ended(db, run);
  await ended(db, drop(db, worktreeId, 'zone-testing'));
  await ended(db, drop(db, worktreeId, 'zone-review'));
}

/** Moves a worktree from testing back to development for as long as tests fail. */
async function untilTestsPass(db, worktreeId, run) {
  await ended(db, run);
  while ((await ended(db, drop(db, worktreeId, 'zone-testing'))).status !== 'succeeded') {
    await ended(db, drop(db, worktreeId, 'zone-development', 'correction'));
  }
}

/** Kills the worker of a run as soon as the run has output, and starts another one. */
async function killWhoever(db, workers, id) {
  const { workerId } = await until(db, id, () => db.getOutput(id).items.length > 0);
  await workers.kill(workerId);
  const branch = branchOf(db, id);
  say(`${workerId} is killed while it works on ${branch}.`);
  say(`worker-3 is process ${workers.start('worker-3')}.`);
  const again = await until(db, id, ({ attempt }) => attempt === 2);
  say(`${branch} is taken from ${workerId} and done once more, by ${again.workerId}.`);
}

/** Drops a worktree into a zone: assignment, position, and a run for the zone's agent, all or nothing. */
function drop(db, worktreeId, zoneId, step = 'work') {
  return db.transaction(() => {
    db.assignWorktreeToZone(worktreeId, zoneId);
    const { position, promptTemplate, agents } = db.getZone(zoneId);
    const place = db.getWorktreesInZone(zoneId).length;
    db.updateWorktree(worktreeId, { position: { x: position.x + 20, y: position.y + 60 * place } });
    const worktree = db.getWorktree(worktreeId);
    const prompt = render(promptTemplate, { worktree, github: taskOf(worktree.branchName).github });
    const wanted = { zoneId, worktreeId, prompt, metadata: { step } };
    // A run whose worker was lost is tried again; failing tests would only fail again.
    const maxAttempts = zoneId === 'zone-testing' ? 1 : 2;
    return db.enqueueRun({ ...wanted, agentType: agents[0], maxAttempts }).id;
  });
}

/** Puts values into a template such as `Test {{ worktree.branch }}`. */
function render(template, { worktree, github }) {
  const values = { github, worktree: { ...worktree, branch: worktree.branchName } };
  return template.replace(/\{\{ (\w+)\.(\w+) \}\}/g, (_, group, key) => values[group][key]);
}

/** Waits until `isSo` holds for a run, and gives the run. */
async function until(db, id, isSo) {
  for (;;) {
    const run = db.getRun(id);
    if (isSo(run)) return run;
    await pause(20);
  }
}

const ended = (db, id) => until(db, id, ({ finishedAt }) => finishedAt !== null);

const branchOf = (db, id) => db.getWorktree(db.getRun(id).worktreeId).branchName;

/** Everything in the database. */
function everything(db) {
  const zones = db.listZones();
  return {
    worktrees: db.listWorktrees(),
    zones,
    assignments: zones.map(({ id }) => db.getWorktreesInZone(id)),
    executions: zones.map(({ id }) => db.getExecutionHistory(id, -1)),
    runs: db.listRuns({ limit: 1000 }),
    statistics: db.getExecutionStats(),
    budgets: db.getBudgets(),
  };
}

module.exports = { tell };
