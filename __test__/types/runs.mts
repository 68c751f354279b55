// The calls of runs: what they take, and their results to the letter.
// Long because it is one list of what each call about runs takes and gives.
import type {
  Budget,
  BudgetScope,
  By,
  ClaimedRun,
  ClaimOptions,
  Lease,
  Metadata,
  ModelUsage,
  NewOutputChunk,
  NewRun,
  NewUsage,
  OutputChunk,
  OutputPage,
  Page,
  Run,
  RunChanges,
  RunFilter,
  RunSummary,
  Trend,
  RunLimit,
  RunLimitScope,
  RunOutcome,
  RunStatus,
  Swept,
  Usage,
} from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase({ maxOutputBytes: 1024 * 1024 });

exactly<
  Same<RunStatus, 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'timedOut' | 'lost'>
>();
exactly<
  Same<
    Run,
    {
      id: string;
      zoneId: string;
      worktreeId: string;
      agentType: string;
      prompt: string;
      status: RunStatus;
      priority: number;
      attempt: number;
      maxAttempts: number;
      timeoutMs: number | null;
      idempotencyKey: string | null;
      parentRunId: string | null;
      retryOf: string | null;
      workerId: string | null;
      createdAt: string;
      availableAt: string;
      startedAt: string | null;
      finishedAt: string | null;
      durationMs: number | null;
      leaseExpiresAt: string | null;
      cancelRequestedAt: string | null;
      question: string | null;
      answer: string | null;
      exitCode: number | null;
      error: string | null;
      result: any;
      commitBefore: string | null;
      commitAfter: string | null;
      filesChanged: number | null;
      insertions: number | null;
      deletions: number | null;
      usage: Usage;
      bodiesPrunedAt: string | null;
      by: By | null;
      metadata: Metadata | null;
    }
  >
>();
exactly<Same<By, { kind: 'user' | 'agent' | 'system'; id: string }>>();
exactly<Same<Run<string>['result'], string | null>>();

interface Amounts {
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  costMicros: number | null;
}
exactly<Same<Omit<Usage, 'models'>, Omit<Amounts, never>>>();
exactly<Same<Usage['models'], ModelUsage[]>>();
exactly<Same<Omit<ModelUsage, 'model' | 'provider' | 'costSource'>, Omit<Amounts, never>>>();
exactly<Same<ModelUsage['model'], string>>();
exactly<Same<ModelUsage['provider'], string | null>>();
exactly<Same<ModelUsage['costSource'], 'reported' | 'computed' | null>>();

exactly<Same<ClaimedRun, { run: Run<any, 'running'>; token: number }>>();
exactly<Same<Lease, { leaseExpiresAt: string; cancelRequested: boolean; budget: Budget | null }>>();
exactly<Same<OutputChunk, { sequence: number; stream: 'stdout' | 'stderr' | 'event'; text: string; at: string }>>();
exactly<Same<OutputPage, { items: OutputChunk[]; next: number; truncated: boolean }>>();
exactly<Same<Swept, { requeued: string[]; lost: string[]; timedOut: string[] }>>();
exactly<Same<RunLimitScope, { zoneId: string | null; agentType: string | null }>>();
exactly<Same<RunLimit, { scope: RunLimitScope; limit: number; running: number }>>();
exactly<
  Same<
    BudgetScope,
    {
      zoneId: string | null;
      worktreeId: string | null;
      agentType: string | null;
      period: 'day' | 'month' | 'total';
      timeZone: string;
    }
  >
>();
exactly<
  Same<
    Budget,
    {
      scope: BudgetScope;
      limitMicros: number;
      spentMicros: number;
      remainingMicros: number;
      resetsAt: string | null;
    }
  >
>();
exactly<Same<Page<Run>, { items: Run[]; next: string | null }>>();

