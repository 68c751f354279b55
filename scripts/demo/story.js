'use strict';

// What an orchestrator does with the package, in the order in which it does it. In a project of your own the first line
// is `const { VisualDatabase } = require('@ai-orchestra/visual-db')`.

const { VisualDatabase } = require('../../lib/index.js');
const assert = require('node:assert');
const path = require('node:path');
const defaultZones = require('../../schema/default_zones.json');
const { PROJECT, TASKS } = require('./project.js');
const { write, createRepository, addWorktree, listWorktrees } = require('./repository.js');
const { run, must } = require('./run.js');
const { heading, say, showBoard, showRuns, showRun, showStatistics } = require('./show.js');

function tell(folder) {
  const repository = path.join(folder, 'shop');
  const dbPath = path.join(folder, 'data', 'visual.db');
  const db = new VisualDatabase({ dbPath });

  heading('Four zones, and a Git repository with four worktrees');
  db.transaction(() => {
    for (const zone of defaultZones) db.createZone(zone);
  });
  createRepository(repository, PROJECT);
  for (const { branch } of TASKS) addWorktree(repository, path.join(folder, 'worktrees', branch), branch);
  for (const { path: place, branch } of listWorktrees(repository).slice(1)) {
    const { port, github } = taskOf(branch);
    db.createWorktree({ id: `wt-${port}`, path: place, port, branchName: branch, issueUrl: github.url });
    drop(db, `wt-${port}`, 'zone-development');
  }
  say(must(['git', 'worktree', 'list'], repository));
  showBoard(db);

  heading('Agents work: each run is a command in the worktree, recorded with its output and outcome');
  for (const { port, github, work } of TASKS) develop(db, `wt-${port}`, github.title, work);
  for (const id of ['wt-3001', 'wt-3002', 'wt-3003']) {
    drop(db, id, 'zone-testing');
    if (test(db, id).success) {
      drop(db, id, 'zone-review');
      agent(db, id, 'code-reviewer', ['git', 'diff', '--stat', 'main...HEAD']);
    } else {
      // Back to development, and to testing again.
      drop(db, id, 'zone-development');
      develop(db, id, 'Round instead of cutting off', taskOf(db.getWorktree(id).branchName).correction);
      drop(db, id, 'zone-testing');
      test(db, id);
    }
  }
  drop(db, 'wt-3001', 'zone-deployment');
  agent(db, 'wt-3001', 'devops', ['git', 'archive', '--output', path.join(folder, 'discount.tar'), 'HEAD']);
  db.updateWorktree('wt-3001', { status: 'completed' });
  showRuns(db);
  showRun(db.getExecutionHistory('zone-testing').find(({ success }) => !success));

  heading('A port belongs to one worktree');
  try {
    db.createWorktree({ id: 'wt-late', path: repository, port: 3001, branchName: 'main' });
  } catch (error) {
    say(`${error.name} ${error.code}: ${error.message}`);
  }
  assert.strictEqual(db.getWorktree('wt-late'), null);

  heading('The board and the statistics');
  showBoard(db);
  showStatistics(db);

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

/** A worktree is dropped into a zone: it belongs to it and stands in it, or neither. */
function drop(db, worktreeId, zoneId) {
  db.transaction(() => {
    db.assignWorktreeToZone(worktreeId, zoneId);
    const { position } = db.getZone(zoneId);
    const place = db.getWorktreesInZone(zoneId).length;
    db.updateWorktree(worktreeId, { position: { x: position.x + 20, y: position.y + 60 * place } });
  });
}

/** The agent writes its files and commits them. */
function develop(db, worktreeId, message, files) {
  const { path: place } = db.getWorktree(worktreeId);
  write(place, files);
  must(['git', 'add', '--all'], place);
  agent(db, worktreeId, 'backend', ['git', 'commit', '--message', message]);
}

function test(db, worktreeId) {
  return agent(db, worktreeId, 'qa', [process.execPath, '--test', '--test-reporter=tap']);
}

/** Runs a command as an agent of the zone that the worktree is in, and records it. */
function agent(db, worktreeId, agentType, command) {
  const worktree = db.getWorktree(worktreeId);
  const zone = db.getZone(db.getWorktreeZone(worktreeId));
  const prompt = render(zone.promptTemplate, { worktree, github: taskOf(worktree.branchName).github });
  const result = run(command, worktree.path);
  const success = result.exitCode === 0;
  return db.getExecution(db.recordExecution({ zoneId: zone.id, worktreeId, agentType, prompt, result, success }));
}

/** Puts values into a template such as `Test {{ worktree.branch }}`. */
function render(template, { worktree, github }) {
  const values = { github, worktree: { ...worktree, branch: worktree.branchName } };
  return template.replace(/\{\{ (\w+)\.(\w+) \}\}/g, (_, group, key) => values[group][key]);
}

const taskOf = (branch) => TASKS.find((task) => task.branch === branch);

/** All that the file holds. */
function everything(db) {
  const zones = db.listZones();
  return {
    worktrees: db.listWorktrees(),
    zones,
    assignments: zones.map(({ id }) => db.getWorktreesInZone(id)),
    executions: zones.map(({ id }) => db.getExecutionHistory(id, -1)),
    statistics: db.getExecutionStats(),
  };
}

module.exports = { tell };
