'use strict';

// Everything about a run, in lines for people. What is not known has no line.

const { colour, many, printable } = require('./output.js');
const { durationText, readable, statusText, usageText } = require('./run_text.js');

const WIDTH = 15;

/** The fields that are known from the beginning. */
const BEGINNING = [
  ['zone', ({ zoneId }, names) => named(names.zone, zoneId)],
  ['worktree', ({ worktreeId }, names) => named(names.worktree, worktreeId)],
  ['agent', ({ agentType }) => agentType],
  ['priority', ({ priority }) => priority || null],
  ['asked for by', ({ by }) => by && `${by.kind} ${by.id}`],
  ['key', ({ idempotencyKey }) => idempotencyKey],
  ['part of', ({ parentRunId }) => parentRunId],
  ['once more', ({ retryOf }) => retryOf],
  ['metadata', ({ metadata }) => metadata && JSON.stringify(metadata)],
  ['created', ({ createdAt }) => createdAt],
  ['not before', ({ availableAt, createdAt }) => (availableAt > createdAt ? availableAt : null)],
  ['time limit', ({ timeoutMs }) => durationText(timeoutMs)],
];

/** The fields that come while it runs, and at its end. */
const COURSE = [
  ['attempt', ({ attempt, maxAttempts }) => `${attempt} of ${maxAttempts}`],
  ['worker', ({ workerId }) => workerId],
  ['lease until', ({ leaseExpiresAt }) => leaseExpiresAt],
  ['started', ({ startedAt }) => startedAt],
  ['to be stopped', ({ cancelRequestedAt }) => cancelRequestedAt && `since ${cancelRequestedAt}`],
  ['question', ({ question }) => question],
  ['answer', ({ answer }) => answer],
  ['finished', ({ finishedAt }) => finishedAt],
  ['took', ({ durationMs }) => durationText(durationMs)],
  ['exit code', ({ exitCode }) => exitCode],
  ['error', ({ error }) => error],
  ['commits', ({ commitBefore, commitAfter }) => commits(commitBefore, commitAfter)],
  ['changed', changed],
  ['used', ({ usage }) => usageText(usage)],
  ['removed', ({ bodiesPrunedAt }) => bodiesPrunedAt && `prompt, result and output, at ${bodiesPrunedAt}`],
];

const named = (name, id) => (name === undefined ? id : `${name} (${id})`);

const commits = (before, after) => (before || after) && `${before ?? '?'} to ${after ?? '?'}`;

function changed({ filesChanged, insertions, deletions }) {
  const parts = [
    filesChanged === null ? '' : many(filesChanged, 'file'),
    insertions === null ? '' : many(insertions, 'insertion'),
    deletions === null ? '' : many(deletions, 'deletion'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const title = ({ id, status }) => `${colour('bold', printable(id))}  ${statusText(status)}`;

/** The lines of some fields. */
function lines(fields, run, names = {}) {
  return fields.flatMap(([label, look]) => {
    const value = look(run, names);
    return value === null || value === undefined || value === '' ? [] : [line(label, value)];
  });
}

/** A label and a value; the lines of a value stand one below the other. */
const line = (label, value) =>
  `  ${label.padEnd(WIDTH)}${readable(String(value))
    .trimEnd()
    .replaceAll('\n', `\n${' '.repeat(WIDTH + 2)}`)}`;

/** What a run used of each model, where there are several. */
function modelLines({ usage: { models } }) {
  return models.map((used) => {
    const provider = used.provider === null ? '' : ` (${used.provider})`;
    const computed = used.costSource === 'computed' ? ', computed' : '';
    return line('', `${used.model}${provider}: ${usageText(used)}${computed}`);
  });
}

const beginning = (run, names) => [title(run), ...lines(BEGINNING, run, names)];
const course = (run) => [...lines(COURSE, run), ...modelLines(run)];

module.exports = { beginning, course, title };
