'use strict';

// Filters of runs, for lists and searches.

const { instant, integer, name, names, oneOf } = require('./arguments.js');

const STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];

/** The range of `minDurationMs`. */
const DURATIONS = [0, Number.MAX_SAFE_INTEGER];

/** Rows of a list whose key is at least this were recorded as executions only. */
const RECORDED = 2 ** 39;

/**
 * A filter as the addon takes it: lists of zones, worktrees, agents and statuses, then single values. `order` and `full` are for lists
 * alone.
 */
function asked(method, given, order = 0, full = 0) {
  const lists = [
    names(method, 'zoneId', given.zoneId),
    names(method, 'worktreeId', given.worktreeId),
    names(method, 'agentType', given.agentType),
    statuses(method, given.status),
  ];
  const values = [
    instant(method, 'since', given.since) ?? null,
    instant(method, 'until', given.until) ?? null,
    integer(method, 'minDurationMs', given.minDurationMs, DURATIONS, null),
    order,
    full,
    name(method, 'model', given.model),
    name(method, 'parentRunId', given.parentRunId),
    name(method, 'branchName', given.branchName),
    instant(method, 'finishedSince', given.finishedSince) ?? null,
    instant(method, 'finishedUntil', given.finishedUntil) ?? null,
  ];
  return { lists, values };
}

function statuses(method, given) {
  const words = names(method, 'status', given);
  for (const word of words ?? []) oneOf(method, 'status', word, STATUSES);
  return words;
}

module.exports = { asked, RECORDED };
