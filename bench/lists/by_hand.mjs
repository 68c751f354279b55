// `by_hand.mjs FILE`: the same pages in SQL by hand, with the same tables and indexes, made into the same objects. It relies on there being
// executions only, and a log that is folded.
import Database from 'better-sqlite3';
import { measure } from './measure.mjs';

const db = new Database(process.argv[2], { readonly: true });

function runOf([, , id, zoneId, worktreeId, agentType, success, at, prompt, result]) {
  const run = {
    id,
    zoneId,
    worktreeId,
    agentType,
    status: success ? 'succeeded' : 'failed',
    priority: 0,
    attempt: 1,
    maxAttempts: 1,
    timeoutMs: null,
    idempotencyKey: null,
    parentRunId: null,
    retryOf: null,
    workerId: null,
    createdAt: at,
    availableAt: at,
    startedAt: null,
    finishedAt: at,
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
      inputTokens: null,
      cachedInputTokens: null,
      outputTokens: null,
      reasoningTokens: null,
      costMicros: null,
      models: [],
    },
    bodiesPrunedAt: null,
    by: null,
    metadata: null,
  };
  return prompt === undefined ? run : Object.assign(run, { prompt, result: JSON.parse(result) });
}

const START = { DESC: [Number.MAX_SAFE_INTEGER, 0], ASC: [Number.MIN_SAFE_INTEGER, 0] };

function list(where, values, { direction = 'DESC', full = false } = {}) {
  const statement = db
    .prepare(
      `SELECT h.at, h.key, e.id, e.zone_id, e.worktree_id, e.agent_type, e.success, e.executed_at${full ? ', e.prompt, e.result' : ''}
       FROM history AS h CROSS JOIN zone_executions AS e ON e.id = h.id
       WHERE ${where} (h.at, h.key) ${direction === 'ASC' ? '>' : '<'} (?, ?)
       ORDER BY h.at ${direction}, h.key ${direction} LIMIT 51`,
    )
    .raw();
  return (after = START[direction]) => {
    const rows = statement.all(...values, ...after);
    const shown = rows.slice(0, 50);
    return { items: shown.map(runOf), next: rows.length > 50 ? shown.at(-1).slice(0, 2) : null };
  };
}

measure({
  newest: list('', []),
  'newest, in full': list('', [], { full: true }),
  oldest: list('', [], { direction: 'ASC' }),
  'of a zone': list('h.zone_id = ? AND', ['zone-3']),
  'of a worktree': list('h.worktree_id = ? AND', ['wt-3']),
  'of an agent': list('h.agent_type = ? AND', ['agent-1']),
  failed: list('h.status = ? AND', [4]),
});
