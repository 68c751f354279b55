declare global {
  // As @types/node and TypeScript's `esnext.disposable` declare it, for programs that have neither.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** A `Buffer`; without `@types/node`, which declares it, a `Uint8Array`. */
export type Bytes = typeof globalThis extends { Buffer: { isBuffer(value: any): value is infer B } } ? B : Uint8Array;

/** A value that was stored as JSON, as it comes back. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * What may be given where JSON is stored. It comes back as `JSON.parse(JSON.stringify(value))`: `toJSON` is called, so a
 * `Date` becomes text, and keys whose value is `undefined` are left out. A function, a symbol or a BigInt is a `TypeError`
 * at run time; so is a BigInt or a cycle further inside, which the compiler does not see.
 */
export type JsonInput =
  | string
  | number
  | boolean
  | null
  | undefined
  | { readonly [key: string]: unknown }
  // Objects of interfaces and classes, but no functions.
  | (object & { readonly [Symbol.hasInstance]?: never });

/**
 * The types of an application's own values, for {@link VisualDatabase}. Every part may be left out. Nothing is checked
 * at run time: the types say what the application stores.
 *
 * @example
 * interface Canvas {
 *   Status: 'active' | 'merged';
 *   Result: { files: string[] };
 * }
 * const db = new VisualDatabase<Canvas>();
 */
export interface CanvasTypes {
  /** The `status` of worktrees. A worktree that is created without one gets `'active'`. Default: `string`. */
  Status?: string;
  /** The `trigger` of zones. A zone that is created without one gets `'onDrop'`. Default: `string`. */
  Trigger?: string;
  /** The `agents` of zones. A zone that is created without any gets `[]`. Default: {@link JsonInput} in, `any` out. */
  Agents?: unknown;
  /** The `actions` of zones. A zone that is created without any gets `[]`. Default: {@link JsonInput} in, `any` out. */
  Actions?: unknown;
  /** The `result` of executions and runs. An execution that is recorded without it has `{}`, a run `null`. Default: {@link JsonInput} in, `any` out. */
  Result?: unknown;
}

/** A part of `Types`, or `Otherwise` where it is left out. */
type Part<Types, Name extends keyof CanvasTypes, Limit, Otherwise extends Limit = Limit> = Types extends {
  readonly [Key in Name]: infer Given extends Limit;
}
  ? Given
  : Otherwise;

type StatusOf<Types> = Part<Types, 'Status', string>;
type TriggerOf<Types> = Part<Types, 'Trigger', string>;
/** A part as it comes back. */
type Read<Types, Name extends keyof CanvasTypes> = Part<Types, Name, unknown, any>;
/** A part as it may be given. */
type Written<Types, Name extends keyof CanvasTypes> = Part<Types, Name, unknown, JsonInput>;

type WorktreeOf<Types> = Worktree<StatusOf<Types>>;
type ZoneOf<Types> = Zone<Read<Types, 'Agents'>, Read<Types, 'Actions'>, TriggerOf<Types>>;
type NewZoneOf<Types> = NewZone<Written<Types, 'Agents'>, Written<Types, 'Actions'>, TriggerOf<Types>>;
type ZoneChangesOf<Types> = ZoneChanges<Written<Types, 'Agents'>, Written<Types, 'Actions'>, TriggerOf<Types>>;
type NewExecutionOf<Types> = NewExecution<Written<Types, 'Result'>>;
type RunOf<Types> = Run<Read<Types, 'Result'>>;
type ClaimedRunOf<Types> = ClaimedRun<Read<Types, 'Result'>>;
type RunOutcomeOf<Types> = RunOutcome<Written<Types, 'Result'>>;

/** A position on the canvas. Fractions and negative numbers are fine. */
export interface Position {
  x: number;
  y: number;
}

/** A size on the canvas. */
export interface Size {
  width: number;
  height: number;
}

/** A Git worktree on the canvas. Every key is always there; an absent optional value is `null`. */
export interface Worktree<Status extends string = string> {
  id: string;
  /** Its path in the file system. */
  path: string;
  /** The port of its server, unique among worktrees. */
  port: number;
  branchName: string;
  issueUrl: string | null;
  taskId: string | null;
  /** `'active'` unless given otherwise. */
  status: Status;
  position: Position;
  /** ISO 8601, UTC, milliseconds; or whatever non-empty string was given. */
  createdAt: string;
  /** ISO 8601, UTC, milliseconds; `null` until the first change. */
  updatedAt: string | null;
}

/** What `createWorktree` takes. */
export interface NewWorktree<Status extends string = string> {
  /** A non-empty string. */
  id: string;
  path: string;
  /** A non-negative integer, or a string of one; `'auto'` is the lowest from 3001 to 3999 that no worktree has. */
  port: number | bigint | string;
  branchName: string;
  issueUrl?: string | number | null | undefined;
  taskId?: string | number | null | undefined;
  /** Falsy: `'active'`. */
  status?: Status | null | undefined;
  /** Missing parts are 0. */
  position?: { x?: number | string | null | undefined; y?: number | string | null | undefined } | null | undefined;
  /** Missing: now. */
  createdAt?: string | null | undefined;
}

/** What `updateWorktree` takes. `undefined` is 'not given'; `null` clears `issueUrl` and `taskId`. */
export interface WorktreeChanges<Status extends string = string> {
  issueUrl?: string | null | undefined;
  taskId?: string | null | undefined;
  status?: Status | undefined;
  /** Either part alone, too. */
  position?: { x?: number | string | null; y?: number | string | null } | null | undefined;
  /** The column's spelling of `issueUrl`. */
  issue_url?: string | null | undefined;
  /** The column's spelling of `taskId`. */
  task_id?: string | null | undefined;
  /** The column's spelling of `position.x`. */
  position_x?: number | string | null | undefined;
  /** The column's spelling of `position.y`. */
  position_y?: number | string | null | undefined;
}

/** What `relocateWorktree` takes. `undefined` is 'not given'. */
export interface WorktreeRelocation {
  path?: string | undefined;
  /** A string of digits is taken, too. */
  port?: number | string | undefined;
  branchName?: string | undefined;
}

/** A zone of the canvas: a stage that worktrees are dropped into. */
export interface Zone<Agents = any, Actions = any, Trigger extends string = string> {
  id: string;
  name: string;
  description: string | null;
  /** What starts its agents; `'onDrop'` unless given otherwise. */
  trigger: Trigger;
  /** Any JSON value, an array of names as a rule. */
  agents: Agents;
  promptTemplate: string;
  /** Any JSON value, an array of actions as a rule. */
  actions: Actions;
  position: Position;
  size: Size;
  createdAt: string;
  updatedAt: string | null;
}

/** What `createZone` takes. */
export interface NewZone<Agents = JsonInput, Actions = JsonInput, Trigger extends string = string> {
  /** A non-empty string. */
  id: string;
  name: string;
  description?: string | null | undefined;
  /** Falsy: `'onDrop'`. */
  trigger?: Trigger | null | undefined;
  /** Falsy: `[]`. */
  agents?: Agents | null | undefined;
  /** Falsy: `''`. */
  promptTemplate?: string | null | undefined;
  /** Falsy: `[]`. */
  actions?: Actions | null | undefined;
  /** Missing parts are 0. */
  position?: { x?: number | string | null | undefined; y?: number | string | null | undefined } | null | undefined;
  /** Missing parts are 300 and 200. */
  size?: { width?: number | string | null | undefined; height?: number | string | null | undefined } | null | undefined;
  /** Missing: now. */
  createdAt?: string | null | undefined;
}

/** What `updateZone` takes. `undefined` is 'not given'; `null` clears `description`. */
export interface ZoneChanges<Agents = JsonInput, Actions = JsonInput, Trigger extends string = string> {
  name?: string | undefined;
  description?: string | null | undefined;
  trigger?: Trigger | undefined;
  agents?: Agents | undefined;
  promptTemplate?: string | undefined;
  actions?: Actions | undefined;
  position?: { x?: number | string | null; y?: number | string | null } | null | undefined;
  size?: { width?: number | string | null; height?: number | string | null } | null | undefined;
  /** The column's spelling of `promptTemplate`. */
  prompt_template?: string | undefined;
  position_x?: number | string | null | undefined;
  position_y?: number | string | null | undefined;
  size_width?: number | string | null | undefined;
  size_height?: number | string | null | undefined;
}

/** A recorded run of an agent. */
export interface Execution<Result = any> {
  /** `exec-<milliseconds>-<base 36>` */
  id: string;
  zoneId: string;
  worktreeId: string;
  agentType: string;
  prompt: string;
  /** Any JSON value; `{}` where none was given. */
  result: Result;
  success: boolean;
  executedAt: string;
}

/** What `recordExecution` takes. */
export interface NewExecution<Result = JsonInput> {
  zoneId: string;
  worktreeId: string;
  agentType: string;
  prompt: string;
  /** Any JSON value. Missing: `{}`. */
  result?: Result | undefined;
  /** By truthiness: missing is `false`. At run time any value is accepted; here no object, since a promise is truthy. */
  success?: boolean | number | bigint | string | null | undefined;
}

/** The status of a run: `queued` → `running` → one of the last five, perhaps by way of `waiting`, for a person. */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'timedOut' | 'lost';

/** Who did something. */
export interface By {
  kind: 'user' | 'agent' | 'system';
  id: string;
}

/** What an application keeps with a run. The database only stores it. */
export type Metadata = { [key: string]: any };

/**
 * One agent's work on one worktree in one zone, from the request to the result. Every key is always there; what is absent or
 * not known is `null`, never 0. Times are ISO 8601, UTC, with milliseconds. What `recordExecution` or another program
 * recorded is a run that began and ended at once: `startedAt` is `null`, `finishedAt` its `executedAt`.
 *
 * @typeParam Result the type of its result
 * @typeParam Status the statuses that it may have
 */
export interface Run<Result = any, Status extends RunStatus = RunStatus> {
  /** Also the id of its execution, which a run that has started gets at its end. */
  id: string;
  zoneId: string;
  worktreeId: string;
  agentType: string;
  prompt: string;
  status: Status;
  /** The higher one is claimed first. */
  priority: number;
  /** How many attempts have begun, without those that were released. */
  attempt: number;
  /** How many attempts may begin. */
  maxAttempts: number;
  /** How long an attempt may be worked on, without waiting for a person, in milliseconds; `null`: as long as it takes. */
  timeoutMs: number | null;
  /** The key by which `enqueueRun` recognises the same request while the run has not ended. */
  idempotencyKey: string | null;
  /** The id of the run that it is a part of. */
  parentRunId: string | null;
  /** The id of the run that it retries. */
  retryOf: string | null;
  /** The worker that works on it, or did last. */
  workerId: string | null;
  createdAt: string;
  /** It is not claimed before this time: the given one, or the end of a backoff. */
  availableAt: string;
  /** When its first attempt began. */
  startedAt: string | null;
  /** When it ended. */
  finishedAt: string | null;
  /** How long all attempts together were worked on, without waiting for a person, in milliseconds. */
  durationMs: number | null;
  /** Until when its worker holds it, by the wall clock, for people: a clock that can't be set decides. */
  leaseExpiresAt: string | null;
  /** When `cancelRun` was called while it ran. */
  cancelRequestedAt: string | null;
  /** The question that a person is asked, or was asked last. */
  question: string | null;
  /** The person's answer. */
  answer: string | null;
  /** The exit code of its process. */
  exitCode: number | null;
  /** Why it failed, was cancelled, timed out or was lost, for people. */
  error: string | null;
  /** Any JSON value; `null` where none was given. */
  result: Result | null;
  commitBefore: string | null;
  commitAfter: string | null;
  filesChanged: number | null;
  /** Lines. */
  insertions: number | null;
  /** Lines. */
  deletions: number | null;
  usage: Usage;
  /** When its prompt, result and output were removed to save room. */
  bodiesPrunedAt: string | null;
  /** Who enqueued it; `null` where nobody was named. */
  by: By | null;
  /** What was given. */
  metadata: Metadata | null;
}

/** A run as lists have it: without `prompt` and `result`, which may be long. */
export type RunSummary<R extends Run = Run> = Omit<R, 'prompt' | 'result'>;

/** What `enqueueRun` takes. An unknown key is a `TypeError`. */
export interface NewRun {
  /** The id of an existing zone. */
  zoneId: string;
  /** The id of an existing worktree. */
  worktreeId: string;
  /** A non-empty string. */
  agentType: string;
  prompt: string;
  /** Any integer; the higher one is claimed first. Default: 0. */
  priority?: number | null | undefined;
  /** 1 to 1,000. Default: 1. */
  maxAttempts?: number | null | undefined;
  /** The longest time of an attempt: 1 to 31,536,000,000 milliseconds, a year. Default: none. */
  timeoutMs?: number | null | undefined;
  /** A non-empty string. If a run with the same key has not ended, that run is returned, and none is created. */
  idempotencyKey?: string | null | undefined;
  /** The id of an existing run. */
  parentRunId?: string | null | undefined;
  /** It is not claimed before this time. ISO 8601 or a Date. Default: now. */
  availableAt?: string | Date | null | undefined;
  /** Up to 64 KiB of JSON. */
  metadata?: Metadata | null | undefined;
}

/**
 * What `retryRun` takes: what is to differ from the earlier run. `undefined` is 'as it was', except for
 * `idempotencyKey` and `availableAt`, which are not taken over; `null` is the default.
 */
export type RunChanges = { [Key in keyof NewRun]?: NewRun[Key] | undefined };

/** What `claimRuns`, `claimRun` and `waitForRun` may claim, and for how long. An unknown key is a `TypeError`. */
export interface ClaimOptions {
  /** The worker that claims: a non-empty string, for people and for `isAlive`. Two workers may have the same one. */
  workerId: string;
  /** Only runs of these zones. Default: of all. */
  zoneIds?: readonly string[] | null | undefined;
  /** Only runs of these agents. Default: of all. */
  agentTypes?: readonly string[] | null | undefined;
  /** How long the run is held without a heartbeat: 1 to 86,400,000 milliseconds, a day. Default: 60,000. */
  leaseMs?: number | null | undefined;
}

/** An `AbortSignal`, of whichever library's types. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A run and the right to work on it. */
export interface ClaimedRun<Result = any> {
  run: Run<Result, 'running'>;
  /** Larger with each claim of this run. Every call of a worker but `recordUsage` takes it. */
  token: number;
}

/** What a heartbeat tells its worker. */
export interface Lease {
  /** Until when the worker holds the run now, by the wall clock. */
  leaseExpiresAt: string;
  /** Whether somebody wants the run to stop. */
  cancelRequested: boolean;
  /** The budget with the least left, of those that the run counts for; `null` where it counts for none. */
  budget: Budget | null;
}

/** One of the chunks that `appendOutput` takes. An unknown key is a `TypeError`. */
export interface NewOutputChunk {
  stream: 'stdout' | 'stderr' | 'event';
  text: string;
  /** ISO 8601 or a Date. Default: now. */
  at?: string | Date | null | undefined;
}

/** A piece of a run's output. */
export interface OutputChunk {
  /** 0, 1, 2, …: its number in the output of all attempts. */
  sequence: number;
  stream: 'stdout' | 'stderr' | 'event';
  text: string;
  at: string;
}

/** What `getOutput` gives. */
export interface OutputPage {
  items: OutputChunk[];
  /** The `after` to go on with, also where there is nothing more yet. */
  next: number;
  /** Whether some of the run's output was dropped because there was too much. */
  truncated: boolean;
}

/** What `recordUsage` takes. What is left out, or `null`, is not known, which is not 0. An unknown key is a `TypeError`. */
export interface NewUsage {
  /** A non-empty string; a second usage of the run with the same id is not counted. */
  eventId?: string | null | undefined;
  /** A non-empty string. */
  model: string;
  provider?: string | null | undefined;
  /** Input tokens, those from a cache included. Like all amounts, an integer up to 2⁵³ - 1. */
  inputTokens?: number | null | undefined;
  /** Those of the input tokens that came from a cache. */
  cachedInputTokens?: number | null | undefined;
  /** Output tokens. */
  outputTokens?: number | null | undefined;
  /** Tokens that the model used for reasoning. */
  reasoningTokens?: number | null | undefined;
  /** What it cost, in millionths. */
  costMicros?: number | null | undefined;
  /** Whether the provider reported the cost or the caller computed it. Default: `'reported'`. */
  costSource?: 'reported' | 'computed' | null | undefined;
}

/** What a run used in all its attempts together: sums of what is known, `null` where nothing is. */
export interface Usage {
  /** Those from a cache included. */
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  /** In millionths. */
  costMicros: number | null;
  /** The same by model, in the order of the models' names. */
  models: ModelUsage[];
}

/** What a run used of one model. */
export interface ModelUsage {
  model: string;
  provider: string | null;
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  costMicros: number | null;
  /** `'computed'` where a part of the cost was; `null` where no cost is known. */
  costSource: 'reported' | 'computed' | null;
}

/** What `finishRun` takes. An unknown key is a `TypeError`. */
export interface RunOutcome<Result = JsonInput> {
  status: 'succeeded' | 'failed' | 'cancelled' | 'timedOut';
  exitCode?: number | null | undefined;
  error?: string | null | undefined;
  /** Any JSON value. */
  result?: Result | undefined;
  commitBefore?: string | null | undefined;
  commitAfter?: string | null | undefined;
  filesChanged?: number | null | undefined;
  /** Lines. */
  insertions?: number | null | undefined;
  /** Lines. */
  deletions?: number | null | undefined;
}

/** What `sweepRuns` did, as ids of runs. */
export interface Swept {
  /** Runs that were queued for their next attempt. */
  requeued: string[];
  /** Runs that had no attempt left. */
  lost: string[];
  /** Runs that took longer than their `timeoutMs`. */
  timedOut: string[];
}

/** The scope of a limit: all runs, those of a zone, of an agent, or of an agent in a zone. */
export interface RunLimitScope {
  zoneId: string | null;
  agentType: string | null;
}

/** How many runs may run at once. */
export interface RunLimit {
  scope: RunLimitScope;
  limit: number;
  /** How many are running. */
  running: number;
}

/** The scope of a budget: all runs or those of one zone, worktree or agent, and its period. */
export interface BudgetScope {
  zoneId: string | null;
  worktreeId: string | null;
  agentType: string | null;
  period: 'day' | 'month' | 'total';
  /** The time zone in which its days and months begin: a name such as `'Europe/Berlin'`. */
  timeZone: string;
}

/** How much may be spent. Amounts are in millionths. */
export interface Budget {
  scope: BudgetScope;
  limitMicros: number;
  /** What was spent in this period, as far as it is known. Runs that go on when a budget is spent may exceed it. */
  spentMicros: number;
  /** Never less than 0. */
  remainingMicros: number;
  /** When the next period begins; `null` for `'total'`. */
  resetsAt: string | null;
}

/** Which runs are meant. Each key narrows the filter. */
export interface AskedOfRuns {
  /** Those of one zone, or of several. */
  zoneId?: string | readonly string[] | null | undefined;
  worktreeId?: string | readonly string[] | null | undefined;
  agentType?: string | readonly string[] | null | undefined;
  status?: RunStatus | readonly RunStatus[] | null | undefined;
  /** Those that used this model, by `recordUsage`. */
  model?: string | null | undefined;
  /** The parts of this run. */
  parentRunId?: string | null | undefined;
  /** Those of the worktrees that are on this branch now. */
  branchName?: string | null | undefined;
  /** Created then or later: ISO 8601 or a Date. */
  since?: string | Date | null | undefined;
  /** Created then or before. */
  until?: string | Date | null | undefined;
  /** Ended then or later: ISO 8601 or a Date. */
  finishedSince?: string | Date | null | undefined;
  /** Ended then or before. */
  finishedUntil?: string | Date | null | undefined;
  /** Those that have ended and whose `durationMs` is known and at least this. */
  minDurationMs?: number | null | undefined;
}

/** What `listRuns` takes. Each key narrows the list. An unknown key is a `TypeError`. */
export interface RunFilter extends AskedOfRuns {
  /**
   * `'newest'` and `'oldest'` go by `createdAt`. `'longest'` has those that have ended and whose `durationMs` is known,
   * `'costliest'` those that have ended and whose `usage.costMicros` is known. Default: `'newest'`.
   */
  orderBy?: RunOrder | null | undefined;
  /** `'full'`: with `prompt` and `result`. Default: `'summary'`. */
  fields?: 'summary' | 'full' | null | undefined;
  /** 1 to 1,000. Default: 50. */
  limit?: number | null | undefined;
  /** The `next` of an earlier page of the same filter and order. */
  after?: string | null | undefined;
}

/** What `getTrend` takes. An unknown key is a `TypeError`. */
export interface TrendFilter extends Omit<AskedOfRuns, 'since' | 'until' | 'finishedSince' | 'finishedUntil'> {
  /**
   * How long buckets are, by the clocks of `timeZone`: weeks begin on Monday, and a new hour also begins where clocks are changed within
   * one. `'hourOfWeek'` has 168 buckets, of all weeks together. Default: `'hour'`.
   */
  bucket?: TrendBucket | null | undefined;
  /** What a series is for; without it, there is one series of all runs. `'branch'`: by the branches on which worktrees are now. */
  by?: 'zone' | 'agent' | 'model' | 'worktree' | 'branch' | null | undefined;
  /**
   * Those that ended then or later: ISO 8601 or a Date, at most 400 years before `until`. Default: 24 hours, 30 days, 12 weeks or 12 months
   * before; for `'hourOfWeek'` 12 weeks.
   */
  since?: string | Date | null | undefined;
  /** Those that ended before this time. Default: the end of the current bucket. */
  until?: string | Date | null | undefined;
  /** A name such as `'Europe/Berlin'`. Default: `'UTC'`. */
  timeZone?: string | null | undefined;
}

/** How long the buckets of a trend are. */
export type TrendBucket = 'hour' | 'day' | 'week' | 'month' | 'hourOfWeek';

/** How those runs of a series went that ended in a bucket. */
export interface Trend<Start extends string | number = string> {
  /** When the bucket begins, as ISO 8601; for `'hourOfWeek'` the hour, from 0, Monday at 0 o'clock, to 167. */
  start: Start;
  /** The id or name that the series is for; `null` without `by`. */
  key: string | null;
  /** How many ended, with whichever status. */
  runs: number;
  succeeded: number;
  /** Those whose status is `'failed'`. */
  failed: number;
  /** How many of `runs` succeeded, in percent; `null` where there were none. */
  successRate: number | null;
  /**
   * How long the runs took, of those whose durations are known; `null` where none is. Percentiles are within 5 % (3.2 %) of the duration
   * that so many runs didn't exceed; `mean` and `max` are exact.
   */
  durationMs: { mean: number | null; p50: number | null; p90: number | null; p99: number | null; max: number | null };
  /** What the runs used; in a model's series only of that model. `null` where nothing is known. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** In millionths. */
  costMicros: number | null;
}

/** What `getFlow` takes. An unknown key is a `TypeError`. */
export interface FlowFilter {
  /** ISO 8601 or a Date, at most 400 years before `until`. Default: as for `getTrend`. */
  since?: string | Date | null | undefined;
  /** Before this time. Default: the end of the current bucket. */
  until?: string | Date | null | undefined;
  /** Default: `'day'`. */
  bucket?: 'hour' | 'day' | 'week' | 'month' | null | undefined;
  /** A name such as `'Europe/Berlin'`. Default: `'UTC'`. */
  timeZone?: string | null | undefined;
}

/** Exact percentiles, in milliseconds; `null` where there was nothing to measure. */
export interface FlowTimes {
  p50: number | null;
  p85: number | null;
  p95: number | null;
}

/** How worktrees flow through the zones. */
export interface Flow {
  buckets: {
    /** When the bucket begins, as ISO 8601. */
    start: string;
    /** How many worktrees are in each zone at the end of the bucket: for every zone that exists now, or had a worktree meanwhile. */
    zones: Record<string, number>;
    /** How many came into a zone out of none. */
    arrived: number;
    /** How many left their zone for none: by a move, archived, deleted, or with the zone. */
    left: number;
  }[];
  /** For worktrees that left: how long ago they had come into a zone out of none. */
  leadTimeMs: FlowTimes;
  /** For worktrees that left a zone, for another or none: how long they had been in it. */
  timeInZoneMs: Record<string, FlowTimes>;
}

/** How texts are found: by whole words, or by any part of a text of at least three characters. */
export type SearchMode = 'words' | 'substring';

/** A field of a run that is searched. */
export type SearchedField = 'prompt' | 'result' | 'error' | 'question' | 'answer';

/** What `searchRuns` takes beside the text. An unknown key is a `TypeError`. */
export interface SearchFilter extends AskedOfRuns {
  /** How the text is found. Default: `'words'`, or the only mode with an index. */
  mode?: SearchMode | null | undefined;
  /** The field or fields to search. Default: all of them. */
  in?: SearchedField | readonly SearchedField[] | null | undefined;
  /** `true`: the text is an expression of FTS5 (mode `'words'`). Default: `false`: nothing in the text is syntax. */
  syntax?: boolean | null | undefined;
  /** 1 to 1,000. Default: 50. */
  limit?: number | null | undefined;
  /** The `next` of an earlier page of the same text and filter. */
  after?: string | null | undefined;
}

/**
 * A run in which something was found.
 *
 * @typeParam Run the type of runs in lists
 */
export interface FoundRun<Run> {
  run: Run;
  /** The field that matches best. */
  field: SearchedField;
  /** A part of that field, of about 160 characters, with an ellipsis where it goes on. A result is JSON in which strings are unescaped. */
  snippet: string;
  /** The positions of hits in the snippet: beginning and end of each, in UTF-16 units, as `slice` takes them. */
  ranges: [start: number, end: number][];
  /** How well the run matches, more than 0 and less than 1, by the texts of the run alone. */
  score: number;
}

/** What `enableSearch` takes. An unknown key is a `TypeError`. */
export interface SearchOptions {
  /** The mode to enable: `'words'` by default. Both may be on. */
  mode?: SearchMode | null | undefined;
  /** Called about every 50 milliseconds. What it throws ends the call; the next search or call goes on. */
  progress?: ((counts: { indexed: number; total: number }) => void) | null | undefined;
}

/** Which runs of a list come first. */
export type RunOrder = 'newest' | 'oldest' | 'longest' | 'costliest';

/** A part of a list that can grow. */
export interface Page<Item> {
  items: Item[];
  /** The `after` of the next page; `null` at the end. Opaque, and only for the same filter. */
  next: string | null;
}

/** Counts of executions. */
export interface ExecutionStats {
  total: number;
  successful: number;
  failed: number;
  uniqueAgents: number;
  /** Percent, unrounded; 0 where `total` is 0. */
  successRate: number;
}

/** Row counts. */
export interface DatabaseStats {
  worktrees: number;
  zones: number;
  assignments: number;
  executions: number;
}

/**
 * What `findWorktrees` takes. Each key narrows the list. An unknown key is a `TypeError`.
 *
 * @typeParam Status the statuses of worktrees
 */
export interface WorktreeFilter<Status extends string = string> {
  /** One, or several. */
  status?: Status | readonly Status[] | null | undefined;
  /** Those that are in this zone, or in one of several. */
  zoneId?: string | readonly string[] | null | undefined;
  /** Their branch, in which each `*` stands for any text. */
  branchName?: string | null | undefined;
  /** Created then or later: ISO 8601 or a Date. */
  createdSince?: string | Date | null | undefined;
  /** Updated then or later. */
  updatedSince?: string | Date | null | undefined;
  /** Whether any of its runs is queued, at work or waiting. */
  hasOpenRuns?: boolean | null | undefined;
  /** Their metadata has each of these members, `null` meaning that it lacks the member; within objects likewise. */
  metadata?: Metadata | null | undefined;
  /** `true`: those of the archive, as they were when they were archived. Default: `false`, those of the board. */
  archived?: boolean | null | undefined;
  /**
   * `'newest'` and `'oldest'` go by `createdAt`, `'branch'` by `branchName`; `'updated'` has the last updated ones first, by `createdAt`
   * where they never were. Default: `'newest'`.
   */
  orderBy?: 'newest' | 'oldest' | 'branch' | 'updated' | null | undefined;
  /** 1 to 1,000. Default: 50. */
  limit?: number | null | undefined;
  /** The `next` of an earlier page of the same filter and order. */
  after?: string | null | undefined;
}

/** What `moveWorktree` takes. An unknown key is a `TypeError`. */
export interface MoveOptions {
  /** Its new position on the canvas; either part alone, too. */
  position?: { x?: number | string | null; y?: number | string | null } | null | undefined;
  /** Why, for the ledger. */
  reason?: string | null | undefined;
  /** The zone in which the caller has last seen it, `null` for none; if it is in another, the move is refused. */
  expectedZoneId?: string | null | undefined;
  /** What becomes of a move into a zone that is full (`setWipLimit`): `'reject'` by default. */
  overLimit?: 'reject' | 'force' | undefined;
  /** Whether to enqueue a run for each agent of the zone, where its trigger is `'onDrop'`: `false` by default. */
  enqueue?: boolean | null | undefined;
  /** Variables for the zone's prompt template, as in `renderPrompt`. */
  variables?: object | null | undefined;
}

/** One of the moves that `moveWorktrees` takes. */
export interface MoveOfMany extends MoveOptions {
  worktreeId: string;
  /** `null` takes it out of its zone. */
  zoneId: string | null;
}

/** A change of a worktree's zone, by anybody. */
export interface Move {
  /** The move's own, which never changes. */
  id: string;
  worktreeId: string;
  /** The zone that it left, `null` for none: the `to` of the worktree's previous move. */
  from: string | null;
  /** The zone that it came into, `null` for none. */
  to: string | null;
  at: string;
  /** Who moved it: the actor of `db.as`; `null` for nobody that is known. */
  by: { kind: 'user' | 'agent' | 'system'; id: string } | null;
  reason: string | null;
  /** The names at that time: worktree and zones may have other names by now, or be gone. */
  branchName: string;
  fromName: string | null;
  toName: string | null;
}

/** What `moveWorktree` gives. */
export interface Dropped<Types extends CanvasTypes = CanvasTypes> {
  /** As it is then. */
  worktree: WorktreeOf<Types>;
  /** `null` where the worktree was in that zone already. */
  move: Move | null;
  /** The enqueued runs, in the order of the zone's agents. */
  runs: RunOf<Types>[];
}

/** What `getMoves` takes. An unknown key is a `TypeError`. */
export interface MoveFilter {
  worktreeId?: string | null | undefined;
  /** Out of this zone, or into it. */
  zoneId?: string | null | undefined;
  /** Made then or later: ISO 8601 or a Date. */
  since?: string | Date | null | undefined;
  /** Made then or before. */
  until?: string | Date | null | undefined;
  /** From 1 to 1,000; 50 by default. */
  limit?: number | null | undefined;
  /** The `next` of an earlier page of the same filter. */
  after?: string | null | undefined;
}

/** A worktree of the archive. */
export interface ArchivedWorktree<Types extends CanvasTypes = CanvasTypes> {
  /** The archive's own key, which never changes: an id may be archived several times. */
  key: number;
  /** As it was when it was archived. */
  worktree: WorktreeOf<Types>;
  /** The zone that it was in, to which it goes back; `null` for none, or for one that has been deleted since. */
  zoneId: string | null;
  /** ISO 8601. */
  archivedAt: string;
  /** Who archived it: the actor of `db.as`; `null` for nobody that is known. */
  by: { kind: 'user' | 'agent' | 'system'; id: string } | null;
  reason: string | null;
  /** How many executions it has. */
  executions: number;
  /** What its runs cost, in millionths; `null` where it is not known. */
  costMicros: number | null;
  /** As `getMetadata` gives it. */
  metadata: Metadata;
}

/** Which page of a list. An unknown key is a `TypeError`. */
export interface PageOptions {
  /** From 1 to 1,000; 50 by default. */
  limit?: number | null | undefined;
  /** The `next` of an earlier page. */
  after?: string | null | undefined;
}

/** What `restoreWorktree` takes. An unknown key is a `TypeError`. */
export interface RestoreOptions {
  /** Another port than it had; `'auto'` is the lowest from 3001 to 3999 that no worktree has. */
  port?: number | string | null | undefined;
  /** The key of the one to restore, where several were archived under that id; the last one by default. */
  key?: number | null | undefined;
}

/** What `renderPrompt` gives. */
export interface RenderedPrompt {
  prompt: string;
  /** The names in the template without a value, each once, in their order. */
  missing: string[];
}

/** What a board has beside a worktree. */
export interface BesideWorktree {
  /** Opaque text, another one once the worktree or its metadata is another: for `updateWorktree`'s `ifRevision`. */
  revision: string;
  /** As `getMetadata`; `null` where the file is left at a version without. */
  metadata: Metadata | null;
  /** How many of its runs are queued, at work or waiting; `null` without `runs: true`. */
  openRuns: number | null;
  /** Its newest run, including runs that were recorded as executions only; `null` where there is none, or without `runs: true`. */
  latestRun: { id: string; status: RunStatus } | null;
  /** What its runs cost, as far as it is known; `null` where nothing is, or without `runs: true`. */
  costMicros: number | null;
}

/** What a board has beside a zone. */
export interface BesideZone {
  /** Opaque text, another one once the zone or its metadata is another: for `updateZone`'s `ifRevision`. */
  revision: string;
  /** As `getMetadata`; `null` where the file is left at a version without. */
  metadata: Metadata | null;
  /** As `setWipLimit` set it; `null`: no limit. */
  wipLimit: number | null;
}

/** What `undo` and `redo` take. An unknown key is a `TypeError`. */
export interface UndoOptions {
  /** Whose changes. Default: those of the actor of `db.as`. */
  by?: By | null | undefined;
  /** If others have changed the same since: `'reject'`, the default, throws `ERR_CONFLICT`, `'skip'` undoes the actor's change before. */
  onConflict?: 'reject' | 'skip' | null | undefined;
}

/** What `getBoard` gives. */
export interface Board<Types extends CanvasTypes = CanvasTypes> {
  /** As `listZones`, and what is beside each. */
  zones: (ZoneOf<Types> & BesideZone)[];
  /** As `listWorktrees`, and what is beside each. */
  worktrees: (WorktreeOf<Types> & BesideWorktree)[];
  /** Which worktree is in which zone; those of one zone in the order in which they were assigned. */
  assignments: { worktreeId: string; zoneId: string }[];
  /**
   * The place in the feed after everything that this shows: the `after` of {@link VisualDatabase.getChanges} and
   * {@link VisualDatabase.watch}. `null` only where the file has no log: one of an earlier version that is opened readonly.
   */
  next: string | null;
}

/** The `fields` of a change, by entity: all of them for an insert, the changed ones for an update, none for a delete. */
export interface ChangedFields<Types extends CanvasTypes = CanvasTypes> {
  /** As the object has them, without its id; a changed position may have one part only. */
  worktree: Omit<WorktreeOf<Types>, 'id' | 'position'> & { position: { x?: number; y?: number } };
  /** The same, `promptTemplate` included. */
  zone: Omit<ZoneOf<Types>, 'id' | 'position' | 'size'> & {
    position: { x?: number; y?: number };
    size: { width?: number; height?: number };
  };
  assignment: { worktreeId: string; zoneId: string; assignedAt: string };
  /** Never its prompt or result. */
  execution: { zoneId: string; worktreeId: string; agentType: string; success: boolean };
  /** Never its prompt, result or output: `getRun` and `getOutput` have them. */
  run: {
    zoneId: string;
    worktreeId: string;
    agentType: string;
    status: RunStatus;
    cancelRequestedAt: string;
    usage: Omit<Usage, 'models'>;
  };
  metadata: { entity: 'worktree' | 'zone' | 'run'; metadata: Record<string, unknown> };
  /** How many runs may run at once, or how many worktrees a zone is to have. */
  limit: { zoneId: string | null; agentType: string | null; limit: number | null; wipLimit: number | null };
  budget: {
    zoneId: string | null;
    worktreeId: string | null;
    agentType: string | null;
    period: 'day' | 'month' | 'total';
    limitMicros: number | null;
  };
}

/** The entities whose changes the feed has. */
export type ChangedEntity = keyof ChangedFields;

/** One change, by anybody. */
export type Change<Types extends CanvasTypes = CanvasTypes> = {
  [Entity in ChangedEntity]: {
    /** Its number in the log: larger than that of every change before. */
    seq: number;
    /** When: never earlier than the previous change. */
    at: string;
    /** Who, where it was written through {@link VisualDatabase.as}. */
    by: By | null;
    entity: Entity;
    /** The entity's id; `null` for limits and budgets, whose fields say their scope. An assignment has its worktree's id. */
    id: string | null;
    /**
     * `'insert'` may have the id of an existing entity, which it then replaces. `'archived'` and `'restored'` are the delete
     * and the insert of a worktree that leaves the canvas with its history, and comes back with it.
     */
    op: 'insert' | 'update' | 'delete' | (Entity extends 'worktree' ? 'archived' | 'restored' : never);
    fields: Partial<ChangedFields<Types>[Entity]>;
  };
}[ChangedEntity];

/** New output of a run, where {@link VisualDatabase.watch} was asked for it. It is in no log, and has no number. */
export interface OutputChange {
  seq: null;
  at: string;
  by: null;
  entity: 'output';
  /** The run's id. */
  id: string;
  op: 'insert';
  /** The number of the last piece there is: `getOutput(id, { after })` has them. */
  fields: { sequence: number };
}

/** Which changes are asked for. An unknown key is a `TypeError`. */
export interface ChangesOptions {
  /** An earlier `next`, or the `next` of a board. Default: the beginning of the log. */
  after?: string | null | undefined;
  /** 1 to 1,000. Default: 500. */
  limit?: number | null | undefined;
  /** Only changes of these entities. Default: of all. */
  entities?: ChangedEntity | readonly ChangedEntity[] | null | undefined;
}

/** Changes after a place in the feed. */
export interface Changes<Types extends CanvasTypes = CanvasTypes> {
  items: Change<Types>[];
  /** The `after` to go on with, also where there is nothing more yet. Opaque. `null` where there is a gap. */
  next: string | null;
  /** The log no longer has what came after that place: read `getBoard()`, and go on from its `next`. */
  gap: boolean;
}

/** Which changes are followed. An unknown key is a `TypeError`. */
export interface WatchOptions {
  /** Where to begin: a `next`, or the `position` of an earlier watch. Default: now. */
  after?: string | null | undefined;
  /** Only changes of these entities. Default: of all that are in the log. */
  entities?: ChangedEntity | 'output' | readonly (ChangedEntity | 'output')[] | null | undefined;
  /** Aborting it ends the watch: a pending `next()` is rejected with its reason. */
  signal?: Signal | null | undefined;
}

/** Changes as they come, by this process and every other one. */
export interface Watch<Types extends CanvasTypes = CanvasTypes> {
  /** The `after` that goes on after the change that was given last. */
  readonly position: string | null;
  next(): Promise<{ done?: false; value: Change<Types> | OutputChange } | { done: true; value: any }>;
  return(value?: any): Promise<{ done: true; value: any }>;
  throw(error?: unknown): Promise<{ done: true; value: any }>;
  [Symbol.asyncIterator](): Watch<Types>;
}

/** Whatever logs: `console` is one. */
export interface Logger {
  info(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

/** How a database is opened. Unknown keys are ignored unless `strict` says otherwise. */
export interface VisualDatabaseOptions {
  /** The file; missing folders are made. `':memory:'` is a database in memory. Default: `data/visual.db`. */
  dbPath?: string | null | undefined;
  /**
   * A PostgreSQL server instead of a file, as libpq writes it: `postgres://user:password@host:port/database?sslmode=verify-full`.
   * Several hosts are tried in their order. Certificates are checked unless the host is this machine or `sslmode` says otherwise.
   * The password is in no message and no log. Either this or `dbPath`. Default: none.
   */
  url?: string | null | undefined;
  /** The schema of PostgreSQL that the tables are in; it is made where it is missing. Default: `visual_db`. */
  schema?: string | null | undefined;
  /** Open an existing file and never change it. Default: `false`. */
  readonly?: boolean | undefined;
  /** A missing file is an error. Default: `false`. */
  fileMustExist?: boolean | undefined;
  /** Milliseconds to wait for another process's lock; a server's answer may take a second longer. Default: 5000. */
  timeout?: number | undefined;
  /** `'full'`: no acknowledged commit is lost in a power cut. Default: `'normal'`. */
  synchronous?: 'normal' | 'full' | undefined;
  /** Permissions of a new file. Default: `0o600`. */
  mode?: number | undefined;
  /** A logger for what happens, such as `console`. Default: none. */
  logger?: Logger | null | undefined;
  /**
   * Called for each call on this database, and for each statement on its raw handle, once it has ended; what it throws changes nothing. See
   * {@link traceCalls} for OpenTelemetry, and the tracing channel `visual-db:call` of `node:diagnostics_channel` for all databases.
   * Default: none.
   */
  onQuery?: ((query: ObservedQuery) => void) | null | undefined;
  /** The clock for the times that are written, in milliseconds since 1970. Leases don't depend on it. Default: the process's own. */
  clock?: (() => number) | null | undefined;
  /** How much memory kept answers, for reads that repeat, may take, in bytes; 0: none. Default: 16 MiB. */
  cacheSize?: number | undefined;
  /** `false`: a file of an older version is an error instead of being migrated. Default: `true`. */
  migrate?: boolean | undefined;
  /**
   * `true`: an unknown key, here or in an argument of a method, is a `TypeError` with `code` `'ERR_UNKNOWN_KEY'` that
   * names the nearest known one. Default: `false`: it is ignored; a near-miss is reported once by
   * `process.emitWarning` with `code` `'VISUAL_DB_NEAR_MISS'`.
   */
  strict?: boolean | undefined;
  /** How much output of a run is kept, in bytes; beyond that, output from the middle is dropped, the oldest first. Default: 8 MiB. */
  maxOutputBytes?: number | undefined;
  /** Backups at intervals, for as long as the database is open; they don't hold the process open. Default: none. */
  backups?: BackupSchedule | false | null | undefined;
  /**
   * What this process prunes at intervals, for as long as the database is open; it doesn't hold the process open. Default: the policy in
   * the file ({@link VisualDatabase.setRetention}), if it has one. `false`: this process prunes nothing.
   */
  retention?: Retention | false | null | undefined;
}

/** A call that has ended, as `onQuery` gets it. */
export interface ObservedQuery {
  /** The method of {@link VisualDatabase}; of a statement on the raw handle `'run'`, `'get'`, `'all'`, `'iterate'` or `'exec'`. */
  method: string;
  /** The statement's SQL, with its parameters; `null` for a method of {@link VisualDatabase}. */
  sql: string | null;
  /** How long it took, in milliseconds; for a call that gave a promise, until that was settled. */
  durationMs: number;
  /** How many rows it gave, if the answer is a list or a page of one; `null` for other answers. */
  rows: number | null;
  /** What it threw, or `null`. */
  error: unknown;
}

/**
 * A call as the tracing channel `visual-db:call` of `node:diagnostics_channel` publishes it: the same object at its beginning and its end.
 */
export interface CallMessage {
  /** The database on which the method is called. */
  readonly database: VisualDatabase | Database;
  readonly method: string;
  /** The SQL of a statement. */
  readonly sql?: string;
  readonly arguments: readonly unknown[];
  /** `performance.now()` at its beginning. */
  readonly startedAt: number;
  /** Milliseconds; `null` until its end. */
  readonly durationMs: number | null;
  /** Whether the call has returned a promise that is not settled yet: then `asyncEnd` is its end. */
  readonly pending: boolean;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What {@link VisualDatabase.metrics} takes. */
export interface MetricsOptions {
  /** The beginning of all names. Default: `'visual_db_'`. */
  prefix?: string;
  /** Labels for every line, to tell several databases apart. Default: none. */
  labels?: Readonly<Record<string, string>>;
}

/** What {@link traceCalls} takes. */
export interface TraceOptions {
  /** Default: the one that is registered globally. */
  tracerProvider?: { getTracer(name: string, version?: string): object } | null;
  /** Default: the one that is registered globally. */
  meterProvider?: { getMeter(name: string, version?: string): object } | null;
  /** Whether spans have the SQL of statements. Default: only of those with parameters, since other SQL may contain values. */
  queryText?: boolean | null;
}

/**
 * Makes a span of OpenTelemetry for each call on any database of this process, and for each statement on a raw handle, and records how
 * long they take in the histogram `db.client.operation.duration`, by the semantic conventions for databases. Needs
 * `@opentelemetry/api`, which the application installs.
 *
 * @returns a function that stops it
 * @throws {Error} `code` `'ERR_NO_OPENTELEMETRY'`: `@opentelemetry/api` is not installed
 * @throws {TypeError} for an option of a wrong kind, or an unknown one
 * @example
 * const stop = traceCalls();
 */
export function traceCalls(options?: TraceOptions): () => void;

/** A length of time: milliseconds, or a text such as `'90s'`, `'30m'`, `'12h'`, `'7d'`, `'4w'`, `'1y'` (365 days). */
export type Duration = string | number;

/** What is kept. Without a key, that part is kept for good, except `changes`. */
export interface RetentionPolicy {
  /** How long prompts, results and output of runs are kept after their end. */
  bodies?: Duration | null;
  /** How long output is kept. */
  output?: Duration | null;
  /** How long runs are kept at all. */
  runs?: Duration | null;
  /** How many runs of each zone are kept, the newest ones. */
  perZone?: number | null;
  /** How many bytes of the file may be in use: beyond that, the oldest bodies are removed, and then runs. */
  maxBytes?: number | null;
  /** How long the log of changes is kept, from which the feed and boards of the past are read. Default: 7 days. */
  changes?: Duration | null;
}

/** A policy, and how often it is applied. */
export interface Retention extends RetentionPolicy {
  /** At least a second. Default: `'1h'`. */
  every?: Duration | null;
}

/** The policy in a file: times as texts, `null` for what is kept for good. */
export interface StoredRetention {
  bodies: string | null;
  output: string | null;
  runs: string | null;
  perZone: number | null;
  maxBytes: number | null;
  changes: string | null;
  every: string;
}

/** What {@link VisualDatabase.prune} takes. */
export interface PruneOptions extends RetentionPolicy {
  /**
   * `true`: only say everything that would be removed at this moment, whatever `budgetMs` is; `diskBytes` is 0 then. This also works on a
   * `readonly` connection and within a transaction. How much has to go for `maxBytes` is estimated from the lengths of the texts, to
   * about a fifth.
   */
  dryRun?: boolean | null;
  /** About how long the call may take, in milliseconds. Default: 50. */
  budgetMs?: number | null;
}

/** The result of pruning. */
export interface Pruned {
  /** How many runs were removed. */
  runs: number;
  /** How many runs lost prompt and result. */
  bodies: number;
  /** How many bytes of text were removed. */
  bytes: number;
  /** By how many bytes the file has become smaller. */
  diskBytes: number;
  /** Whether there is more to prune: call it again. */
  more: boolean;
}

/** How far an export is. */
export interface ExportStep {
  stage: 'export';
  /** How many lines are written, and about how many there will be. */
  lines: number;
  ofLines: number;
  bytes: number;
}

/** How far an import is: lines are checked, then taken in all at once. */
export interface ImportStep {
  stage: 'check' | 'import' | 'done';
  lines: number;
  bytes: number;
}

/** What {@link VisualDatabase.exportAll} takes. */
export interface ExportOptions {
  /** `'jsonl'`: all of the board, a row a line. `'otlp-json'`: what ran, as spans of OpenTelemetry. Default: `'jsonl'`. */
  format?: 'jsonl' | 'otlp-json';
  /** Only runs and moves at this time or later (ISO 8601 or a Date); open runs are always included. */
  since?: string | Date | null;
  /** Called with how far it is; what it throws ends the export, and the promise rejects with it. */
  onProgress?: ((step: ExportStep) => void) | null;
}

/** What was exported. */
export interface Exported {
  format: 'jsonl' | 'otlp-json';
  lines: number;
  bytes: number;
}

/** What was imported: how many lines there were, how many of them the board had already, and how many rows it got. */
export interface Imported {
  lines: number;
  equal: number;
  zones: number;
  worktrees: number;
  assignments: number;
  executions: number;
  runs: number;
  /** Pieces of output. */
  output: number;
  moves: number;
  archived: number;
}

/** Where an export goes: a file that doesn't exist yet, or a stream of Node or of the web, which is ended. */
export type ExportTarget =
  | string
  | {
      write(bytes: Uint8Array): boolean;
      end(): unknown;
      on(event: string, listener: (...values: any[]) => void): unknown;
      once(event: string, listener: (...values: any[]) => void): unknown;
    }
  | {
      getWriter(): {
        readonly ready: PromiseLike<unknown>;
        write(bytes: Uint8Array): PromiseLike<unknown>;
        close(): PromiseLike<unknown>;
        abort(reason?: unknown): PromiseLike<unknown>;
      };
    };

/** Where an import comes from. */
export type ImportSource = string | AsyncIterable<Uint8Array | string>;

/** For how many hours, days, weeks (from Monday) and months, in UTC, the newest backup is kept. Not given: none. */
export interface BackupRetention {
  hourly?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
}

/** Backups at intervals. If several processes have the database open, one at a time makes them. */
export interface BackupSchedule {
  /** Default: `backups` beside the database. */
  folder?: string;
  /** Milliseconds, or a text such as `'30m'`, `'1h'`, `'1d'`; at least a second. Default: `'1h'`. */
  every?: string | number;
  /** Default: `{ hourly: 24, daily: 7, weekly: 4, monthly: 12 }`. */
  keep?: BackupRetention;
}

/** How far a backup or a restore is. */
export interface BackupStep {
  stage: 'verify' | 'copy' | 'check' | 'publish' | 'safety' | 'restore' | 'replace';
  /** Pages that this stage copies; 0 where it copies none. */
  totalPages: number;
  remainingPages: number;
}

/** A backup, by its manifest, or without one by the file itself. */
export interface Backup {
  path: string;
  /** Whether there is a manifest beside it (`<path>.json`), whose checksum could be compared. */
  hasManifest: boolean;
  /** The version of the manifest's format. */
  format: 1;
  /** ISO 8601, UTC, milliseconds. */
  createdAt: string;
  /** `'backup'`: on demand or at intervals; `'migration'`, `'safety'`: before a migration, or before a restore. */
  kind: 'backup' | 'migration' | 'safety';
  bytes: number;
  /** SHA-256 in hexadecimal. `listBackups` doesn't compute it: empty there without a manifest. */
  sha256: string;
  /** 0 for a file of the JavaScript layer. */
  schemaVersion: number;
  counts: DatabaseStats;
  /** What was wrong with the database when this copy of it was made. */
  damage?: string;
  packageVersion: string | null;
  sqliteVersion: string | null;
}

/** A file in a folder of backups that can't be a good one. */
export interface BackupProblem {
  path: string;
  problem: string;
}

/** What a restore did. */
export interface Restored {
  /** The database. */
  path: string;
  backup: string;
  /** As a transaction in the live file; as a new file; or in place of one that can't be opened. */
  how: 'transaction' | 'created' | 'replaced';
  /** The previous content: the path of a backup, or of the file that was moved aside; `null` where there was none. */
  safety: string | null;
  schemaVersion: number;
  counts: DatabaseStats;
}

/**
 * The data layer of an agent canvas: worktrees, zones and every run of an agent, in one SQLite file or on a PostgreSQL server. All
 * methods are synchronous, except `waitForRun`, `watch`, `backup`, `exportAll` and `importAll`.
 *
 * After `close()` every method throws `TypeError('The database connection is not open')`. A failure of SQLite is a
 * {@link SqliteError}; a caller's mistake a `TypeError` or `RangeError` that names the method's field and what it got.
 * {@link VisualDatabaseError} has the properties that programs can test. After any error the database is as it was before the
 * call.
 *
 * @example
 * const db = new VisualDatabase({ dbPath: 'data/visual.db' });
 * db.createWorktree({ id: 'wt-1', path: '/tmp/wt-1', port: 3001, branchName: 'feature/login' });
 *
 * @typeParam Types the application's types of statuses, triggers, agents, actions and results
 */
export class VisualDatabase<Types extends CanvasTypes = CanvasTypes> {
  /**
   * Opens the file, making or migrating it where needed.
   *
   * @param config options, or just the path
   * @throws {SqliteError} naming the path and the reason where it can't be opened; the file is as it was then
   * @throws {TypeError | RangeError} for an option of a wrong kind
   */
  constructor(config?: VisualDatabaseOptions | string | null);

  /** The raw handle on the same connection, in better-sqlite3's shape. */
  readonly db: Database;

  /**
   * Stores a new worktree.
   *
   * @returns it, as it is stored
   * @throws {SqliteError} `SQLITE_CONSTRAINT_UNIQUE` for a port that is taken, `SQLITE_CONSTRAINT_PRIMARYKEY` for an
   *   id, `SQLITE_CONSTRAINT_NOTNULL` where `path`, `port` or `branchName` is missing
   * @example db.createWorktree({ id: 'wt-1', path: '/tmp/wt-1', port: 3001, branchName: 'feature/login' })
   */
  createWorktree(worktree: NewWorktree<StatusOf<Types>>): WorktreeOf<Types>;
  /**
   * Stores many new worktrees, all or nothing. The error's `index`, and its message, say which was refused.
   *
   * @returns them, as they are stored
   */
  createWorktrees(worktrees: readonly NewWorktree<StatusOf<Types>>[]): WorktreeOf<Types>[];
  /** The worktree with this id, or `null`. */
  getWorktree(id: string | null | undefined): WorktreeOf<Types> | null;
  /**
   * Worktrees, newest `createdAt` first, equal ones in order of insertion.
   *
   * @param filter `status`: only those; falsy or missing: all
   */
  listWorktrees(filter?: { status?: StatusOf<Types> | null | undefined }): WorktreeOf<Types>[];
  /**
   * The worktrees that match a filter, a page at a time.
   *
   * @returns a page; while others write, each worktree is seen exactly once that doesn't change what the filter or the order asks for
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is not the `next` of a page of this filter and order
   * @throws {TypeError | RangeError} for a filter of a wrong kind, a limit out of its range
   * @example db.findWorktrees({ branchName: 'feature/*', hasOpenRuns: true, metadata: { team: 'web' }, orderBy: 'branch' }).items
   */
  findWorktrees(filter?: WorktreeFilter<StatusOf<Types>>): Page<WorktreeOf<Types>>;
  /**
   * Changes a worktree.
   *
   * @param options `ifRevision`: changes it only if this is still its revision, as `getBoard` gave it
   * @returns it, as it is stored now, or `null` where there is none. With nothing to change `updatedAt` stays.
   * @throws {Error} `code` `'ERR_CONFLICT'`: it or its metadata was changed since; `current` is what it is now, with its
   *   `revision` and `metadata`
   * @example db.updateWorktree('wt-1', { status: 'completed', position: { x: 500 } })
   */
  updateWorktree(
    id: string | null | undefined,
    changes: WorktreeChanges<StatusOf<Types>>,
    options?: { ifRevision?: string | null | undefined },
  ): WorktreeOf<Types> | null;
  /**
   * Changes a worktree's path, port and branch, which `updateWorktree` leaves as they are. An unknown key is a `TypeError`.
   *
   * @returns it, as it is stored now. With nothing to change `updatedAt` stays.
   * @throws {Error} `Worktree not found: <id>`, `code` `'ERR_NOT_FOUND'`
   * @throws {SqliteError} `SQLITE_CONSTRAINT_UNIQUE` for a port that another worktree has
   * @example db.relocateWorktree('wt-1', { path: '/srv/wt-1', port: 3002 })
   */
  relocateWorktree(id: string, location: WorktreeRelocation): WorktreeOf<Types>;
  /**
   * Deletes a worktree, its assignment and its executions.
   *
   * @throws {Error} `Worktree not found: <id>`, `code` `'ERR_NOT_FOUND'`
   */
  deleteWorktree(id: string): true;

  /**
   * Stores a new zone.
   *
   * @returns it, as it is stored
   * @throws {SqliteError} `SQLITE_CONSTRAINT_PRIMARYKEY` for an id that is taken, `SQLITE_CONSTRAINT_NOTNULL` where
   *   `name` is missing
   * @example db.createZone({ id: 'zone-dev', name: 'Development', agents: ['frontend', 'backend'] })
   */
  createZone(zone: NewZoneOf<Types>): ZoneOf<Types>;
  /** The zone with this id, or `null`. */
  getZone(id: string | null | undefined): ZoneOf<Types> | null;
  /** All zones, newest `createdAt` first, equal ones in order of insertion. */
  listZones(): ZoneOf<Types>[];
  /** Changes a zone; otherwise like {@link updateWorktree}. */
  updateZone(
    id: string | null | undefined,
    changes: ZoneChangesOf<Types>,
    options?: { ifRevision?: string | null | undefined },
  ): ZoneOf<Types> | null;
  /**
   * Deletes a zone, its assignments and its executions.
   *
   * @throws {Error} `Zone not found: <id>`, `code` `'ERR_NOT_FOUND'`
   */
  deleteZone(id: string): true;

  /**
   * Puts a worktree into a zone, and takes it out of the one that it was in.
   *
   * @throws {SqliteError} `SQLITE_CONSTRAINT_FOREIGNKEY` for an unknown worktree or zone; it stays where it was then
   */
  assignWorktreeToZone(worktreeId: string, zoneId: string): true;
  /** Puts many worktrees into a zone, in this order, all or nothing. The error's `index` says which was refused. */
  assignWorktreesToZone(worktreeIds: readonly string[], zoneId: string): true;
  /** The id of the zone that a worktree is in, or `null`. */
  getWorktreeZone(worktreeId: string | null | undefined): string | null;
  /** Takes a worktree out of its zone, if it is in one. */
  removeWorktreeFromZone(worktreeId: string | null | undefined): true;
  /** The worktrees in a zone, in the order in which they were assigned. */
  getWorktreesInZone(zoneId: string | null | undefined): WorktreeOf<Types>[];

  /**
   * Records a run of an agent.
   *
   * @returns its new id
   * @throws {SqliteError} `SQLITE_CONSTRAINT_FOREIGNKEY` for an unknown zone or worktree
   * @example
   * db.recordExecution({ zoneId: 'zone-dev', worktreeId: 'wt-1', agentType: 'qa', prompt: 'Test it', result: {}, success: true })
   */
  recordExecution(execution: NewExecutionOf<Types>): string;
  /**
   * Records many runs, all or nothing. The error's `index` says which was refused.
   *
   * @returns their ids
   */
  recordExecutions(executions: readonly NewExecutionOf<Types>[]): string[];
  /**
   * The execution with this id, or `null`.
   *
   * @typeParam R what the caller knows of this one's result, where that is more than of all
   * @example db.getExecution<{ files: string[] }>(runId)?.result.files
   */
  getExecution<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    id: string | null | undefined,
  ): Execution<R> | null;
  /**
   * The latest executions in a zone, newest first.
   *
   * @param limit how many at most: an integer or a string of one; -1 is all, default 100
   * @typeParam R what the caller knows of their results
   * @throws {RangeError} for `null`, NaN or a fraction
   */
  getExecutionHistory<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    zoneId: string | null | undefined,
    limit?: number | bigint | string,
  ): Execution<R>[];
  /** The latest executions in a worktree; otherwise like {@link getExecutionHistory}. */
  getWorktreeExecutions<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    worktreeId: string | null | undefined,
    limit?: number | bigint | string,
  ): Execution<R>[];
  /** Counts executions: all, those of a zone, of a worktree, or of a worktree in a zone. It costs the same at any size of the history. */
  getExecutionStats(filter?: {
    zoneId?: string | null | undefined;
    worktreeId?: string | null | undefined;
  }): ExecutionStats;
  /**
   * Enqueues a run, for a worker to claim.
   *
   * @returns the run; if one that has not ended has the same `idempotencyKey`, that one, and none is created
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: there is no such zone, worktree or parent
   * @throws {TypeError | RangeError} for a field that is missing, of a wrong kind or out of its range
   * @example
   * const run = db.enqueueRun({ zoneId: 'zone-dev', worktreeId: 'wt-1', agentType: 'frontend', prompt: 'Build it' });
   * run.status; // 'queued'
   */
  enqueueRun(run: NewRun): RunOf<Types>;
  /**
   * Enqueues many runs, all or nothing. The error's `index` says which was refused.
   *
   * @returns them, in the same order
   * @throws as {@link enqueueRun}
   * @example db.enqueueRuns(prompts.map((prompt) => ({ zoneId: 'zone-dev', worktreeId: 'wt-1', agentType: 'qa', prompt })));
   */
  enqueueRuns(runs: readonly NewRun[]): RunOf<Types>[];
  /**
   * Enqueues a run and claims it in one call, for a program that runs the agent itself.
   *
   * @returns as {@link claimRun}; if a queued run has the same `idempotencyKey`, that one
   * @throws {Error} `code` `'ERR_RUN_LIMIT'`: as many runs are running as may; `'ERR_BUDGET'`: a budget is spent; `'ERR_CONFLICT'`: a run
   *   with the same `idempotencyKey` is running or waiting; otherwise as {@link enqueueRun}. Nothing is queued then
   * @example const { run, token } = db.startRun(wanted, { workerId: 'worker-1', leaseMs: 30_000 });
   */
  startRun(run: NewRun, options: Pick<ClaimOptions, 'workerId' | 'leaseMs'>): ClaimedRunOf<Types>;
  /**
   * Takes runs from the queue: first those that a person has answered, then by the highest priority, by the zone in which the
   * fewest are running, by age. Before, runs whose leases ran out are recovered. Run limits and budgets are checked in the same
   * transaction; two workers never get the same run.
   *
   * @param options `limit`: how many at most, 1 to 1,000, default 1
   * @returns them, with the token of each; `[]` where nothing may be claimed
   * @throws {TypeError | RangeError} for an option of a wrong kind or out of its range
   * @example for (const { run, token } of db.claimRuns({ workerId: 'worker-1', limit: 4 })) void work(run, token);
   */
  claimRuns(options: ClaimOptions & { limit?: number | null | undefined }): ClaimedRunOf<Types>[];
  /**
   * Takes one run from the queue, or gives `null`; otherwise like {@link claimRuns}.
   *
   * @example const claimed = db.claimRun({ workerId: 'worker-1', agentTypes: ['frontend'] });
   */
  claimRun(options: ClaimOptions): ClaimedRunOf<Types> | null;
  /**
   * Waits until there is a run to take, and takes it; otherwise like {@link claimRun}. It is woken within 100 ms of any process's
   * commit, and runs no statement while nothing happens.
   *
   * @param options `signal` ends the waiting: the promise is rejected with its `reason`
   * @throws by rejecting the promise, also where the database is closed meanwhile
   * @example const { run, token } = await db.waitForRun({ workerId: 'worker-1', signal: AbortSignal.timeout(60_000) });
   */
  waitForRun(options: ClaimOptions & { signal?: Signal | null | undefined }): Promise<ClaimedRunOf<Types>>;
  /**
   * Says that the worker is still at work: its lease is lengthened, never shortened.
   *
   * @param token of the claim
   * @param options `leaseMs`: for how long from now, 1 to 86,400,000; default: as long as at the claim
   * @returns until when the lease lasts, whether to stop, and what is left of the budget
   * @throws {Error} `code` `'ERR_LEASE_LOST'`: the token doesn't hold the run, so stop working on it; `'ERR_NOT_FOUND'`
   * @example if (db.heartbeatRun(run.id, token).cancelRequested) agent.kill();
   */
  heartbeatRun(id: string, token: number, options?: { leaseMs?: number | null | undefined }): Lease;
  /**
   * Appends to a run's output, which is never rewritten. Beyond `maxOutputBytes`, output from the middle is dropped, the oldest first.
   *
   * @param token of the claim
   * @param options `expectedSequence`: the number that the first of the chunks is to have. Repeat a call whose answer was lost with the
   *   same number: the chunks are appended once
   * @returns the number that the next chunk will have
   * @throws {Error} `code` `'ERR_LEASE_LOST'`; `'ERR_CONFLICT'`: the chunks would leave a hole or overlap, `current` is the next
   *   number; `'ERR_NOT_FOUND'`
   * @example next = db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'ok 1\n' }], { expectedSequence: next });
   */
  appendOutput(
    id: string,
    token: number,
    chunks: readonly NewOutputChunk[],
    options?: { expectedSequence?: number | null | undefined },
  ): number;
  /**
   * A run's output after the first `after` chunks, also while the run is running.
   *
   * @param options `after`: an earlier `next`, default 0; `limit`: 1 to 1,000, default 50
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @example const { items, next, truncated } = db.getOutput(run.id, { after: 0, limit: 1000 });
   */
  getOutput(id: string, options?: { after?: number | null | undefined; limit?: number | null | undefined }): OutputPage;
  /**
   * Counts what a run used, at the time of this call. It works after the run's end, too, and without a token: what was spent was spent.
   * It still counts for budgets when run, worktree or zone are deleted.
   *
   * @returns what the run used in all its attempts together
   * @throws {RangeError} for an amount that is negative, not whole or beyond 2⁵³, or whose sum would be, and for more cached
   *   input tokens than input tokens
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @example
   * db.recordUsage(run.id, { eventId: 'msg-1', model: 'large', inputTokens: 1200, cachedInputTokens: 1000, costMicros: 4500 });
   */
  recordUsage(id: string, usage: NewUsage): Usage;
  /**
   * Asks a person: the run waits, without a lease, without counting for limits, and without its `timeoutMs` running.
   *
   * @param token of the claim, which ends with this
   * @returns it: `'waiting'`, or `'cancelled'` where somebody wanted it to stop
   * @throws {Error} `code` `'ERR_LEASE_LOST'` or `'ERR_NOT_FOUND'`
   * @example db.waitRun(run.id, token, { question: 'May I delete the old migration?' });
   */
  waitRun(id: string, token: number, options: { question: string }): RunOf<Types>;
  /**
   * Answers a waiting run: it becomes the first in the queue, and the next claim goes on with the same attempt.
   *
   * @returns it: `'queued'`
   * @throws {Error} `code` `'ERR_RUN_TRANSITION'`: it doesn't wait; `'ERR_NOT_FOUND'`
   * @example db.answerRun(run.id, { answer: 'Yes' });
   */
  answerRun(id: string, options: { answer: string }): RunOf<Types>;
  /**
   * Ends a run, and records it as an execution under the same id. One that `'failed'` with attempts left is queued again
   * instead, after a backoff.
   *
   * @param token of the claim; a second call with the same token returns the run, whatever has happened since
   * @throws {Error} `code` `'ERR_LEASE_LOST'`: nothing was changed; `'ERR_NOT_FOUND'`
   * @example db.finishRun(run.id, token, { status: 'succeeded', exitCode: 0, result: { files: ['login.js'] } });
   */
  finishRun(id: string, token: number, outcome: RunOutcomeOf<Types>): RunOf<Types>;
  /**
   * Gives a run back: it is queued again at once, and the attempt doesn't count.
   *
   * @param token of the claim, which ends with this
   * @returns it: `'queued'`, or `'cancelled'` where somebody wanted it to stop
   * @throws {Error} `code` `'ERR_LEASE_LOST'` or `'ERR_NOT_FOUND'`
   * @example process.once('SIGTERM', () => db.releaseRun(run.id, token));
   */
  releaseRun(id: string, token: number): RunOf<Types>;
  /**
   * Cancels a run. A queued or waiting run ends now; a running one gets `cancelRequestedAt`, of which its heartbeat tells the worker.
   *
   * @param options `reason`: becomes its `error`, for people
   * @throws {Error} `code` `'ERR_RUN_TRANSITION'`: it has ended; `'ERR_NOT_FOUND'`
   * @example db.cancelRun(run.id, { reason: 'The issue was closed' });
   */
  cancelRun(id: string, options?: { reason?: string | null | undefined }): RunOf<Types>;
  /**
   * Enqueues the same again as a run that has ended.
   *
   * @param changes what is to differ
   * @returns a new run, whose `retryOf` is that one's id
   * @throws {Error} `code` `'ERR_RUN_TRANSITION'`: it has not ended; else as {@link enqueueRun}
   * @example db.retryRun(run.id, { prompt: `${run.prompt} Mind the tests.` });
   */
  retryRun(id: string, changes?: RunChanges): RunOf<Types>;
  /**
   * Takes runs away from workers whose lease ran out, and ends those that were worked on for longer than their `timeoutMs`.
   * Every claim does so, too; an orchestrator that can ask its workers calls it at intervals.
   *
   * @param options `isAlive` is called for each run whose lease ran out, outside the transaction, and lengthens the lease by
   *   returning true; what it throws is thrown, and nothing is swept. `graceMs`: how long ago a lease may have run out, 0 to
   *   86,400,000, default 0
   * @returns what became of the runs; one that somebody wanted to stop is cancelled, and in none of the lists
   * @throws {TypeError} where `isAlive` is no function, or returns a promise
   * @example db.sweepRuns({ isAlive: (workerId) => workers.has(workerId) });
   */
  sweepRuns(options?: {
    isAlive?: ((workerId: string, run: Run<Read<Types, 'Result'>, 'running'>) => boolean) | null | undefined;
    graceMs?: number | null | undefined;
  }): Swept;
  /**
   * Sets how many runs may run at once: of all, of a zone, of an agent, or of an agent in a zone. `null`: no limit.
   *
   * @param scope `{}` is all runs
   * @param limit 0 and more; at 0 none is claimed. Running runs go on
   * @throws {TypeError | RangeError} for a limit that is no such integer
   * @example db.setRunLimit({ agentType: 'frontend' }, 2);
   */
  setRunLimit(
    scope: { zoneId?: string | null | undefined; agentType?: string | null | undefined },
    limit: number | null,
  ): void;
  /**
   * Sets how many worktrees a zone is to have at most. `null`: no limit. It doesn't hinder `assignWorktreeToZone` and other
   * programs.
   *
   * @param limit 0 and more
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @throws {TypeError | RangeError} for a limit that is no such integer
   * @example db.setWipLimit('zone-review', 3);
   */
  setWipLimit(zoneId: string, limit: number | null): void;
  /**
   * All run limits, with how many runs are running: the limit for all runs first, then by zone and agent.
   *
   * @example db.getRunLimits() // [{ scope: { zoneId: null, agentType: 'frontend' }, limit: 2, running: 1 }]
   */
  getRunLimits(): RunLimit[];
  /**
   * Sets how much may be spent in each period, on all runs or on those of a zone, a worktree or an agent. Once it is spent,
   * no run that counts for it is claimed; the workers of running ones hear it at their heartbeat. `null`: no budget.
   *
   * @param scope at most one of `zoneId`, `worktreeId` and `agentType`; `period`; `timeZone`, in which days and months
   *   begin, default `'UTC'`
   * @param costMicros millionths, 0 and more; what was spent earlier in the period counts
   * @throws {TypeError | RangeError} for a scope of two, an unknown period or time zone, an amount that is no such integer
   * @example db.setBudget({ zoneId: 'zone-dev', period: 'day', timeZone: 'Europe/Berlin' }, 20_000_000);
   */
  setBudget(
    scope: {
      zoneId?: string | null | undefined;
      worktreeId?: string | null | undefined;
      agentType?: string | null | undefined;
      period: 'day' | 'month' | 'total';
      timeZone?: string | null | undefined;
    },
    costMicros: number | null,
  ): void;
  /**
   * All budgets, with what is spent and left of each: those for all runs first.
   *
   * @example db.getBudgets()[0]?.remainingMicros
   */
  getBudgets(): Budget[];
  /**
   * The run with this id, including executions that were only recorded, or `null`.
   *
   * @typeParam R what the caller knows of this one's result, where that is more than of all
   * @example db.getRun(run.id)?.status
   */
  getRun<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(id: string | null | undefined): Run<R> | null;
  /**
   * Runs, including those that were only recorded as executions; newest first, unless `orderBy` says otherwise. The cost of a page depends
   * on its rows, not on its position: it is read along the index of the order or of a filter.
   *
   * @returns a page; while others write, each run is seen exactly once that doesn't change what the filter or the order asks for
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is not the `next` of a page of this filter and order
   * @throws {TypeError | RangeError} for a filter of a wrong kind, a limit out of its range
   * @example
   * let page = db.listRuns({ zoneId: 'zone-dev', status: ['queued', 'running', 'waiting'] });
   * while (page.next !== null) page = db.listRuns({ zoneId: 'zone-dev', status: ['queued', 'running', 'waiting'], after: page.next });
   * const [dearest] = db.listRuns({ since: new Date(Date.now() - 86_400_000), orderBy: 'costliest', limit: 1 }).items;
   * const [{ prompt }] = db.listRuns({ fields: 'full', limit: 1 }).items;
   */
  listRuns(filter: RunFilter & { fields: 'full' }): Page<RunOf<Types>>;
  listRuns(filter?: RunFilter): Page<RunSummary<RunOf<Types>>>;
  /**
   * How runs went, in buckets by the time at which they ended: a row for each bucket of each series, also the empty ones, series by
   * series. A run of several models counts in each of their series, one without a model in none; a run with an unreadable time is in none.
   * Runs of archived worktrees count; where an id was used again, each worktree that had it has its own series under that key.
   * With `by`, there is a series for each key that has runs, and for each that the filter names.
   *
   * With one `by`, or one of `zoneId`, `worktreeId`, `agentType`, `model` and `branchName`, the cost depends on the buckets, not on the
   * history. With another filter, or several, the runs of that time are counted one by one.
   *
   * @throws {TypeError | RangeError} for a filter of a wrong kind, for too many buckets or series (200,000 hours, 500,000 rows)
   * @example
   * const days = db.getTrend({ bucket: 'day', by: 'zone', timeZone: 'Europe/Berlin', since: '2026-03-01T00:00:00+01:00' });
   * days.filter(({ key }) => key === 'zone-dev').map(({ start, runs, successRate, durationMs }) => [start, runs, successRate, durationMs.p90]);
   */
  getTrend(filter: TrendFilter & { bucket: 'hourOfWeek' }): Trend<number>[];
  getTrend(filter?: TrendFilter & { bucket?: Exclude<TrendBucket, 'hourOfWeek'> | null | undefined }): Trend[];
  getTrend(filter?: TrendFilter): Trend<string>[] | Trend<number>[];

  /**
   * Runs whose texts have all words of the text, each piece between spaces as it stands, whatever its case and accents; or, in
   * mode `'substring'`, the text itself, whatever its case. The best come first; if very many runs match, the latest 400 (200 for
   * a substring) are ranked, then those before them.
   *
   * @param text up to 1,000 characters; never syntax, unless `syntax` is `true`
   * @returns a page; each run is in it once, with the field that matches best
   * @throws {Error} `code` `'ERR_SEARCH_OFF'`: nobody has called {@link enableSearch}, or its index isn't built to the end and this
   *   connection may not go on with it; `'ERR_CURSOR'`: `after` is not the `next` of a page of this text and filter
   * @throws {TypeError | RangeError} for a text in which there is nothing to search for, a wrong expression, a filter of a wrong kind
   * @example
   * db.enableSearch();
   * for (const { run, field, snippet } of db.searchRuns('src/db.rs:42', { status: 'failed' }).items) console.log(run.id, field, snippet);
   */
  searchRuns(text: string, filter?: SearchFilter): Page<FoundRun<RunSummary<RunOf<Types>>>>;
  /**
   * Builds the index that {@link searchRuns} needs, and keeps it up to date in the file from then on. Others can write meanwhile; if the
   * process is killed, the next call goes on. It takes about 60 ms for 1,000 runs of 400 bytes, twice that for substrings.
   *
   * @returns what can be searched now, and how many runs are indexed
   * @throws {TypeError} within a transaction
   * @example db.enableSearch({ mode: 'substring', progress: ({ indexed, total }) => console.log(`${indexed} of ${total}`) });
   */
  enableSearch(options?: SearchOptions): { modes: SearchMode[]; indexed: number };
  /**
   * Removes the index from the file.
   *
   * @returns whether there was one
   * @throws {TypeError} within a transaction
   * @example db.disableSearch();
   */
  disableSearch(): boolean;

  /**
   * The prompt that a zone's template makes for a worktree. A name between `{{` and `}}` is replaced by its value:
   * `worktree.branchName` (`worktree.branch` is the same), `zone.name`, `github.title` of `variables`. Text goes in as it is,
   * `null` as nothing, everything else as its JSON; names in inserted values are not replaced.
   *
   * @param variables further values; members of nested objects and arrays are named by paths, `labels.0.name`
   * @returns `missing`: the names without a value, each once, which stay in the prompt as they are written
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such zone, or worktree
   * @throws {TypeError | RangeError} for variables that are no object, or nested more than 127 deep
   * @example const { prompt, missing } = db.renderPrompt('zone-review', 'wt-1', { github: { title: 'Log in' } });
   */
  renderPrompt(zoneId: string, worktreeId: string, variables?: object | null): RenderedPrompt;

  /**
   * A drop on the canvas, all or nothing: it sets the worktree's zone and position, writes the reason into the ledger, and with `enqueue`
   * enqueues a run for each agent of an `onDrop` zone, with a prompt from the zone's template. If the worktree is in that zone already,
   * only its position changes.
   *
   * @param zoneId `null` takes it out of its zone
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such worktree, or zone; `'ERR_CONFLICT'`: the worktree is not in `expectedZoneId`, but in
   *   `current`; `'ERR_WIP_LIMIT'`: the zone is full, with `current` worktrees
   * @throws {TypeError} for an agent of the zone that is no string and no object with `type` or `name`
   * @example
   * const { worktree, move, runs } = db.moveWorktree('wt-1', 'zone-review', { position: { x: 600 }, enqueue: true });
   */
  moveWorktree(worktreeId: string, zoneId: string | null, options?: MoveOptions): Dropped<Types>;
  /**
   * Makes several moves, all or none. The error has the `index` of the move that is refused.
   *
   * @example db.moveWorktrees([{ worktreeId: 'wt-1', zoneId: 'zone-done' }, { worktreeId: 'wt-2', zoneId: null }])
   */
  moveWorktrees(moves: readonly MoveOfMany[]): Dropped<Types>[];
  /**
   * Every change of a worktree's zone, by anybody, newest first. Moves outlive worktrees and zones. The cost of a page depends on its
   * rows, not on its position.
   *
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is not the `next` of a page of this filter
   * @throws {TypeError | RangeError} for a filter of a wrong kind, a limit out of its range
   * @example db.getMoves({ worktreeId: 'wt-1' }).items.map(({ from, to, at }) => `${at}: ${from} -> ${to}`)
   */
  getMoves(filter?: MoveFilter): Page<Move>;
  /**
   * The cumulative flow of worktrees through zones, from the ledger: how many are in each zone at the end of each bucket, how many come
   * and leave, and how long they stay.
   *
   * @throws {TypeError | RangeError} for a filter of a wrong kind, for more than 20,000 buckets
   * @example
   * const { buckets, leadTimeMs, timeInZoneMs } = db.getFlow({ bucket: 'week', timeZone: 'Europe/Berlin' });
   * buckets.at(-1)?.zones['zone-review']; // how many wait there now
   */
  getFlow(filter?: FlowFilter): Flow;
  /**
   * Undoes the last change that somebody made to the canvas, in whichever process: moves, positions, updates, relocations, metadata,
   * archiving and restoring, not creating and deleting. The changes of one transaction are undone together. Only changes through `db.as`,
   * by calls of this class, are remembered, for as long as the feed reaches back. An undo itself can't be undone, only redone.
   *
   * @param options `by`: whose change, default that of the actor of `db.as`. `onConflict`: what to do if others have changed the same
   *   values since; `'reject'`, the default, throws, `'skip'` goes on to the actor's change before
   * @returns the changes that this made, as in `getChanges`; `null` where there is nothing to undo
   * @throws {Error} `code` `'ERR_CONFLICT'`: somebody has changed the same since; `current` is the worktree or zone as it is now, `null`
   *   where it is gone. Nothing was changed
   * @throws {TypeError} where no actor is named, for a wrong actor or option
   * @example
   * const anna = db.as({ kind: 'user', id: 'anna' });
   * anna.moveWorktree('wt-1', 'zone-done');
   * anna.undo();
   */
  undo(options?: UndoOptions): Change[] | null;
  /**
   * Makes the change again that `undo` undid last. Once the actor has made another change to the canvas, there is nothing to redo.
   *
   * @param options as for `undo`
   * @returns the changes that this made; `null` where there is nothing
   * @throws {Error | TypeError} as `undo` does
   * @example anna.redo();
   */
  redo(options?: UndoOptions): Change[] | null;
  /**
   * Takes a worktree off the canvas with its history, all or nothing: its id, its port and its branch become free. Its executions
   * leave the four tables, but still count and are found by `getExecution`, the histories, `getRun` and `listRuns`; the JavaScript layer
   * doesn't see them. Its open runs are cancelled. A new worktree with its id has a history of its own.
   *
   * @param options `reason`: why, for the ledger and the archive
   * @returns the worktree as it is in the archive now
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such worktree
   * @throws {TypeError} for an id or a reason that is no string
   * @example const { key, executions } = db.archiveWorktree('wt-1', { reason: 'merged' });
   */
  archiveWorktree(id: string, options?: { reason?: string | null | undefined }): ArchivedWorktree<Types>;
  /**
   * Brings back the worktree that was archived last under an id, with its executions, its zone if that still exists, its metadata and what
   * its runs cost.
   *
   * @returns the worktree; its `updatedAt` changes only if its port does
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such worktree in the archive; `'ERR_CONFLICT'`: its id, its port or its branch
   *   (`field`) is taken by the worktree whose id is `current`, or a zone or an execution's id is not what it was; `'ERR_NO_PORT'`
   * @throws {TypeError | RangeError} for what is no id, port or key
   * @example db.restoreWorktree('wt-1', { port: 'auto' });
   */
  restoreWorktree(id: string, options?: RestoreOptions): WorktreeOf<Types>;
  /**
   * The archive, last archived first. The cost of a page depends on its rows, not on its position.
   *
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is not the `next` of a page of this list
   * @throws {TypeError | RangeError} for a limit out of its range
   * @example db.listArchived().items.map(({ worktree, archivedAt }) => `${archivedAt} ${worktree.branchName}`)
   */
  listArchived(options?: PageOptions): Page<ArchivedWorktree<Types>>;
  /**
   * Changes what is kept beside a worktree, a zone or a run, by JSON merge patch (RFC 7396): members are merged, `null`
   * removes one, everything else replaces the old value. Nothing is written where nothing changes.
   *
   * @param patch an object; `null` removes all
   * @returns all of the metadata
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @throws {RangeError} where the metadata would be more than 64 KiB of JSON, or nested more than 127 deep
   * @throws {TypeError} for another kind, a patch that is no object
   * @example db.setMetadata('worktree', 'wt-1', { pullRequest: { number: 7 }, draft: null });
   */
  setMetadata(kind: 'worktree' | 'zone' | 'run', id: string, patch: object | null): Metadata;
  /**
   * What is kept beside a worktree, a zone or a run; `{}` where nothing is.
   *
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @example db.getMetadata('worktree', 'wt-1') // { pullRequest: { number: 7 } }
   */
  getMetadata(kind: 'worktree' | 'zone' | 'run', id: string): Metadata;

  /**
   * The lowest port of a range that no worktree has. It doesn't reserve the port: `createWorktree({ port: 'auto' })` takes one.
   *
   * @param options `from`, default 3001, to `to`, default 3999, both included, 1 to 65,535; `isFree` is called for each port that no
   *   worktree has, from the lowest on, until it returns true: to check whether anybody else listens there, say
   * @throws {Error} `code` `'ERR_NO_PORT'`: none is free
   * @throws {TypeError | RangeError} for a wrong `from` or `to`, an `isFree` that is no function or returns a promise
   * @example db.allocatePort({ from: 4000, to: 4999, isFree: (port) => !reserved.has(port) });
   */
  allocatePort(options?: {
    from?: number | null | undefined;
    to?: number | null | undefined;
    isFree?: ((port: number) => boolean) | null | undefined;
  }): number;

  /**
   * Everything on the canvas, in one consistent read.
   *
   * @param options `runs`: also what the runs of each worktree add up to, which takes longer; default false. `at`: the board as it was at
   *   a time, ISO 8601 or a Date: zones with their templates, worktrees, assignments, metadata, limits, and the `next` of that time. A
   *   transaction of this package is never shown in part. `runs` are current, so they can't be combined with `at`
   * @throws {Error} `code` `'ERR_HISTORY_PRUNED'`: `at` is before everything that is kept
   * @throws {TypeError | RangeError} for an unknown key, `runs` that is no boolean, `at` that is no time
   * @example
   * const hourAgo = db.getBoard({ at: new Date(Date.now() - 3_600_000) });
   * for (const change of db.getChanges({ after: hourAgo.next }).items) replay(change);
   * @example for (const { id, revision, openRuns } of db.getBoard({ runs: true }).worktrees) show(id, revision, openRuns);
   */
  getBoard(options?: { runs?: boolean | null | undefined; at?: string | Date | null | undefined }): Board<Types>;
  /**
   * What anybody has changed, in the order in which it became visible: one sequence for worktrees, zones, assignments, executions, runs and
   * the rest, whichever program wrote it. The cost of a page depends on its rows, not on its place. Never has prompts of runs, results or
   * output.
   *
   * @returns the changes after `after`, and where to go on. `gap`: they are no longer in the log, which is kept for seven days (unless a
   * policy says otherwise) or 131,072 changes; a file that was restored, or copied over another, has another log from there on
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is no place in the feed
   * @throws {TypeError | RangeError} for an unknown entity, a limit out of its range
   * @example
   * let { next, ...board } = db.getBoard();
   * const changes = db.getChanges({ after: next });
   * if (!changes.gap) next = changes.next;
   */
  getChanges(options?: ChangesOptions): Changes<Types>;
  /**
   * Follows the changes of {@link VisualDatabase.getChanges} as they come, from this process and every other one, within 100 ms,
   * and without a statement while nothing happens. It keeps the process alive only while somebody waits for the next change. It ends
   * with `break`, `return()`, the signal and `close()`.
   *
   * @returns an async iterator; its `position` is what `after` takes to go on
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is no place in the feed. The iterator throws `code` `'ERR_HISTORY_PRUNED'` where the
   * log no longer has the changes after it: read `getBoard()` and go on from its `next`
   * @throws {TypeError} for an unknown entity
   * @example
   * for await (const { entity, id, fields } of db.watch({ entities: ['worktree', 'assignment'] })) console.log(entity, id, fields);
   */
  watch(options?: WatchOptions): Watch<Types>;
  /** Row counts of everything. */
  getStats(): DatabaseStats;
  /**
   * Metrics for dashboards and alerts, in Prometheus's text format (`text/plain; version=0.0.4`): rows, open runs by status, how long the
   * queue has waited, leases that ran out, how runs ended in the last hour, limits and budgets, sizes of the file and its WAL, backups,
   * kept answers. Times are in seconds, sizes in bytes, costs in whole units.
   *
   * @throws {TypeError} for a prefix or a label that Prometheus doesn't accept, or an unknown option
   * @example response.setHeader('content-type', 'text/plain; version=0.0.4').end(db.metrics());
   */
  metrics(options?: MetricsOptions): string;

  /**
   * The same database for an actor: runs and changes that are written through it name the actor in `by`. It is no copy: connection,
   * transactions and answers are the same, and `close()` closes both.
   *
   * @throws {TypeError} for an unknown `kind`, an `id` that is no non-empty string, an unknown key
   * @example
   * const anna = db.as({ kind: 'user', id: 'anna' });
   * anna.enqueueRun({ zoneId: 'zone-dev', worktreeId: 'wt-1', agentType: 'claude', prompt: 'Build it' }).by;
   */
  as(actor: By): this;

  /**
   * Runs `fn` in a transaction: all of it or nothing. If `fn` throws, the transaction is rolled back and the error rethrown. A nested
   * call is a savepoint. The write lock is taken at the start.
   *
   * @returns what `fn` returned
   * @throws {TypeError} where `fn` is no function or returns a promise
   * @example
   * db.transaction(() => {
   *   db.createWorktree(worktree);
   *   db.assignWorktreeToZone(worktree.id, 'zone-dev');
   * });
   */
  transaction<T>(fn: () => T extends PromiseLike<unknown> ? never : T): T;

  /** Closes the connection. A second close is harmless. */
  close(): void;

  /**
   * Removes what is not to be kept, for about `budgetMs`, in transactions of a few milliseconds: prompts, results and output
   * first (`bodiesPrunedAt` of a run says when), then runs. It never removes an open run, a run that an open one belongs to, or one with
   * `{ pinned: true }` as metadata. What is removed still counts in `getExecutionStats`, `getTrend` and `getMoves`, and is no change in
   * the feed. Without a policy, the one in the file applies.
   *
   * @throws {TypeError} within a transaction; for an unknown key
   * @throws {SqliteError} `SQLITE_READONLY` where the database was opened with `readonly`
   * @example while (db.prune({ bodies: '30d', runs: '1y' }).more);
   */
  prune(options?: PruneOptions): Pruned;
  /** The policy in the file; `null` where it has none. */
  getRetention(): StoredRetention | null;
  /**
   * Writes the policy into the file, for every process that has it open; `null`: everything is kept.
   *
   * @throws {TypeError | RangeError} for an unknown key or a value that is no length of time
   * @example db.setRetention({ bodies: '30d', output: '7d', runs: '1y' });
   */
  setRetention(retention: Retention | null): void;

  /**
   * Writes the whole board, from one snapshot, into a file or a stream, while others go on working: a line of JSON for each row.
   * `docs/retention.md` has the format. It leaves out tables of your own, the log of changes, boards of the past and undo.
   *
   * @throws {Error} `code` `'ERR_EXPORT_EXISTS'` where the file exists; the stream's own, the operating system's (`'ENOSPC'`, …)
   * @example const { lines } = await db.exportAll('board.jsonl');
   */
  exportAll(target: ExportTarget, options?: ExportOptions): Promise<Exported>;
  /**
   * Imports what {@link VisualDatabase.exportAll} wrote as `'jsonl'`: all lines are checked in a file of their own first, then all
   * become part of the board in one transaction, or none. Rows that the board has already with the same values are left out.
   *
   * @throws {Error} `code` `'ERR_IMPORT'` for a line that is no line of an export, `'ERR_CONFLICT'` for one that the board has with
   *   other values; `line` is its number from 1 on. Nothing was changed then
   * @throws {TypeError} within a transaction, or where the database was opened with `readonly`
   * @example const { runs, equal } = await db.importAll('board.jsonl');
   */
  importAll(source: ImportSource, options?: { onProgress?: ((step: ImportStep) => void) | null }): Promise<Imported>;

  /**
   * Makes a verified backup: one file and its manifest. The event loop stays free, and others can go on writing.
   *
   * @param path the file to make; default: named by the time, in `backups` beside the database. A database in memory
   *   needs a path. An earlier backup is replaced, any other file is not.
   * @param options `progress` is called at every step; what it throws stops the backup, and the promise rejects with it
   * @throws {Error} `code` `'ERR_BACKUP_EXISTS'`, `'ERR_BACKUP_DAMAGED'`, or the operating system's (`'ENOSPC'`, …)
   * @throws {SqliteError} such as `SQLITE_FULL`, naming the file
   * @example const { path } = await db.backup();
   */
  backup(path?: string | null, options?: { progress?: ((step: BackupStep) => void) | null }): Promise<Backup>;
  /** Like {@link VisualDatabase.backup}, but the backup is made when it returns. */
  backupSync(path?: string | null, options?: { progress?: ((step: BackupStep) => void) | null }): Backup;
  /**
   * Checks a backup completely: size, checksum, pages, foreign keys, schema, row counts. Never changes it.
   *
   * @throws {Error} `code` `'ERR_BACKUP_MISSING'`, `'ERR_BACKUP_EMPTY'`, `'ERR_BACKUP_NOT_A_DATABASE'`,
   *   `'ERR_BACKUP_TRUNCATED'`, `'ERR_BACKUP_CHANGED'`, `'ERR_BACKUP_DAMAGED'`, `'ERR_BACKUP_SCHEMA'`,
   *   `'ERR_BACKUP_NEWER'` or `'ERR_BACKUP_MANIFEST'`
   */
  static verifyBackup(path: string): Backup;
  /** The backups in a folder, newest first; `[]` for a folder that doesn't exist. */
  static listBackups(folder: string): (Backup | BackupProblem)[];
  /**
   * Removes those backups in a folder that are named by the time and that `keep` doesn't keep; never the last one
   * that verifies.
   *
   * @param options `dbPath` says whose backups (default: `data/visual.db`), `dryRun` removes nothing
   */
  static pruneBackups(
    folder: string,
    options?: { dbPath?: string | null; keep?: BackupRetention; dryRun?: boolean },
  ): { kept: string[]; removed: string[] };
  /**
   * Makes a database equal to a backup: verifies the backup, keeps a safety copy of what is replaced, then restores in one
   * transaction, so that others that have the file open see the restored rows.
   *
   * @param options `dbPath` is the database (default: `data/visual.db`); what `progress` throws stops the restore
   * @throws {Error} as `verifyBackup`, with the database unchanged to the byte; `code` `'ERR_RESTORE_SAME_FILE'`
   * @throws {SqliteError} `SQLITE_BUSY` where a writer doesn't finish within five seconds
   */
  static restore(
    backup: string,
    options?: { dbPath?: string | null; progress?: ((step: BackupStep) => void) | null },
  ): Restored;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/** What a call on another thread takes after its arguments. */
export interface CallOptions {
  /**
   * Aborting it ends the wait: the promise is rejected with its reason. A call that has not begun never begins; one that has
   * goes on to its end.
   */
  signal?: Signal | undefined;
}

/** Members that differ or are absent on {@link AsyncVisualDatabase}. */
type OtherwiseAsync =
  | 'db'
  | 'as'
  | 'close'
  | 'transaction'
  | 'watch'
  | 'getExecution'
  | 'getExecutionHistory'
  | 'getWorktreeExecutions'
  | 'getRun'
  | symbol;

/** Methods of {@link VisualDatabase}, each of which gives a promise. */
export type Promised<Methods> = {
  [Name in keyof Methods as Name extends OtherwiseAsync ? never : Name]: Methods[Name] extends (
    ...args: infer Args
  ) => infer Answer
    ? (...args: [...Args, options?: CallOptions]) => Promise<Awaited<Answer>>
    : never;
};

/**
 * {@link VisualDatabase} on a thread of its own: the same methods with promises, so that the caller's event loop goes on while SQLite
 * works, waits for a lock or for the disk. Calls are made in the order in which they come. Arguments cross to the other thread by
 * structured cloning; functions among them are called on the caller's thread, and must not return promises.
 *
 * @example
 * const db = await AsyncVisualDatabase.open({ dbPath: 'data/visual.db' });
 * await db.moveWorktree('wt-1', 'zone-dev');
 * await db.close();
 */
export interface AsyncVisualDatabase<Types extends CanvasTypes = CanvasTypes> extends Promised<VisualDatabase<Types>> {
  getExecution<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    id: string | null | undefined,
    options?: CallOptions,
  ): Promise<Execution<R> | null>;
  getExecutionHistory<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    zoneId: string | null | undefined,
    limit?: number | bigint | string,
    options?: CallOptions,
  ): Promise<Execution<R>[]>;
  getWorktreeExecutions<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    worktreeId: string | null | undefined,
    options?: CallOptions,
  ): Promise<Execution<R>[]>;
  getRun<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    id: string | null | undefined,
    options?: CallOptions,
  ): Promise<Run<R> | null>;
  /** Like {@link VisualDatabase.as}; it gives no promise. */
  as(actor: By): this;
  /** Like {@link VisualDatabase.watch}; it gives no promise. */
  watch(options?: WatchOptions): Watch<Types>;
  /**
   * Runs `fn` in a transaction on a connection of its own: all of it or nothing. If `fn` throws, or its promise is rejected, the
   * transaction is rolled back. Only calls on `tx` belong to it. `tx.transaction` is a savepoint. Transactions wait for
   * one another, in the order in which they were begun; `signal` ends that wait. Methods that may take long (`backup`, `exportAll`,
   * `importAll`, `waitForRun`, `watch`) are refused in it.
   *
   * @returns what `fn` gives
   * @throws {TypeError} inside the `fn` of another transaction of the same database, which would wait for itself
   * @example
   * await db.transaction(async (tx) => {
   *   const { id } = await tx.createWorktree(worktree);
   *   await tx.assignWorktreeToZone(id, 'zone-dev');
   * });
   */
  transaction<T>(fn: (tx: AsyncVisualDatabase<Types>) => T | PromiseLike<T>, options?: CallOptions): Promise<T>;
  /** Closes the database after all calls and transactions that have begun, and ends its threads. */
  close(): Promise<void>;
}

