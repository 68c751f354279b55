'use strict';

// Runs: their objects, and what methods are given of them.
// Written by `npm run generate` from src/model: change that.

const { cell } = require('../native/rows.js');
const { fieldName, fields, instant, objectText } = require('./arguments.js');
const { copyJson, json, parseRepeated } = require('./json.js');
const knownKeys = require('./known_keys.js');

const run = {
  /** How many cells a row has. */
  width: 40,
  /** The object of the cells from an index on. */
  make: (at) => {
    const id = cell(at);
    return {
      id,
      zoneId: cell(at + 1),
      worktreeId: cell(at + 2),
      agentType: cell(at + 3),
      prompt: cell(at + 4),
      status: cell(at + 5),
      priority: cell(at + 6),
      attempt: cell(at + 7),
      maxAttempts: cell(at + 8),
      timeoutMs: cell(at + 9),
      idempotencyKey: cell(at + 10),
      parentRunId: cell(at + 11),
      retryOf: cell(at + 12),
      workerId: cell(at + 13),
      createdAt: cell(at + 14),
      availableAt: cell(at + 15),
      startedAt: cell(at + 16),
      finishedAt: cell(at + 17),
      durationMs: cell(at + 18),
      leaseExpiresAt: cell(at + 19),
      cancelRequestedAt: cell(at + 20),
      question: cell(at + 21),
      answer: cell(at + 22),
      exitCode: cell(at + 23),
      error: cell(at + 24),
      result: json(JSON.parse, cell(at + 25), 'null', 'run', id, 'result'),
      commitBefore: cell(at + 26),
      commitAfter: cell(at + 27),
      filesChanged: cell(at + 28),
      insertions: cell(at + 29),
      deletions: cell(at + 30),
      usage: {
        inputTokens: cell(at + 31),
        cachedInputTokens: cell(at + 32),
        outputTokens: cell(at + 33),
        reasoningTokens: cell(at + 34),
        costMicros: cell(at + 35),
        models: json(JSON.parse, cell(at + 36), '[]', 'run', id, 'usage.models'),
      },
      bodiesPrunedAt: cell(at + 37),
      by: json(JSON.parse, cell(at + 38), 'null', 'run', id, 'by'),
      metadata: json(parseRepeated, cell(at + 39), 'null', 'run', id, 'metadata'),
    };
  },
  /** A caller's own copy of such an object. */
  copy: (run) => ({
    id: run.id,
    zoneId: run.zoneId,
    worktreeId: run.worktreeId,
    agentType: run.agentType,
    prompt: run.prompt,
    status: run.status,
    priority: run.priority,
    attempt: run.attempt,
    maxAttempts: run.maxAttempts,
    timeoutMs: run.timeoutMs,
    idempotencyKey: run.idempotencyKey,
    parentRunId: run.parentRunId,
    retryOf: run.retryOf,
    workerId: run.workerId,
    createdAt: run.createdAt,
    availableAt: run.availableAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    durationMs: run.durationMs,
    leaseExpiresAt: run.leaseExpiresAt,
    cancelRequestedAt: run.cancelRequestedAt,
    question: run.question,
    answer: run.answer,
    exitCode: run.exitCode,
    error: run.error,
    result: copyJson(run.result),
    commitBefore: run.commitBefore,
    commitAfter: run.commitAfter,
    filesChanged: run.filesChanged,
    insertions: run.insertions,
    deletions: run.deletions,
    usage: {
      inputTokens: run.usage.inputTokens,
      cachedInputTokens: run.usage.cachedInputTokens,
      outputTokens: run.usage.outputTokens,
      reasoningTokens: run.usage.reasoningTokens,
      costMicros: run.usage.costMicros,
      models: copyJson(run.usage.models),
    },
    bodiesPrunedAt: run.bodiesPrunedAt,
    by: copyJson(run.by),
    metadata: copyJson(run.metadata),
  }),
};

