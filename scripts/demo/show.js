'use strict';

const { table } = require('../../lib/cli/output.js');
const { costText, durationText, tokensText } = require('../../lib/cli/run_text.js');

const say = (text) => console.log(text);

let headings = 0;
function heading(text) {
  headings += 1;
  say(`\n${headings}. ${text}\n`);
}

/** Prints the zones from left to right, as on the canvas, with the worktrees in each below. */
function showBoard(db) {
  const zones = zonesInOrder(db);
  const columns = zones.map(({ id }) =>
    db.getWorktreesInZone(id).map(({ branchName, port, status }) => `${branchName}\n  :${port} ${status}`),
  );
  const separated = { style: { head: [], border: [], compact: false } };
  say(
    table(
      zones.map(({ name }) => name),
      [columns.map((cards) => cards.join('\n'))],
      separated,
    ),
  );
}

/** Prints every run, in the order in which they were enqueued: who did it, how it ended, what it used. */
function showRuns(db) {
  const names = new Map(db.listZones().map(({ id, name }) => [id, name]));
  const rows = db
    .listRuns({ limit: 1000 })
    .items.toReversed()
    .map((run) => [
      names.get(run.zoneId),
      db.getWorktree(run.worktreeId).branchName,
      run.agentType,
      run.workerId,
      `${run.attempt} of ${run.maxAttempts}`,
      run.status === 'succeeded' ? 'passed' : `${run.status.toUpperCase()} (${run.exitCode})`,
      durationText(run.durationMs),
      tokensText(run.usage),
      costText(run.usage.costMicros),
    ]);
  say(table(['zone', 'worktree', 'agent', 'worker', 'attempt', 'outcome', 'took', 'in / out', 'cost'], rows));
}

/** Prints what an agent was told, and what it printed in all its attempts. */
function showRun(db, id) {
  const { agentType, prompt, worktreeId, filesChanged, insertions } = db.getRun(id);
  const output = db.getOutput(id, { limit: 1000 }).items.map(({ text }) => text);
  const lines = output.join('').trimEnd().split('\n');
  const failures = lines.filter((line) => line.startsWith('not ok'));
  say(`\n${agentType} was told about ${db.getWorktree(worktreeId).branchName}: ${prompt.split('\n')[0]}`);
  say(`It said:\n  ${(failures.length > 0 ? failures : lines.slice(0, 4)).join('\n  ')}`);
  if (filesChanged > 0) say(`Files changed: ${filesChanged}, lines added: ${insertions}`);
}

function showBudgets(db) {
  const rows = db
    .getBudgets()
    .map(({ scope, limitMicros, spentMicros, remainingMicros }) => [
      `a ${scope.period}`,
      costText(limitMicros),
      costText(spentMicros),
      costText(remainingMicros),
    ]);
  say(table(['budget', 'limit', 'spent', 'left'], rows));
}

function showStatistics(db) {
  const { items } = db.listRuns({ limit: 1000 });
  const rows = zonesInOrder(db).map(({ id, name }) => {
    const runs = items.filter(({ zoneId }) => zoneId === id);
    return figures(name, db.getExecutionStats({ zoneId: id }), runs);
  });
  rows.push(figures('all', db.getExecutionStats(), items));
  say(table(['zone', 'runs', 'successful', 'failed', 'agents', 'success rate', 'in / out', 'cost'], rows));
}

function figures(name, { total, successful, failed, uniqueAgents, successRate }, runs) {
  const sum = (key) => runs.reduce((all, { usage }) => all + usage[key], 0);
  const [inputTokens, outputTokens, costMicros] = ['inputTokens', 'outputTokens', 'costMicros'].map(sum);
  const used = [tokensText({ inputTokens, outputTokens }), costText(costMicros)];
  return [name, total, successful, failed, uniqueAgents, `${successRate.toFixed(1)} %`, ...used];
}

const zonesInOrder = (db) => db.listZones().toSorted((a, b) => a.position.x - b.position.x);

module.exports = { heading, say, showBoard, showBudgets, showRun, showRuns, showStatistics };