/** Opens databases on threads of their own. */
export const AsyncVisualDatabase: {
  /**
   * Opens a database, with the options of {@link VisualDatabase}.
   *
   * @throws what the constructor of {@link VisualDatabase} throws
   */
  open<Types extends CanvasTypes = CanvasTypes>(
    options?: VisualDatabaseOptions | string | null,
  ): Promise<AsyncVisualDatabase<Types>>;
  prototype: AsyncVisualDatabase;
};

export default VisualDatabase;

/**
 * The properties that programs can test of an error of a {@link VisualDatabase}, whatever its class. Which of them it has depends on
 * its `code`. `docs/errors.md` lists the codes.
 *
 * @example
 * const { code, field, value } = error as VisualDatabaseError;
 */
export interface VisualDatabaseError extends Error {
  /** Such as `'ERR_INVALID_ARG_TYPE'`, or SQLite's, such as `'SQLITE_CONSTRAINT_UNIQUE'`. */
  code?: string;
  /** The method that was called; `'VisualDatabase'` for the constructor. */
  method?: string;
  /** The field or argument as JavaScript spells it: `'branchName'`, `'position.x'`. */
  field?: string;
  /** The very value that was given for the field. Not enumerable, so that printing the error does not show it. */
  value?: unknown;
  /** The fields whose ids don't exist, where a foreign key failed. */
  missing?: ('zoneId' | 'worktreeId')[];
  /** What may have been meant, for people: that the two ids are swapped. */
  hint?: string;
  /** The index of the element of a bulk call. */
  index?: number;
  /** The current value where another one was expected, with `code` `'ERR_CONFLICT'`. */
  current?: unknown;
}

