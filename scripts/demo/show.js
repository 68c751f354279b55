'use strict';

const path = require('node:path');
const { table } = require('../../lib/cli/output.js');

const say = (text) => console.log(text);

let headings = 0;
function heading(text) {
  headings += 1;
  say(`\n${headings}. ${text}\n`);
}

/** Zones from left to right, as on the canvas, the worktrees in each below. */
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

/** Every run in the order in which it was recorded. */
function showRuns(db) {
  const runs = db.listWorktrees().flatMap(({ id }) => db.getWorktreeExecutions(id, -1));
  // Each of the lists has its newest first, and a sort keeps the order of what is equal.
  const inOrder = runs.toReversed().toSorted((a, b) => a.executedAt.localeCompare(b.executedAt));
  const names = new Map(db.listZones().map(({ id, name }) => [id, name]));
  const rows = inOrder.map(({ zoneId, worktreeId, agentType, result, success }) => [
    names.get(zoneId),
    db.getWorktree(worktreeId).branchName,
    agentType,
    short(result.command),
    success ? 'passed' : `FAILED (${result.exitCode})`,
    `${result.milliseconds} ms`,
  ]);
  say(table(['zone', 'worktree', 'agent', 'command', 'outcome', 'took'], rows));
}

/** What an agent was told and what its command said. */
function showRun({ agentType, prompt, result }) {
  const found = result.output.split('\n').filter((line) => line.startsWith('not ok'));
  say(`${agentType} was told: ${prompt.split('\n')[0]} ...`);
  say(`${short(result.command)} said:\n${found.join('\n')}`);
}

function showStatistics(db) {
  const rows = zonesInOrder(db).map(({ id, name }) => figures(name, db.getExecutionStats({ zoneId: id })));
  rows.push(figures('all', db.getExecutionStats()));
  say(table(['zone', 'runs', 'successful', 'failed', 'agents', 'success rate'], rows));
}

const figures = (name, { total, successful, failed, uniqueAgents, successRate }) => [
  name,
  total,
  successful,
  failed,
  uniqueAgents,
  `${successRate.toFixed(1)} %`,
];

const zonesInOrder = (db) => db.listZones().toSorted((a, b) => a.position.x - b.position.x);

/** A command without the folders in it, and not too long. */
function short(command) {
  const words = command.split(' ').map((word) => (path.isAbsolute(word) ? path.basename(word) : word));
  const text = words.join(' ');
  return text.length > 36 ? `${text.slice(0, 35)}…` : text;
}

module.exports = { heading, say, showBoard, showRuns, showRun, showStatistics };
