'use strict';

// Watchable forms of reads whose answers are kept. Such a read takes a tenth of a microsecond, and a wrapper that all methods share would
// add to that: each has a wrapper of its own here, into which the engine inlines the method (decision 40).

const { start, watched } = require('../native/calls.js');

const tell = (database, method, given, body) => watched({ database, method, arguments: given }, body);

/** For each read, a function that wraps the method. */
const READS = {
  getWorktree: (read) =>
    function getWorktree(id) {
      if (!start.hasSubscribers) return read.call(this, id);
      return tell(this, 'getWorktree', [id], () => read.call(this, id));
    },
  listWorktrees: (read) =>
    function listWorktrees(filter) {
      if (!start.hasSubscribers) return read.call(this, filter);
      return tell(this, 'listWorktrees', [filter], () => read.call(this, filter));
    },
  getZone: (read) =>
    function getZone(id) {
      if (!start.hasSubscribers) return read.call(this, id);
      return tell(this, 'getZone', [id], () => read.call(this, id));
    },
  listZones: (read) =>
    function listZones() {
      if (!start.hasSubscribers) return read.call(this);
      return tell(this, 'listZones', [], () => read.call(this));
    },
  getWorktreeZone: (read) =>
    function getWorktreeZone(worktreeId) {
      if (!start.hasSubscribers) return read.call(this, worktreeId);
      return tell(this, 'getWorktreeZone', [worktreeId], () => read.call(this, worktreeId));
    },
  getWorktreesInZone: (read) =>
    function getWorktreesInZone(zoneId) {
      if (!start.hasSubscribers) return read.call(this, zoneId);
      return tell(this, 'getWorktreesInZone', [zoneId], () => read.call(this, zoneId));
    },
  getExecution: (read) =>
    function getExecution(id) {
      if (!start.hasSubscribers) return read.call(this, id);
      return tell(this, 'getExecution', [id], () => read.call(this, id));
    },
  getExecutionStats: (read) =>
    function getExecutionStats(filter) {
      if (!start.hasSubscribers) return read.call(this, filter);
      return tell(this, 'getExecutionStats', [filter], () => read.call(this, filter));
    },
  getStats: (read) =>
    function getStats() {
      if (!start.hasSubscribers) return read.call(this);
      return tell(this, 'getStats', [], () => read.call(this));
    },
};

module.exports = { READS };