/** What {@link createStudioHandler} takes. An unknown key is a `TypeError`. */
export interface StudioOptions<Request = any> {
  /** Whether the page may move worktrees, and cancel, retry and answer runs. Default: `false`, it only looks. */
  write?: boolean | undefined;
  /** The actor for changes that are made in Studio. Default: `{ kind: 'user', id: 'studio' }`. */
  actor?: By | undefined;
  /** The path that Studio is mounted under, such as `'/studio'`, unless the server removes it from `request.url`. Default: `''`. */
  basePath?: string | undefined;
  /**
   * A secret of at least 32 letters, digits, `-` and `_`: whoever opens `/?token=…` gets a cookie, and only under names of this
   * machine (`127.0.0.1`, `localhost`). Either this or `authorize` has to be given.
   */
  token?: string | undefined;
  /** Called for each request, for a server with a login of its own: only `true` lets in. */
  authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined;
}

/**
 * Studio, the page that `visual-db studio` opens, as a handler for `node:http`, for a server that mounts it behind its own login.
 * It has no state but the database, and doesn't close it.
 *
 * @returns the handler; its promise is fulfilled once the request is answered, and is never rejected
 * @throws {TypeError} for options of a wrong kind, and where neither `token` nor `authorize` is given
 * @example
 * const studio = createStudioHandler(db, { basePath: '/studio', authorize: (request) => sessions.has(request.headers.cookie) });
 * createServer((request, response) => {
 *   if (request.url.startsWith('/studio')) return studio(request, response);
 *   board(request, response);
 * }).listen(8080);
 */