/** A run without prompt and result, whose cells are empty. */
const runSummary = {
  width: 40,
  make: (at) => {
    const id = cell(at);
    return {
      id,
      zoneId: cell(at + 1),
      worktreeId: cell(at + 2),
      agentType: cell(at + 3),
      status: cell(at + 5),
      priority: cell(at + 6),
      attempt: cell(at + 7),
      maxAttempts: cell(at + 8),
      timeoutMs: cell(at + 9),
      idempotencyKey: cell(at + 10),
      parentRunId: cell(at + 11),
      retryOf: cell(at + 12),
      workerId: cell(at + 13),
      createdAt: cell(at + 14),
      availableAt: cell(at + 15),
      startedAt: cell(at + 16),
      finishedAt: cell(at + 17),
      durationMs: cell(at + 18),
      leaseExpiresAt: cell(at + 19),
      cancelRequestedAt: cell(at + 20),
      question: cell(at + 21),
      answer: cell(at + 22),
      exitCode: cell(at + 23),
      error: cell(at + 24),
      commitBefore: cell(at + 26),
      commitAfter: cell(at + 27),
      filesChanged: cell(at + 28),
      insertions: cell(at + 29),
      deletions: cell(at + 30),
      usage: {
        inputTokens: cell(at + 31),
        cachedInputTokens: cell(at + 32),
        outputTokens: cell(at + 33),
        reasoningTokens: cell(at + 34),
        costMicros: cell(at + 35),
        models: json(JSON.parse, cell(at + 36), '[]', 'run', id, 'usage.models'),
      },
      bodiesPrunedAt: cell(at + 37),
      by: json(JSON.parse, cell(at + 38), 'null', 'run', id, 'by'),
      metadata: json(parseRepeated, cell(at + 39), 'null', 'run', id, 'metadata'),
    };
  },
};

/** What was recorded as an execution only, in a list: a run that began and ended at once. */
const recorded = {
  full: (at) => {
    const id = cell(at);
    const zoneId = cell(at + 1);
    const worktreeId = cell(at + 2);
    const agentType = cell(at + 3);
    const prompt = cell(at + 4);
    const status = cell(at + 5);
    const createdAt = cell(at + 6);
    return {
      id,
      zoneId,
      worktreeId,
      agentType,
      prompt,
      status,
      priority: 0,
      attempt: 1,
      maxAttempts: 1,
      timeoutMs: null,
      idempotencyKey: null,
      parentRunId: null,
      retryOf: null,
      workerId: null,
      createdAt,
      availableAt: createdAt,
      startedAt: null,
      finishedAt: createdAt,
      durationMs: null,
      leaseExpiresAt: null,
      cancelRequestedAt: null,
      question: null,
      answer: null,
      exitCode: null,
      error: null,
      result: json(JSON.parse, cell(at + 7), 'null', 'run', id, 'result'),
      commitBefore: null,
      commitAfter: null,
      filesChanged: null,
      insertions: null,
      deletions: null,
      usage: {
        inputTokens: cell(at + 8),
        cachedInputTokens: cell(at + 9),
        outputTokens: cell(at + 10),
        reasoningTokens: cell(at + 11),
        costMicros: cell(at + 12),
        models: json(JSON.parse, cell(at + 13), '[]', 'run', id, 'usage.models'),
      },
      bodiesPrunedAt: cell(at + 15),
      by: null,
      metadata: json(parseRepeated, cell(at + 14), 'null', 'run', id, 'metadata'),
    };
  },
  summary: (at) => {
    const id = cell(at);
    const zoneId = cell(at + 1);
    const worktreeId = cell(at + 2);
    const agentType = cell(at + 3);
    const status = cell(at + 5);
    const createdAt = cell(at + 6);
    return {
      id,
      zoneId,
      worktreeId,
      agentType,
      status,
      priority: 0,
      attempt: 1,
      maxAttempts: 1,
      timeoutMs: null,
      idempotencyKey: null,
      parentRunId: null,
      retryOf: null,
      workerId: null,
      createdAt,
      availableAt: createdAt,
      startedAt: null,
      finishedAt: createdAt,
      durationMs: null,
      leaseExpiresAt: null,
      cancelRequestedAt: null,
      question: null,
      answer: null,
      exitCode: null,
      error: null,
      commitBefore: null,
      commitAfter: null,
      filesChanged: null,
      insertions: null,
      deletions: null,
      usage: {
        inputTokens: cell(at + 8),
        cachedInputTokens: cell(at + 9),
        outputTokens: cell(at + 10),
        reasoningTokens: cell(at + 11),
        costMicros: cell(at + 12),
        models: json(JSON.parse, cell(at + 13), '[]', 'run', id, 'usage.models'),
      },
      bodiesPrunedAt: cell(at + 15),
      by: null,
      metadata: json(parseRepeated, cell(at + 14), 'null', 'run', id, 'metadata'),
    };
  },
};

/** The values that the addon takes, read from the argument `name` of `method`. It may be an element of a list. */
function newRun(method, name, argument, strict, element) {
  const given = fields(method, name, argument, knownKeys.newRun, strict);
  return [
    given.zoneId,
    given.worktreeId,
    given.agentType,
    given.prompt,
    given.priority,
    given.maxAttempts,
    given.timeoutMs,
    given.idempotencyKey,
    given.parentRunId,
    instant(method, fieldName(element, 'availableAt'), given.availableAt),
    objectText(method, fieldName(element, 'metadata'), given.metadata),
  ];
}

module.exports = { run, runSummary, recorded, newRun };
