'use strict';

const { print, printJson, printable, table } = require('./output.js');
const { reading } = require('./database.js');

module.exports = (root, run) => {
  root
    .command('stats')
    .description('count what is in the database, and how the runs of each zone went')
    .action(
      run(({ db, json }) => {
        const { counts, runs, zones } = reading(db, (database) => ({
          counts: database.getStats(),
          runs: database.getExecutionStats(),
          zones: database.listZones().map(({ id, name }) => ({
            id,
            name,
            worktrees: database.getWorktreesInZone(id).length,
            runs: database.getExecutionStats({ zoneId: id }),
          })),
        }));
        if (json) return printJson({ counts, runs, zones });
        print(table(['worktrees', 'zones', 'assignments', 'executions'], [Object.values(counts)]));
        const rows = zones.map(({ name, worktrees, runs: own }) => [printable(name), worktrees].concat(figures(own)));
        const all = ['all', counts.assignments, ...figures(runs)];
        print(table(['zone', 'worktrees', 'runs', 'successful', 'failed', 'agents', 'success rate'], [...rows, all]));
      }),
    );
};

function figures({ total, successful, failed, uniqueAgents, successRate }) {
  return [total, successful, failed, uniqueAgents, total === 0 ? '' : `${successRate.toFixed(1)} %`];
}