export function createStudioHandler<Request = any, Response = any>(
  db: VisualDatabase<any>,
  options: StudioOptions<Request>,
): (request: Request, response: Response) => Promise<void>;

/** A failure of SQLite. {@link VisualDatabaseError} documents its other properties. */
export class SqliteError extends Error implements VisualDatabaseError {
  constructor(message: string, code: string);
  readonly name: 'SqliteError';
  /** The name of SQLite's extended result code, such as `SQLITE_CONSTRAINT_UNIQUE`. */
  code: string;
  method?: string;
  field?: string;
  value?: unknown;
  missing?: ('zoneId' | 'worktreeId')[];
  hint?: string;
  index?: number;
}

/** How a {@link Database} is opened. Unknown keys are ignored. */
export interface DatabaseOptions {
  /** Open an existing file and never change it; not for a database in memory. Default: `false`. */
  readonly?: boolean | undefined;
  /** A missing file is an error instead of being made. Default: `false`. */
  fileMustExist?: boolean | undefined;
  /** Milliseconds to wait for another connection's lock, up to 2147483647. Default: 5000. */
  timeout?: number | undefined;
  /** Called with the SQL of every statement before it runs, with its values filled in. Default: none. */
  verbose?: ((sql: string) => void) | null | undefined;
  /** Whether {@link Database.loadExtension} may load native code. Default: `false`. */
  allowExtensions?: boolean | undefined;
}

