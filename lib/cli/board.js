'use strict';

const { colour, many, print, printJson, printable } = require('./output.js');
const { reading } = require('./database.js');

/** `visual-db board` */
module.exports = (root, run) => {
  root
    .command('board')
    .description('show the zones and the worktrees in them')
    .action(
      run(({ db, json }) => {
        const board = reading(db, (database) => {
          const zones = database
            .listZones()
            .map((zone) => Object.assign(zone, { worktrees: database.getWorktreesInZone(zone.id) }));
          const placed = new Set(zones.flatMap(({ worktrees }) => worktrees.map(({ id }) => id)));
          return { zones, unassigned: database.listWorktrees().filter(({ id }) => !placed.has(id)) };
        });
        if (json) return printJson(board);
        // As on the canvas: from left to right, then from the top down.
        const zones = board.zones.toSorted((a, b) => a.position.x - b.position.x || a.position.y - b.position.y);
        const parts = zones.map((zone) => [title(zone), ...zone.worktrees.map(worktree)]);
        if (board.unassigned.length > 0) parts.push(['(in no zone)', ...board.unassigned.map(worktree)]);
        print(parts.length === 0 ? 'The board is empty.' : parts.map((lines) => lines.join('\n')).join('\n\n'));
      }),
    );
};

/** Lines, not cells: a cell of a table takes time with the third power of its lines. */
function title({ name, trigger, agents, worktrees }) {
  const list = Array.isArray(agents) ? agents.join(', ') : JSON.stringify(agents);
  const told = `${printable(trigger)}: ${printable(list)}  ${many(worktrees.length, 'worktree')}`;
  return `${colour('bold', printable(name))}  ${told}`;
}

function worktree({ id, branchName, port, status, taskId }) {
  return printable(`  ${id}  ${branchName}  :${port}  ${status}${taskId ? `  ${taskId}` : ''}`);
}