const wanted: NewRun = { zoneId: 'z', worktreeId: 'w', agentType: 'a', prompt: 'p' };
const run = db.enqueueRun(wanted);
exactly<Same<typeof run, Run>>();
interface Origin {
  issue: number;
}
const origin: Origin = { issue: 7 };
const runs = db.enqueueRuns([
  { ...wanted, priority: -5, maxAttempts: 3, timeoutMs: 60_000, idempotencyKey: 'k', parentRunId: run.id },
  { ...wanted, availableAt: new Date(), metadata: origin },
  { ...wanted, availableAt: '2026-01-01T00:00:00.000Z', metadata: null, timeoutMs: undefined },
] as const);
exactly<Same<typeof runs, Run[]>>();
// @ts-expect-error The prompt is required.
db.enqueueRun({ zoneId: 'z', worktreeId: 'w', agentType: 'a' });
// @ts-expect-error A run has no name of its caller's.
db.enqueueRun({ ...wanted, id: 'mine' });
// @ts-expect-error A priority is a number.
db.enqueueRun({ ...wanted, priority: 'high' });
// @ts-expect-error Metadata has keys.
db.enqueueRun({ ...wanted, metadata: 'text' });

const started = db.startRun(wanted, { workerId: 'me', leaseMs: 1000 });
exactly<Same<typeof started, ClaimedRun>>();
// @ts-expect-error Somebody works on it.
db.startRun(wanted, {});

const options: ClaimOptions = { workerId: 'me', zoneIds: ['z'], agentTypes: ['a'] as const, leaseMs: 1000 };
const claimed = db.claimRuns({ ...options, limit: 3 });
exactly<Same<typeof claimed, ClaimedRun[]>>();
const one = db.claimRun(options);
exactly<Same<typeof one, ClaimedRun | null>>();
// @ts-expect-error One run is one run.
db.claimRun({ workerId: 'me', limit: 3 });
// @ts-expect-error Zones are a list.
db.claimRun({ workerId: 'me', zoneIds: 'z' });
const waited = await db.waitForRun({ ...options, signal: new AbortController().signal });
exactly<Same<typeof waited, ClaimedRun>>();
const { token } = waited;

const lease = db.heartbeatRun(run.id, token);
exactly<Same<typeof lease, Lease>>();
db.heartbeatRun(run.id, token, { leaseMs: 1000 });
// @ts-expect-error A token is no text.
db.heartbeatRun(run.id, '1');

const chunk: NewOutputChunk = { stream: 'stdout', text: 'ok', at: new Date() };
const next = db.appendOutput(run.id, token, [chunk, { stream: 'event', text: '{}' }], { expectedSequence: 0 });
exactly<Same<typeof next, number>>();
// @ts-expect-error There is no such stream.
db.appendOutput(run.id, token, [{ stream: 'stdin', text: '' }]);
// @ts-expect-error Chunks are a list.
db.appendOutput(run.id, token, chunk);
const output = db.getOutput(run.id, { after: next, limit: 10 });
exactly<Same<typeof output, OutputPage>>();
db.getOutput(run.id);

const spent: NewUsage = {
  eventId: 'e',
  model: 'm',
  provider: 'p',
  inputTokens: 1,
  costMicros: 2,
  costSource: 'computed',
};
const usage = db.recordUsage(run.id, spent);
exactly<Same<typeof usage, Usage>>();
// @ts-expect-error What was used is a model.
db.recordUsage(run.id, { inputTokens: 1 });

const waiting = db.waitRun(run.id, token, { question: 'May I?' });
exactly<Same<typeof waiting, Run>>();
const answered = db.answerRun(run.id, { answer: 'Yes' });
exactly<Same<typeof answered, Run>>();
// @ts-expect-error There is a question.
db.waitRun(run.id, token, {});

const outcome: RunOutcome = { status: 'failed', exitCode: 1, error: 'e', result: { files: [] }, filesChanged: 2 };
const finished = db.finishRun(run.id, token, outcome);
exactly<Same<typeof finished, Run>>();
db.finishRun(run.id, token, { status: 'succeeded', commitBefore: 'a', commitAfter: 'b', insertions: 1, deletions: 0 });
// @ts-expect-error No worker says that it got lost.
db.finishRun(run.id, token, { status: 'lost' });
// @ts-expect-error A function is no result.
db.finishRun(run.id, token, { status: 'succeeded', result: () => 1 });
exactly<Same<ReturnType<typeof db.releaseRun>, Run>>();
db.releaseRun(run.id, token);
exactly<Same<ReturnType<typeof db.cancelRun>, Run>>();
db.cancelRun(run.id);
db.cancelRun(run.id, { reason: 'r' });
const changes: RunChanges = { prompt: 'again', priority: undefined, timeoutMs: null };
const retried = db.retryRun(run.id, changes);
exactly<Same<typeof retried, Run>>();
db.retryRun(run.id);
// @ts-expect-error There is a prompt.
db.retryRun(run.id, { prompt: null });