/** What {@link Statement.run} returns. */
export interface RunResult {
  /** How many rows were inserted, changed or deleted, without those of triggers and foreign keys; 0 for other SQL. */
  changes: number;
  /** The rowid of the row that this connection inserted last. A BigInt after {@link Statement.safeIntegers}. */
  lastInsertRowid: number | bigint;
}

/** A column of a result. `column`, `table` and `database` are `null` for an expression. */
export interface ColumnDefinition {
  /** Its name in the rows, by `AS` where that is given. */
  name: string;
  /** The name of the table's column. */
  column: string | null;
  /** The name of the table, not its alias. */
  table: string | null;
  /** `'main'`, `'temp'`, or the name of an attached database. */
  database: string | null;
  /** The type that the table was created with, such as `'TEXT'`. */
  type: string | null;
}

/**
 * A prepared statement in better-sqlite3's shape, made by {@link Database.prepare}. It is compiled once and can be run
 * any number of times.
 *
 * Values are given in the order of the parameters `?`, one by one or in arrays; those with a name (`:id`, `@id`, `$id`) in
 * one plain object, without the sign before the name. Values are numbers, strings, BigInts of 64 bits, Buffers, `null` and
 * `undefined` (a NULL). What can't be bound is a `TypeError`; too few values and too many are a `RangeError`.
 *
 * Methods that run it throw a `TypeError` once the database is closed, and while the statement itself is being iterated over.
 *
 * @typeParam Parameters the types of its values
 * @typeParam Row the type of its rows
 */
