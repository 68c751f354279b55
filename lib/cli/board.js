'use strict';

const { colour, many, print, printJson, printable } = require('./output.js');
const { reading } = require('./database.js');
const { time } = require('./times.js');

const EXAMPLES = `
Examples:
  visual-db board
  visual-db board --at '2 hours ago'
  visual-db board --at 2026-11-27T09:00:00Z --json`;

module.exports = (root, run) => {
  root
    .command('board')
    .description('show the zones and the worktrees in them')
    .option('--at <time>', "as it was then: ISO 8601, or '2 hours ago'", time)
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, at }) => {
        const board = reading(db, (database) => arranged(database.getBoard({ at })));
        if (json) return printJson(board);
        // In the order of the canvas: from left to right, then from the top down.
        const zones = board.zones.toSorted((a, b) => a.position.x - b.position.x || a.position.y - b.position.y);
        const parts = zones.map((zone) => [title(zone), ...zone.worktrees.map(worktree)]);
        if (board.unassigned.length > 0) parts.push(['(in no zone)', ...board.unassigned.map(worktree)]);
        print(parts.length === 0 ? 'The board is empty.' : parts.map((lines) => lines.join('\n')).join('\n\n'));
      }),
    );
};

/** The zones with their worktrees, in the order of assignment, and the worktrees in no zone. */
function arranged({ assignments, ...board }) {
  const [zones, worktrees] = [board.zones.map(listed), board.worktrees.map(listed)];
  const known = new Map(worktrees.map((worktree) => [worktree.id, worktree]));
  const inside = new Map(zones.map((zone) => [zone.id, []]));
  const unassigned = new Set(worktrees);
  for (const { worktreeId, zoneId } of assignments) {
    const worktree = known.get(worktreeId);
    if (worktree === undefined || !inside.has(zoneId)) continue;
    inside.get(zoneId).push(worktree);
    unassigned.delete(worktree);
  }
  return {
    zones: zones.map((zone) => Object.assign(zone, { worktrees: inside.get(zone.id) })),
    unassigned: [...unassigned],
  };
}

/** A zone or a worktree as lists have it, without the fields that only boards have. */
function listed({ revision, metadata, wipLimit, openRuns, latestRun, costMicros, ...row }) {
  return row;
}

/** Text, not a cell of a table: the time that a cell takes grows with the third power of its lines. */
function title({ name, trigger, agents, worktrees }) {
  const list = Array.isArray(agents) ? agents.join(', ') : JSON.stringify(agents);
  const told = `${printable(trigger)}: ${printable(list)}  ${many(worktrees.length, 'worktree')}`;
  return `${colour('bold', printable(name))}  ${told}`;
}

function worktree({ id, branchName, port, status, taskId }) {
  return printable(`  ${id}  ${branchName}  :${port}  ${status}${taskId ? `  ${taskId}` : ''}`);
}
