'use strict';

// Which runs `runs`, `search` and `trend` are about: what the class takes for the options that they have in common.

const { Option } = require('commander');
const { several, worktreeOf, zoneOf } = require('./run_options.js');

const STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];

function statusOption() {
  const option = new Option('--status <status>', 'only those in this state').choices(STATUSES);
  // Its list of choices refuses a word; this gathers those that it has let through.
  const choose = option.parseArg;
  return option.argParser((text, before) => several(choose(text), before));
}

/** The filter that the options say. What a command has no option for is not filtered by. */
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