export interface Statement<Parameters extends unknown[] = unknown[], Row = unknown> {
  /** The database that it was prepared by. */
  readonly database: Database;
  /** Its SQL, as it was given. */
  readonly source: string;
  /** Whether it returns rows: `SELECT`, `… RETURNING`, most of `PRAGMA`. */
  readonly reader: boolean;
  /** Whether it can't change the database. */
  readonly readonly: boolean;
  /** Whether it is being iterated over. */
  readonly busy: boolean;
  /**
   * Runs the statement to its end and discards its rows, if it returns any.
   *
   * @throws {SqliteError} such as `SQLITE_CONSTRAINT_UNIQUE` or `SQLITE_BUSY`
   * @throws {TypeError} where another statement of the connection is being iterated over and this one writes
   * @example const { changes } = db.db.prepare('DELETE FROM zones WHERE id = ?').run('zone-1');
   */
  run(...parameters: Parameters): RunResult;
  /**
   * Runs the statement up to its first row.
   *
   * @returns the row, usually an object with a key for each column, or `undefined` where there is none
   * @throws {SqliteError} as {@link Statement.run}
   * @throws {TypeError} where it doesn't return rows
   * @example db.db.prepare<[string], { port: number }>('SELECT port FROM worktrees WHERE id = ?').get('wt-1')?.port
   */
  get(...parameters: Parameters): Row | undefined;
  /**
   * Runs it to its end.
   *
   * @returns its rows; `[]` where there are none
   * @throws {SqliteError | TypeError} as {@link Statement.get}
   */
  all(...parameters: Parameters): Row[];
  /**
   * Runs the statement row by row, which takes less memory than {@link Statement.all}. Until the iterator has ended or was closed by
   * `return()`, as `for … of` does, the connection refuses everything that writes.
   *
   * @throws {SqliteError | TypeError} as {@link Statement.get}
   * @example
   * for (const row of db.db.prepare('SELECT * FROM zone_executions').iterate()) console.log(row);
   */
  iterate(...parameters: Parameters): IterableIterator<Row>;
  /**
   * Gives the parameters their values for good; later calls take none. A statement can be bound once.
   *
   * @throws {TypeError} where it is bound already
   */
  bind(...parameters: Parameters): this;
  /**
   * Rows become the value of their first column. It ends {@link Statement.expand} and {@link Statement.raw}.
   *
   * @param on default: `true`
   * @throws {TypeError} where it doesn't return rows
   * @example db.db.prepare('SELECT count(*) FROM zones').pluck().get() // 3
   */
  pluck(on?: boolean): this;
  /**
   * Rows become an object with one object for each table, and `$` for columns of no table: `{ zones: { id }, $: { total } }`. It
   * ends {@link Statement.pluck} and {@link Statement.raw}.
   *
   * @param on default: `true`
   * @throws {TypeError} where it doesn't return rows
   */
  expand(on?: boolean): this;
  /**
   * Rows become arrays of their values. It ends {@link Statement.pluck} and {@link Statement.expand}.
   *
   * @param on default: `true`
   * @throws {TypeError} where it doesn't return rows
   */
  raw(on?: boolean): this;
  /**
   * Integers become BigInts, so that those beyond 2⁵³ keep their last digits; otherwise they are rounded.
   *
   * @param on default: `true`
   */
  safeIntegers(on?: boolean): this;
  /**
   * The columns of its rows, without running it.
   *
   * @throws {TypeError} where it doesn't return rows
   */
  columns(): ColumnDefinition[];
  /** Its SQL; after {@link Statement.bind} with the values filled in. */
  toString(): string;
}

