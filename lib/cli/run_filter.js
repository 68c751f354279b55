'use strict';

// The options by which `runs`, `search` and `trend` filter runs, and the filter for the class that they make.

const { Option } = require('commander');
const { several, worktreeOf, zoneOf } = require('./run_options.js');

const STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];

function statusOption() {
  const option = new Option('--status <status>', 'only those in this state').choices(STATUSES);
  // The option's own parser refuses words that are not among its choices; this gathers the others.
  const choose = option.parseArg;
  return option.argParser((text, before) => several(choose(text), before));
}

/** The filter that the options say. A command that lacks an option doesn't filter by it. */
function runFilter(
  database,
  { zone, worktree, agent, status, model, parent, branch, since, until, finishedSince, finishedUntil, minDuration },
) {
  const filter = {
    zoneId: zone?.map((given) => zoneOf(database, given)),
    worktreeId: worktree?.map((given) => worktreeOf(database, given)),
    agentType: agent,
    status,
    model,
    parentRunId: parent,
    branchName: branch,
    since,
    until,
    finishedSince,
    finishedUntil,
    minDurationMs: minDuration,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

module.exports = { runFilter, statusOption };