const swept = db.sweepRuns({
  isAlive: (workerId, { leaseExpiresAt }) => workerId > (leaseExpiresAt ?? ''),
  graceMs: 5,
});
exactly<Same<typeof swept, Swept>>();
db.sweepRuns();
// @ts-expect-error A promise is always truthy.
db.sweepRuns({ isAlive: async () => false });

db.setRunLimit({}, 8);
db.setRunLimit({ zoneId: 'z', agentType: 'a' }, null);
// @ts-expect-error No limit is said by null.
db.setRunLimit({}, undefined);
const limits = db.getRunLimits();
exactly<Same<typeof limits, RunLimit[]>>();
db.setBudget({ period: 'total' }, 5_000_000);
db.setBudget({ worktreeId: 'w', period: 'day', timeZone: 'Europe/Berlin' }, null);
// @ts-expect-error A budget has a period.
db.setBudget({ zoneId: 'z' }, 5);
// @ts-expect-error There are no weeks.
db.setBudget({ period: 'week' }, 5);
const budgets = db.getBudgets();
exactly<Same<typeof budgets, Budget[]>>();

const found = db.getRun(run.id);
exactly<Same<typeof found, Run | null>>();
db.getRun(undefined);
const filter: RunFilter = {
  zoneId: ['y', 'z'],
  worktreeId: 'w',
  agentType: ['frontend'],
  status: ['queued', 'running'],
  model: 'sonnet',
  parentRunId: 'r',
  branchName: 'main',
  since: new Date(),
  until: '2026-05-06',
  finishedSince: '2026-05-06',
  finishedUntil: new Date(),
  minDurationMs: 1000,
  orderBy: 'costliest',
  limit: 10,
  after: null,
};
const page = db.listRuns(filter);
exactly<Same<typeof page, Page<RunSummary<Run>>>>();
const inFull = db.listRuns({ ...filter, fields: 'full' });
exactly<Same<typeof inFull, Page<Run>>>();
db.listRuns();
// @ts-expect-error A summary has no prompt.
String(page.items[0]?.prompt);
// @ts-expect-error There is no such order.
db.listRuns({ orderBy: 'shortest' });
db.listRuns({ status: 'lost', after: page.next });
// @ts-expect-error There is no such status.
db.listRuns({ status: 'done' });

// An application's own results.
const typed = new VisualDatabase<{ Result: { files: string[] } }>();
exactly<Same<NonNullable<ReturnType<typeof typed.claimRun>>['run']['result'], { files: string[] } | null>>();
typed.finishRun(run.id, token, { status: 'succeeded', result: { files: ['a.js'] } });
// @ts-expect-error A result has files.
typed.finishRun(run.id, token, { status: 'succeeded', result: { output: 'ok' } });
const known = typed.getRun<{ files: string[]; tests: number }>(run.id);
exactly<Same<typeof known, Run<{ files: string[]; tests: number }> | null>>();

const trend = db.getTrend({
  bucket: 'day',
  by: 'zone',
  zoneId: ['z', 'y'],
  since: new Date(),
  until: '2026-01-01',
  timeZone: 'UTC',
});
exactly<Same<typeof trend, Trend[]>>();
exactly<Same<(typeof trend)[0]['start'], string>>();
exactly<Same<(typeof trend)[0]['durationMs']['p99'], number | null>>();
exactly<Same<ReturnType<() => ReturnType<typeof hoursOfWeek>>, Trend<number>[]>>();
function hoursOfWeek() {
  return db.getTrend({ bucket: 'hourOfWeek', model: 'm', minDurationMs: 5, status: 'failed' });
}
db.getTrend();
db.getTrend({ bucket: null, by: null });
// @ts-expect-error Runs are told apart by no more than five things.
db.getTrend({ by: 'status' });
// @ts-expect-error It is no page.
db.getTrend({ limit: 5 });