/**
 * A function that runs in a transaction, and its variants. Inside another transaction each of them is a savepoint.
 *
 * @example
 * const move = db.db.transaction((id: string, status: string) => db.updateWorktree(id, { status }));
 * move.immediate('wt-1', 'merged');
 */
export interface Transaction<F extends (...args: any[]) => unknown> {
  /** Runs the function, with the same `this`: all of it or nothing. If it throws, the transaction is rolled back and the error rethrown. */
  (...args: Parameters<F>): ReturnType<F>;
  /** With `BEGIN`, as the function itself. */
  default: Transaction<F>;
  /** With `BEGIN DEFERRED`: no lock until the first read, no write lock until the first write. */
  deferred: Transaction<F>;
  /** With `BEGIN IMMEDIATE`: the write lock is taken at the start. */
  immediate: Transaction<F>;
  /** With `BEGIN EXCLUSIVE`: in WAL mode as `immediate`, in other modes it keeps readers out, too. */
  exclusive: Transaction<F>;
  /** The database that runs it. */
  readonly database: Database;
}

/**
 * The tables as they are in the file, for a query builder: `new Kysely<Schema>(…)`. A column is nullable where the schema allows
 * it; the methods of {@link VisualDatabase} never write a NULL into a column with a default. Names that begin with `v_` are read-only
 * views: `db.db` has them where a statement names one, other connections by `schema/views.sql`, and on a server the schema has them.
 */
