'use strict';

const { colour, many, print, printJson, printable, table } = require('./output.js');
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
        const rows = zones.map((zone) => [title(zone), zone.worktrees.map(worktree).join('\n')]);
        if (board.unassigned.length > 0) rows.push(['(in no zone)', board.unassigned.map(worktree).join('\n')]);
        const separated = { style: { head: [], border: [], compact: false } };
        print(rows.length === 0 ? 'The board is empty.' : table(['zone', 'worktrees'], rows, separated));
      }),
    );
};

function title({ name, trigger, agents, worktrees }) {
  const list = Array.isArray(agents) ? agents.join(', ') : JSON.stringify(agents);
  return `${colour('bold', printable(name))}\n${printable(trigger)}: ${printable(list)}\n${many(worktrees.length, 'worktree')}`;
}

function worktree({ id, branchName, port, status, taskId }) {
  return printable(`${id}  ${branchName}  :${port}  ${status}${taskId ? `  ${taskId}` : ''}`);
}
