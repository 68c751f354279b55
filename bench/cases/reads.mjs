// Reads, each in two states: `again`, where nobody has committed since the last call, and `cold`, just after another
// process has committed, which empties a connection's page cache.
import { BUSY, SIZES, WORKTREES, executionId, worktreeId, zoneId } from '../workload.mjs';

const [, MIDDLE, LARGE] = SIZES;

// What a dashboard asks for again and again.
const hot = Array.from({ length: 64 }, (_, i) => ({
  worktree: worktreeId((i * 31) % WORKTREES),
  busy: worktreeId(i % BUSY),
  zone: zoneId((i * 3) % 16),
  execution: executionId(i * 151),
}));
const at = (i) => hot[i % hot.length];

const single = {
  getWorktree: (db, i) => db.getWorktree(at(i).worktree),
  getZone: (db, i) => db.getZone(at(i).zone),
  getWorktreeZone: (db, i) => db.getWorktreeZone(at(i).worktree),
};
const stats = { getStats: (db) => db.getStats() };
const lists = {
  'listWorktrees, 2,000': (db) => db.listWorktrees(),
  'listWorktrees by status': (db) => db.listWorktrees({ status: 'active' }),
  'getWorktreesInZone, 40': (db, i) => db.getWorktreesInZone(at(i).zone),
  'listZones, 50': (db) => db.listZones(),
};
const board = { getBoard: (db) => db.getBoard() };
const zoneHistory = { 'getExecutionHistory, 50': (db, i) => db.getExecutionHistory(at(i).zone, 50) };
const history = {
  'getExecutionHistory, 100': (db, i) => db.getExecutionHistory(at(i).zone, 100),
  'getWorktreeExecutions, 50': (db, i) => db.getWorktreeExecutions(at(i).busy, 50),
  'getWorktreeExecutions, 100': (db, i) => db.getWorktreeExecutions(at(i).busy, 100),
};
const zoneStatistics = { 'getExecutionStats, zone': (db, i) => db.getExecutionStats({ zoneId: at(i).zone }) };
const statistics = {
  'getExecutionStats, worktree': (db, i) => db.getExecutionStats({ worktreeId: at(i).busy }),
  'getExecutionStats, both': (db, i) => db.getExecutionStats({ zoneId: at(i).zone, worktreeId: at(i).busy }),
  'getExecutionStats, none': (db) => db.getExecutionStats(),
};
const execution = { getExecution: (db, i) => db.getExecution(at(i).execution) };

const cold = (group, sizes, calls) =>
  Object.entries(calls).map(([name, call]) => ({ name: `${name}, cold`, group, sizes, cold: call }));
const again = (group, sizes, calls) =>
  Object.entries(calls).map(([name, call]) => ({ name: `${name}, again`, group, sizes, again: call }));

export const reads = [
  ...cold('single reads, cold', [MIDDLE], single),
  ...again('single reads, again', [MIDDLE], { ...single, ...stats }),
  ...again('lists, again', [MIDDLE], { ...lists, ...board }),
  ...cold('lists, cold', [MIDDLE], lists),
  ...cold('history pages', SIZES, zoneHistory),
  ...cold('history pages', [MIDDLE], history),
  ...again('history pages', [MIDDLE], { ...zoneHistory, ...history }),
  ...cold('statistics', SIZES, zoneStatistics),
  ...cold('statistics', [LARGE], { ...statistics, ...stats }),
  ...cold('bulk calls', [MIDDLE], board),
  ...cold('every other case', [MIDDLE], execution),
];