export interface Schema {
  v_runs: RunsView;
  v_board: BoardView;
  v_daily: DailyView;
  worktrees: WorktreesTable;
  zones: ZonesTable;
  worktree_zones: WorktreeZonesTable;
  zone_executions: ZoneExecutionsTable;
}

/** A row of the view `v_runs`: a run, including those that were only recorded, or are in the archive. Times are ISO 8601, UTC. */
export interface RunsView {
  id: string;
  zone_id: string;
  worktree_id: string;
  agent_type: string;
  status: RunStatus;
  priority: number;
  attempt: number;
  parent_run_id: string | null;
  worker_id: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  /** Of a run that has ended, where it is known. */
  duration_ms: number | null;
  /** Millionths. */
  cost_micros: number | null;
  exit_code: number | null;
  error: string | null;
  question: string | null;
  answer: string | null;
  prompt: string;
  /** JSON text. */
  result: string | null;
  /** 0 or 1. */
  is_archived: number;
}

/** A row of the view `v_board`: a worktree of the board, and the zone it is in. */
export interface BoardView {
  id: string;
  branch_name: string;
  path: string;
  port: number;
  status: string | null;
  position_x: number | null;
  position_y: number | null;
  created_at: string;
  updated_at: string | null;
  zone_id: string | null;
  zone_name: string | null;
  assigned_at: string | null;
  /** How many of its runs are queued, at work or waiting. */
  open_runs: number;
  /** What its runs cost in all, in millionths. */
  cost_micros: number | null;
}

/** A row of the view `v_daily`: how the runs of a day (UTC), a zone and an agent ended. */
export interface DailyView {
  /** `2026-11-27`. */
  day: string;
  zone_id: string;
  agent_type: string;
  runs: number;
  succeeded: number;
  failed: number;
  /** Cancelled, timed out or lost. */
  otherwise: number;
  /** The sum for the runs whose durations are known. */
  duration_ms: number | null;
  /** Millionths. */
  cost_micros: number | null;
}

/** A row of `worktrees`. */
export interface WorktreesTable {
  id: string;
  path: string;
  /** Unique. */
  port: number;
  branch_name: string;
  issue_url: string | null;
  task_id: string | null;
  status: string | null;
  position_x: number | null;
  position_y: number | null;
  created_at: string;
  updated_at: string | null;
}

/** A row of `zones`. */
export interface ZonesTable {
  id: string;
  name: string;
  description: string | null;
  trigger: string | null;
  /** JSON text. */
  agents: string | null;
  prompt_template: string | null;
  /** JSON text. */
  actions: string | null;
  position_x: number | null;
  position_y: number | null;
  size_width: number | null;
  size_height: number | null;
  created_at: string;
  updated_at: string | null;
}

/** A row of `worktree_zones`: which zone a worktree is in. */
export interface WorktreeZonesTable {
  worktree_id: string;
  zone_id: string;
  assigned_at: string;
}

/** A row of `zone_executions`. */
export interface ZoneExecutionsTable {
  id: string;
  zone_id: string;
  worktree_id: string;
  agent_type: string;
  prompt: string;
  /** JSON text; NULL where no result was given. */
  result: string | null;
  /** 1 or 0. */
  success: number | null;
  executed_at: string;
}

/** How far a {@link Database.backup} is. */
export interface BackupProgress {
  /** How many pages the database has. */
  totalPages: number;
  /** How many pages are still to be copied; 0 at the end. */
  remainingPages: number;
}

/** What {@link Database.backup} takes. */
export interface BackupOptions {
  /** Which database of the connection: an attached one's name. Default: `'main'`. */
  attached?: string | undefined;
  /** Called at every step but the last. What it returns is how many pages the next steps copy; 100 at first. */
  progress?: ((progress: BackupProgress) => number | void) | undefined;
}

/** What {@link Database.serialize} takes. */
export interface SerializeOptions {
  /** Which database of the connection: an attached one's name. Default: `'main'`. */
  attached?: string | undefined;
}

/** What {@link Database.pragma} takes. */
export interface PragmaOptions {
  /** Only the first column of the first row. Default: `false`. */
  simple?: boolean | undefined;
}

/** How a function is registered. */
export interface FunctionOptions {
  /** Whether it takes any number of values, instead of as many as it has parameters. Default: `false`. */
  varargs?: boolean | undefined;
  /** Whether the same values always give the same result, so that SQLite may call it less often. Default: `false`. */
  deterministic?: boolean | undefined;
  /** Whether only direct SQL may call it, and no trigger, view or `CHECK` of the file. Default: `false`. */
  directOnly?: boolean | undefined;
  /** Whether it gets integers as BigInts. Default: what {@link Database.defaultSafeIntegers} says. */
  safeIntegers?: boolean | undefined;
}

/** How an aggregate is registered. */
export interface AggregateOptions<T> extends FunctionOptions {
  /** The total before the first row, or a function that makes it. Default: `null`. */
  start?: T | (() => T);
  /** Called for every row: returns the new total; `undefined` leaves it as it is. */
  step: (total: T, ...values: any[]) => T | void;
  /** Removes a row that has left the window from the total. With it, the aggregate is a window function, too. */
  inverse?: ((total: T, ...dropped: any[]) => T) | undefined;
  /** Makes the result from the total. Default: the total itself. */
  result?: ((total: T) => unknown) | undefined;
}

/**
 * A database in better-sqlite3's shape, for Kysely, Drizzle and Knex. {@link VisualDatabase.db} is one.
 *
 * All methods but `backup` are synchronous. A failure of SQLite is a {@link SqliteError}, a wrong argument a `TypeError`
 * or a `RangeError`. After `close()`, methods that need the connection throw
 * `TypeError('The database connection is not open')`. While a statement is being iterated over, other statements can only
 * read; those that write, transactions, `function`, `aggregate`, `serialize` and `close` throw
 * `TypeError('This database connection is busy executing a query')`.
 */
export interface Database {
  /** The path, as it was given; `':memory:'` for a database in memory, `''` for a temporary one. */
  readonly name: string;
  /** Whether it is open. */
  readonly open: boolean;
  /** Whether a transaction is open. */
  readonly inTransaction: boolean;
  /** Whether it was opened with `readonly`. */
  readonly readonly: boolean;
  /** Whether it is in memory or temporary. */
  readonly memory: boolean;
  /**
   * Compiles one statement.
   *
   * @typeParam Parameters the values that it takes
   * @typeParam Row what its rows look like; nothing checks that
   * @throws {SqliteError} `SQLITE_ERROR`, with SQLite's message about the SQL
   * @throws {RangeError} for no statement, or more than one
   * @example
   * const busy = db.db.prepare<[number], { id: string }>('SELECT id FROM worktrees WHERE port > ?').all(3000);
   */
  prepare<Parameters extends unknown[] = any[], Row = any>(sql: string): Statement<Parameters, Row>;
  /**
   * Makes a function that runs `fn` in a transaction: all of it or nothing. A call inside another transaction is a
   * savepoint.
   *
   * @throws {TypeError} where `fn` is no function; in the call, where it returns a promise
   */
  transaction<F extends (...args: any[]) => unknown>(fn: F): Transaction<F>;
  /**
   * Runs `PRAGMA <source>`.
   *
   * @returns its rows, or with `simple` the first value of the first one (`undefined` where there is none)
   * @throws {SqliteError}
   * @example db.db.pragma('journal_mode', { simple: true }) // 'wal'
   */
  pragma(source: string, options?: PragmaOptions): any;
  /**
   * Runs `EXPLAIN <source>`. Parameters in it need no values.
   *
   * @returns the rows: `explain('SELECT …')` the program, `explain('QUERY PLAN SELECT …')` the plan
   * @throws {SqliteError}
   */
  explain(source: string): any[];
  /**
   * Runs any number of statements, without values. If one fails, those before it stay done, unless they are in a
   * transaction.
   *
   * @throws {SqliteError}
   * @example db.db.exec('CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT); ANALYZE')
   */
  exec(sql: string): this;
  /**
   * Closes the connection. A second close is harmless.
   *
   * @throws {TypeError} while a statement is being iterated over
   */
  close(): this;
  /**
   * Copies the database into a file, a number of pages at a time, with turns of the event loop in between. {@link VisualDatabase.backup}
   * also verifies the copy and makes a manifest.
   *
   * @param file its folder has to exist
   * @returns a promise of the last step; `remainingPages` is 0 then
   * @throws {SqliteError | TypeError} by rejecting the promise; what `progress` throws stops the copy and rejects it, too
   */
  backup(file: string, options?: BackupOptions): Promise<BackupProgress>;
  /**
   * The content of the database, as it would be in a file. `new Database(content)` opens it in memory.
   *
   * @throws {SqliteError}
   */
  serialize(options?: SerializeOptions): Bytes;
  /**
   * Makes a function that SQL can call. It has to return a value that can be bound; the statement throws what it throws. It
   * can't use the connection itself.
   *
   * @throws {TypeError} for an empty name
   * @throws {RangeError} for more than 100 parameters
   * @example
   * db.db.function('initial', { deterministic: true }, (text) => text[0]);
   * db.db.prepare('SELECT initial(name) FROM zones').pluck().all(); // ['D', 'T']
   */
  function(name: string, fn: (...args: any[]) => unknown): this;
  /** The same, with properties that SQLite may rely on: see `FunctionOptions`. */
  function(name: string, options: FunctionOptions, fn: (...args: any[]) => unknown): this;
  /**
   * Makes an aggregate that SQL can call; otherwise like {@link Database.function}.
   *
   * @typeParam T the type of its total
   * @example db.db.aggregate<number>('longest', { start: 0, step: (most, text) => Math.max(most, text.length) })
   */
  aggregate<T>(name: string, options: AggregateOptions<T>): this;
  /**
   * Loads an extension of SQLite, where the database was opened with `allowExtensions: true`. SQL can't load any. The connection of a
   * {@link VisualDatabase} never does: native code from outside could do anything with the only copy of the history.
   *
   * @param path the library, absolute or relative to the current directory, with or without its extension
   * @param entryPoint default: SQLite's usual names
   * @throws {SqliteError} without `allowExtensions`, and with the system's message where there is no such library
   * @example
   * const vectors = new Database('vectors.db', { allowExtensions: true });
   * sqliteVec.load(vectors); // calls loadExtension
   */
  loadExtension(path: string, entryPoint?: string): this;
  /**
   * Refuses: virtual tables written in JavaScript are not supported. Use a table, a view or {@link Database.function}.
   *
   * @throws {TypeError} always
   */
  table(name: string, definition: unknown): never;
  /**
   * Statements and functions that are made from now on have integers as BigInts, as {@link Statement.safeIntegers} does for one.
   *
   * @param on default: `true`
   */
  defaultSafeIntegers(on?: boolean): this;
  /**
   * Lets statements write while another one is being iterated over, whose further rows are then undefined, and turns off
   * SQLite's defensive mode, so that SQL can damage the file.
   *
   * @param on default: `true`
   */
  unsafeMode(on?: boolean): this;
}

/** Opens a database by itself, with better-sqlite3's defaults; `new` may be left out. */
export const Database: {
  /**
   * Opens a database.
   *
   * @param file a path (its folder has to exist), `':memory:'`, `''` for a temporary one (the default), or what
   *   {@link Database.serialize} returned
   * @throws {SqliteError} such as `SQLITE_CANTOPEN` or `SQLITE_NOTADB`
   * @throws {TypeError | RangeError} for an option of a wrong kind, and where the folder does not exist
   */
  new (file?: string | Bytes, options?: DatabaseOptions): Database;
  /** The same without `new`. */
  (file?: string | Bytes, options?: DatabaseOptions): Database;
  prototype: Database;
  /** The class of its errors: {@link SqliteError}. */
  SqliteError: typeof SqliteError;
};
