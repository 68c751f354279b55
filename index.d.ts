declare global {
  // As @types/node and TypeScript's `esnext.disposable` say it, for programs that have neither.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** A `Buffer`. Without `@types/node`, which declares it, the `Uint8Array` that it is. */
export type Bytes = typeof globalThis extends { Buffer: { isBuffer(value: any): value is infer B } } ? B : Uint8Array;

/** What comes back from where JSON is stored. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * What may be given where JSON is stored. It comes back as `JSON.parse(JSON.stringify(value))`: `toJSON` is asked, so a
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
  // The objects of an interface and of a class, but no function.
  | (object & { readonly [Symbol.hasInstance]?: never });

/**
 * What an application knows of its own values, for {@link VisualDatabase}. Every part may be left out. Nothing is checked
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

/** A part of `Types`, or what stands for it where it is left out. */
type Part<Types, Name extends keyof CanvasTypes, Limit, Otherwise extends Limit = Limit> = Types extends {
  readonly [Key in Name]: infer Given extends Limit;
}
  ? Given
  : Otherwise;

type StatusOf<Types> = Part<Types, 'Status', string>;
type TriggerOf<Types> = Part<Types, 'Trigger', string>;
/** What comes back. */
type Read<Types, Name extends keyof CanvasTypes> = Part<Types, Name, unknown, any>;
/** What may be given. */
type Written<Types, Name extends keyof CanvasTypes> = Part<Types, Name, unknown, JsonInput>;

type WorktreeOf<Types> = Worktree<StatusOf<Types>>;
type ZoneOf<Types> = Zone<Read<Types, 'Agents'>, Read<Types, 'Actions'>, TriggerOf<Types>>;
type NewZoneOf<Types> = NewZone<Written<Types, 'Agents'>, Written<Types, 'Actions'>, TriggerOf<Types>>;
type ZoneChangesOf<Types> = ZoneChanges<Written<Types, 'Agents'>, Written<Types, 'Actions'>, TriggerOf<Types>>;
type NewExecutionOf<Types> = NewExecution<Written<Types, 'Result'>>;
type RunOf<Types> = Run<Read<Types, 'Result'>>;
type ClaimedRunOf<Types> = ClaimedRun<Read<Types, 'Result'>>;
type RunOutcomeOf<Types> = RunOutcome<Written<Types, 'Result'>>;

/** A place on the canvas. Fractions and negative numbers are fine: a canvas has no integers. */
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
  /** Where it lies in the file system. */
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
  /** A non-negative integer, or a string of one. */
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

/** Where a run is in its life: `queued` → `running` → one of the last five, perhaps by way of `waiting`, for a person. */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'timedOut' | 'lost';

/** Who did something. */
export interface By {
  kind: 'user' | 'agent' | 'system';
  id: string;
}

/** What an application keeps with a run. The database only stores it. */
export type Metadata = { [key: string]: any };

/**
 * One agent's work on one worktree in one zone, from the wish to the result. Every key is always there; what is absent or
 * not known is `null`, never 0. Times are ISO 8601, UTC, with milliseconds. What `recordExecution` or another program
 * recorded is a run that began and ended at once: `startedAt` is `null`, `finishedAt` its `executedAt`.
 *
 * @typeParam Result what its result is
 * @typeParam Status where it is known to be
 */
export interface Run<Result = any, Status extends RunStatus = RunStatus> {
  /** Once it has ended after it had started, that of its execution, too. */
  id: string;
  zoneId: string;
  worktreeId: string;
  agentType: string;
  prompt: string;
  status: Status;
  /** The higher one is claimed first. */
  priority: number;
  /** How many attempts have begun, those not counted that were released. */
  attempt: number;
  /** How many may. */
  maxAttempts: number;
  /** How long an attempt may be worked on, without waiting for a person, in milliseconds; `null`: as long as it takes. */
  timeoutMs: number | null;
  /** By which the same wish is known again while it has not ended. */
  idempotencyKey: string | null;
  /** The run that it is a part of. */
  parentRunId: string | null;
  /** The run that it does once more. */
  retryOf: string | null;
  /** Who works on it, or did last. */
  workerId: string | null;
  createdAt: string;
  /** It is not claimed before: what was given, or the end of a backoff. */
  availableAt: string;
  /** When its first attempt began. */
  startedAt: string | null;
  /** When it ended. */
  finishedAt: string | null;
  /** How long all attempts together were worked on, without waiting for a person, in milliseconds. */
  durationMs: number | null;
  /** Until when its worker holds it, by the wall clock, for people: what decides is a clock that nobody sets. */
  leaseExpiresAt: string | null;
  /** When somebody wanted it to stop while it ran. */
  cancelRequestedAt: string | null;
  /** What a person is, or was last, asked. */
  question: string | null;
  /** What the person said. */
  answer: string | null;
  /** Of its process. */
  exitCode: number | null;
  /** Why it failed, was cancelled, timed out or got lost, for people. */
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
  /** Who wanted it; `null` where nobody said. */
  by: By | null;
  /** What was given. */
  metadata: Metadata | null;
}

/** A run as lists have it: without `prompt` and `result`, which may be long. */
export type RunSummary<R extends Run = Run> = Omit<R, 'prompt' | 'result'>;

/** What `enqueueRun` takes. An unknown key is a `TypeError`. */
export interface NewRun {
  /** An existing zone's. */
  zoneId: string;
  /** An existing worktree's. */
  worktreeId: string;
  /** A non-empty string. */
  agentType: string;
  prompt: string;
  /** Any integer; the higher one is claimed first. Default: 0. */
  priority?: number | null | undefined;
  /** 1 to 1,000. Default: 1. */
  maxAttempts?: number | null | undefined;
  /** For an attempt, 1 to 31,536,000,000 milliseconds, a year. Default: none. */
  timeoutMs?: number | null | undefined;
  /** A non-empty string. A run with the same one that has not ended is the answer, and nothing new is made. */
  idempotencyKey?: string | null | undefined;
  /** An existing run's. */
  parentRunId?: string | null | undefined;
  /** It is not claimed before. ISO 8601 or a Date. Default: now. */
  availableAt?: string | Date | null | undefined;
  /** Up to 64 KiB of JSON. */
  metadata?: Metadata | null | undefined;
}

/**
 * What `retryRun` takes: what is to be otherwise than in the run before. `undefined` is 'as it was', but for
 * `idempotencyKey` and `availableAt`, which are those of this wish; `null` is the default.
 */
export type RunChanges = { [Key in keyof NewRun]?: NewRun[Key] | undefined };

/** How `claimRuns`, `claimRun` and `waitForRun` choose, and for how long. An unknown key is a `TypeError`. */
export interface ClaimOptions {
  /** Who asks: a non-empty string, for people and for `isAlive`. Two workers may have the same one. */
  workerId: string;
  /** Only runs of these zones. Default: of all. */
  zoneIds?: readonly string[] | null | undefined;
  /** Only runs of these agents. Default: of all. */
  agentTypes?: readonly string[] | null | undefined;
  /** How long the run is held without a heartbeat: 1 to 86,400,000 milliseconds, a day. Default: 60,000. */
  leaseMs?: number | null | undefined;
}

/** An `AbortSignal`, whoever declares it. */
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

/** What a worker hears at its heartbeat. */
export interface Lease {
  /** Until when it holds the run now, by the wall clock. */
  leaseExpiresAt: string;
  /** Whether somebody wants the run to stop. */
  cancelRequested: boolean;
  /** Of the budgets that the run counts for, that of which the least is left; `null` where it counts for none. */
  budget: Budget | null;
}

/** What `appendOutput` takes, a list of. An unknown key is a `TypeError`. */
export interface NewOutputChunk {
  stream: 'stdout' | 'stderr' | 'event';
  text: string;
  /** ISO 8601 or a Date. Default: now. */
  at?: string | Date | null | undefined;
}

/** A piece of a run's output. */
export interface OutputChunk {
  /** 0, 1, 2, …: its place in the output of all attempts. */
  sequence: number;
  stream: 'stdout' | 'stderr' | 'event';
  text: string;
  at: string;
}

/** What `getOutput` gives. */
export interface OutputPage {
  items: OutputChunk[];
  /** For `after`, to go on: also where there is nothing more yet. */
  next: number;
  /** Whether some of the run's output was dropped, since it was too much. */
  truncated: boolean;
}

/** What `recordUsage` takes. What is left out, or `null`, is not known, which is not 0. An unknown key is a `TypeError`. */
export interface NewUsage {
  /** A non-empty string; what the run has counted under it already is not counted again. */
  eventId?: string | null | undefined;
  /** A non-empty string. */
  model: string;
  provider?: string | null | undefined;
  /** Tokens that went in, those from a cache included. As all amounts an integer up to 2⁵³ - 1. */
  inputTokens?: number | null | undefined;
  /** Those of them that came from a cache. */
  cachedInputTokens?: number | null | undefined;
  /** Tokens that came out. */
  outputTokens?: number | null | undefined;
  /** Those that the model thought with. */
  reasoningTokens?: number | null | undefined;
  /** What it cost, in millionths. */
  costMicros?: number | null | undefined;
  /** Who says what it cost: the provider, or the caller who multiplied. Default: `'reported'`. */
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
  /** The same by model, in the order of their names. */
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
  /** They wait for their next attempt. */
  requeued: string[];
  /** They had none left. */
  lost: string[];
  /** They took longer than their `timeoutMs`. */
  timedOut: string[];
}

/** What a limit is about: all runs, those of a zone, of an agent, or of an agent in a zone. */
export interface RunLimitScope {
  zoneId: string | null;
  agentType: string | null;
}

/** How many runs may run at once. */
export interface RunLimit {
  scope: RunLimitScope;
  limit: number;
  /** How many do. */
  running: number;
}

/** What a budget is about, all runs or those of one zone, worktree or agent, and over what time. */
export interface BudgetScope {
  zoneId: string | null;
  worktreeId: string | null;
  agentType: string | null;
  period: 'day' | 'month' | 'total';
  /** Where its days and months begin at midnight: a name such as `'Europe/Berlin'`. */
  timeZone: string;
}

/** How much may be spent. Amounts are in millionths. */
export interface Budget {
  scope: BudgetScope;
  limitMicros: number;
  /** What was spent in this period, as far as it is known. What runs when a budget is spent may go over it. */
  spentMicros: number;
  /** Never less than 0. */
  remainingMicros: number;
  /** When the next period begins; `null` for `'total'`. */
  resetsAt: string | null;
}

/** Which runs are meant. Each key narrows that. */
export interface AskedOfRuns {
  /** One zone's, or those of several. */
  zoneId?: string | readonly string[] | null | undefined;
  worktreeId?: string | readonly string[] | null | undefined;
  agentType?: string | readonly string[] | null | undefined;
  status?: RunStatus | readonly RunStatus[] | null | undefined;
  /** Those that used this model, as `recordUsage` was told. */
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
  /** Those that have ended and are known to have taken so long, or longer, in milliseconds. */
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
   * How long buckets are, by the clocks of `timeZone`: weeks begin on Monday, and an hour also where clocks are changed in the middle of one.
   * `'hourOfWeek'` has 168, of all weeks together. Default: `'hour'`.
   */
  bucket?: TrendBucket | null | undefined;
  /** What each series is of; without it there is one of all. Of `'branch'`: the worktrees that are on it now. */
  by?: 'zone' | 'agent' | 'model' | 'worktree' | 'branch' | null | undefined;
  /**
   * Those that ended then or later: ISO 8601 or a Date, at most 400 years before `until`. Default: so that there are 24 hours, 30 days,
   * 12 weeks or 12 months; of `'hourOfWeek'` 12 weeks.
   */
  since?: string | Date | null | undefined;
  /** Those that ended before. Default: the end of the bucket that is now. */
  until?: string | Date | null | undefined;
  /** A name such as `'Europe/Berlin'`. Default: `'UTC'`. */
  timeZone?: string | null | undefined;
}

/** How long the buckets of a trend are. */
export type TrendBucket = 'hour' | 'day' | 'week' | 'month' | 'hourOfWeek';

/** How the runs of a series went that ended in a bucket. */
export interface Trend<Start extends string | number = string> {
  /** When the bucket begins, as ISO 8601; of `'hourOfWeek'` which hour it is, from 0, Monday at 0 o'clock, to 167. */
  start: Start;
  /** What the series is of: an id or a name; `null` without `by`. */
  key: string | null;
  /** How many ended, however. */
  runs: number;
  succeeded: number;
  /** Those whose status is `'failed'`. */
  failed: number;
  /** How many of `runs` succeeded, in percent; `null` where there were none. */
  successRate: number | null;
  /**
   * How long they took, of those of which it is known: `null` where of none. Percentiles are within 5 % (3.2 %) of the duration that so
   * many runs didn't exceed; `mean` and `max` are exact.
   */
  durationMs: { mean: number | null; p50: number | null; p90: number | null; p99: number | null; max: number | null };
  /** What they used; of a model's series only what of that. `null` where nobody knows of any. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** In millionths. */
  costMicros: number | null;
}

/** What `getFlow` takes. An unknown key is a `TypeError`. */
export interface FlowFilter {
  /** ISO 8601 or a Date, at most 400 years before `until`. Default: as of `getTrend`. */
  since?: string | Date | null | undefined;
  /** Before this. Default: the end of the bucket that is now. */
  until?: string | Date | null | undefined;
  /** Default: `'day'`. */
  bucket?: 'hour' | 'day' | 'week' | 'month' | null | undefined;
  /** A name such as `'Europe/Berlin'`. Default: `'UTC'`. */
  timeZone?: string | null | undefined;
}

/** Times that so many percent didn't exceed, in milliseconds, to the digit; `null` where there were none. */
export interface FlowTimes {
  p50: number | null;
  p85: number | null;
  p95: number | null;
}

/** How worktrees flow through the zones. */
export interface Flow {
  buckets: {
    /** When it begins, as ISO 8601. */
    start: string;
    /** How many worktrees are in each zone at its end. Every zone that there is now, or that had one meanwhile. */
    zones: Record<string, number>;
    /** How many came into a zone out of none. */
    arrived: number;
    /** How many left their zone for none: by a move, archived, deleted, or with the zone. */
    left: number;
  }[];
  /** Of those that left: how long since they had come into a zone out of none. */
  leadTimeMs: FlowTimes;
  /** Of those that left a zone, for another or none: how long they had been in it. */
  timeInZoneMs: Record<string, FlowTimes>;
}

/** How texts are found: whole words, or any part of a text of three characters and more. */
export type SearchMode = 'words' | 'substring';

/** What of a run is searched. */
export type SearchedField = 'prompt' | 'result' | 'error' | 'question' | 'answer';

/** What `searchRuns` takes beside the text. An unknown key is a `TypeError`. */
export interface SearchFilter extends AskedOfRuns {
  /** How the text is found. Default: `'words'`, or the one mode that there is an index for. */
  mode?: SearchMode | null | undefined;
  /** Where it is looked for: in one of these, or in several. Default: in all of them. */
  in?: SearchedField | readonly SearchedField[] | null | undefined;
  /** `true`: the text is an expression of FTS5 (mode `'words'`). Default: `false`, and nothing that is typed is syntax. */
  syntax?: boolean | null | undefined;
  /** 1 to 1,000. Default: 50. */
  limit?: number | null | undefined;
  /** The `next` of an earlier page of the same text and filter. */
  after?: string | null | undefined;
}

/**
 * A run in which something was found.
 *
 * @typeParam Run as lists have it
 */
export interface FoundRun<Run> {
  run: Run;
  /** The field that says most of it. */
  field: SearchedField;
  /** A part of that, of about 160 characters, with an ellipsis where it goes on. A result is shown as JSON whose strings are as they are read. */
  snippet: string;
  /** Where the hits are in the snippet: beginning and end of each, in UTF-16 units, as `slice` takes them. */
  ranges: [start: number, end: number][];
  /** How well it answers, more than 0 and less than 1, by what stands in the run alone. */
  score: number;
}

/** What `enableSearch` takes. An unknown key is a `TypeError`. */
export interface SearchOptions {
  /** What is to be found: `'words'` by default. Both may be on. */
  mode?: SearchMode | null | undefined;
  /** Told after each part, of some 50 milliseconds. What it throws ends the call; the next search or call goes on. */
  progress?: ((counts: { indexed: number; total: number }) => void) | null | undefined;
}

/** Which runs of a list come first. */
export type RunOrder = 'newest' | 'oldest' | 'longest' | 'costliest';

/** A part of a list that can grow. */
export interface Page<Item> {
  items: Item[];
  /** For `after`, to go on; `null` at the end. Opaque, and only for the same filter. */
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
 * @typeParam Status which there are
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
  /** What their metadata has: each member, `null` for one that is not there; within objects likewise. */
  metadata?: Metadata | null | undefined;
  /** `true`: those of the archive, as they were when they went there. Default: `false`, those of the board. */
  archived?: boolean | null | undefined;
  /**
   * `'newest'` and `'oldest'` go by `createdAt`, `'branch'` by `branchName`; `'updated'` has first what was updated last, or created
   * last where it never was. Default: `'newest'`.
   */
  orderBy?: 'newest' | 'oldest' | 'branch' | 'updated' | null | undefined;
  /** 1 to 1,000. Default: 50. */
  limit?: number | null | undefined;
  /** The `next` of an earlier page of the same filter and order. */
  after?: string | null | undefined;
}

/** What `moveWorktree` takes. An unknown key is a `TypeError`. */
export interface MoveOptions {
  /** Where on the canvas it is then; either part alone, too. */
  position?: { x?: number | string | null; y?: number | string | null } | null | undefined;
  /** Why, for the ledger. */
  reason?: string | null | undefined;
  /** The zone in which the caller has seen it, `null` for none; where it is elsewhere, nothing is done. */
  expectedZoneId?: string | null | undefined;
  /** What becomes of a move into a zone that has as many worktrees as it is to have: `'reject'` by default. */
  overLimit?: 'reject' | 'force' | undefined;
  /** Whether a run is wanted of each agent of the zone, where its trigger is `'onDrop'`: `false` by default. */
  enqueue?: boolean | null | undefined;
  /** What the zone's prompt template may name, as `renderPrompt` has it. */
  variables?: object | null | undefined;
}

/** One of the moves that `moveWorktrees` takes. */
export interface MoveOfMany extends MoveOptions {
  worktreeId: string;
  /** `null` is out of its zone. */
  zoneId: string | null;
}

/** A change of a worktree's zone, by anybody. */
export interface Move {
  /** Its own, for good. */
  id: string;
  worktreeId: string;
  /** The zone that it left, `null` for none: the `to` of the worktree's move before. */
  from: string | null;
  /** The zone that it came into, `null` for none. */
  to: string | null;
  at: string;
  /** Who moved it: the actor of `db.as`; `null` for nobody that is known. */
  by: { kind: 'user' | 'agent' | 'system'; id: string } | null;
  reason: string | null;
  /** What they were called then: worktree and zones may have other names by now, or be gone. */
  branchName: string;
  fromName: string | null;
  toName: string | null;
}

/** What `moveWorktree` gives. */
export interface Dropped<Types extends CanvasTypes = CanvasTypes> {
  /** As it is then. */
  worktree: WorktreeOf<Types>;
  /** `null` where it was in that zone already. */
  move: Move | null;
  /** Those that are wanted now, in the order of the zone's agents. */
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
  /** Its own, for good: an id may be archived several times. */
  key: number;
  /** As it was when it was archived. */
  worktree: WorktreeOf<Types>;
  /** The zone that it was in, to which it goes back; `null` for none, and where that was deleted since. */
  zoneId: string | null;
  /** ISO 8601. */
  archivedAt: string;
  /** Who archived it: the actor of `db.as`; `null` for nobody that is known. */
  by: { kind: 'user' | 'agent' | 'system'; id: string } | null;
  reason: string | null;
  /** How many executions it has. */
  executions: number;
  /** What its runs cost, in millionths; `null` where nobody told. */
  costMicros: number | null;
  /** As `getMetadata` has it. */
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
  /** Which one, where several were archived under that id; the last one by default. */
  key?: number | null | undefined;
}

/** What `renderPrompt` gives. */
export interface RenderedPrompt {
  prompt: string;
  /** The names of the template that nothing has, each once, in its order. */
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
  /** Its newest run, what was recorded as an execution only included; `null` where there is none, or without `runs: true`. */
  latestRun: { id: string; status: RunStatus } | null;
  /** What its runs cost, as far as anybody told; `null` where nobody did, or without `runs: true`. */
  costMicros: number | null;
}

/** What a board has beside a zone. */
export interface BesideZone {
  /** Opaque text, another one once the zone or its metadata is another: for `updateZone`'s `ifRevision`. */
  revision: string;
  /** As `getMetadata`; `null` where the file is left at a version without. */
  metadata: Metadata | null;
  /** As `setWipLimit` set it; `null`: as many as like. */
  wipLimit: number | null;
}

/** What `undo` and `redo` take. An unknown key is a `TypeError`. */
export interface UndoOptions {
  /** Whose changes, default those of the actor of `db.as`. */
  by?: By | null | undefined;
  /** Where others have changed the same since: `'reject'` (the default) throws `ERR_CONFLICT`, `'skip'` takes back what was done before. */
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
   * Where the feed goes on behind all that this shows: the `after` of {@link VisualDatabase.getChanges} and
   * {@link VisualDatabase.watch}. `null` only where the file has no log: one of an earlier version that is opened readonly.
   */
  next: string | null;
}

/** What each kind of change has in its `fields`: of something new all of it, of a change what changed, of an end nothing. */
export interface ChangedFields<Types extends CanvasTypes = CanvasTypes> {
  /** As the object has it, without its id; of a position that changed perhaps one part. */
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
  /** How many runs may be at work at once, or how many worktrees a zone is to have. */
  limit: { zoneId: string | null; agentType: string | null; limit: number | null; wipLimit: number | null };
  budget: {
    zoneId: string | null;
    worktreeId: string | null;
    agentType: string | null;
    period: 'day' | 'month' | 'total';
    limitMicros: number | null;
  };
}

/** What changes can be of. */
export type ChangedEntity = keyof ChangedFields;

/** One change, by anybody. */
export type Change<Types extends CanvasTypes = CanvasTypes> = {
  [Entity in ChangedEntity]: {
    /** Its number in the log: larger than that of every change before. */
    seq: number;
    /** When: never before the change before. */
    at: string;
    /** Who, where it was written through {@link VisualDatabase.as}. */
    by: By | null;
    entity: Entity;
    /** Of what; `null` for limits and budgets, whose fields say it. An assignment's is its worktree's. */
    id: string | null;
    /**
     * `'insert'` may be of what is there already: it is another one in its place then. `'archived'` and `'restored'` are the delete
     * and the insert of a worktree that leaves the canvas with its history, and comes back with it.
     */
    op: 'insert' | 'update' | 'delete' | (Entity extends 'worktree' ? 'archived' | 'restored' : never);
    fields: Partial<ChangedFields<Types>[Entity]>;
  };
}[ChangedEntity];

/** New output of a run, for who asked {@link VisualDatabase.watch} for it. It is in no log, and has no number. */
export interface OutputChange {
  seq: null;
  at: string;
  by: null;
  entity: 'output';
  /** The run. */
  id: string;
  op: 'insert';
  /** The number of the last piece there is: `getOutput(id, { after })` has them. */
  fields: { sequence: number };
}

/** Which changes are asked for. An unknown key is a `TypeError`. */
export interface ChangesOptions {
  /** An earlier `next`, or that of a board. Default: the beginning of the log. */
  after?: string | null | undefined;
  /** 1 to 1,000. Default: 500. */
  limit?: number | null | undefined;
  /** Only what is of these. Default: of all. */
  entities?: ChangedEntity | readonly ChangedEntity[] | null | undefined;
}

/** Changes behind a place. */
export interface Changes<Types extends CanvasTypes = CanvasTypes> {
  items: Change<Types>[];
  /** For `after`, to go on, also where there is nothing yet. Opaque. `null` where there is a gap. */
  next: string | null;
  /** What is behind that place is not known any more: read `getBoard()`, and go on from its `next`. */
  gap: boolean;
}

/** Which changes are followed. An unknown key is a `TypeError`. */
export interface WatchOptions {
  /** Where to begin: a `next`, or the `position` of an earlier watch. Default: now. */
  after?: string | null | undefined;
  /** Only what is of these. Default: all that is in the log. */
  entities?: ChangedEntity | 'output' | readonly (ChangedEntity | 'output')[] | null | undefined;
  /** Ends it: whoever waits for the next change is rejected with its reason. */
  signal?: Signal | null | undefined;
}

/** Changes as they come, by this process and every other one. */
export interface Watch<Types extends CanvasTypes = CanvasTypes> {
  /** The `after` that goes on behind the change that was given last. */
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
  /** Milliseconds to wait for another process's lock; for a server's answer a second longer. Default: 5000. */
  timeout?: number | undefined;
  /** `'full'`: no acknowledged commit is lost in a power cut. Default: `'normal'`. */
  synchronous?: 'normal' | 'full' | undefined;
  /** Permissions of a new file. Default: `0o600`. */
  mode?: number | undefined;
  /** Told of what happens, such as `console`. Default: none. */
  logger?: Logger | null | undefined;
  /**
   * Told of each call on this database, and of each statement on its raw handle, once it has ended; what it throws changes nothing. See
   * {@link traceCalls} for OpenTelemetry, and the tracing channel `visual-db:call` of `node:diagnostics_channel` for all databases.
   * Default: none.
   */
  onQuery?: ((query: ObservedQuery) => void) | null | undefined;
  /** Gives the time of what is written, in milliseconds since 1970. Leases don't hang on it. Default: the process's own. */
  clock?: (() => number) | null | undefined;
  /** How much memory answers may take that are kept for reads that repeat, in bytes; 0: none. Default: 16 MiB. */
  cacheSize?: number | undefined;
  /** `false`: a file of an older version is an error instead of being migrated. Default: `true`. */
  migrate?: boolean | undefined;
  /**
   * `true`: an unknown key, here or in an argument of a method, is a `TypeError` with `code` `'ERR_UNKNOWN_KEY'` that
   * names the nearest known one. Default: `false`, where it is ignored; a near-miss is told once by
   * `process.emitWarning` with `code` `'VISUAL_DB_NEAR_MISS'`.
   */
  strict?: boolean | undefined;
  /** How much output of a run is kept, in bytes; beyond it the oldest of the middle goes. Default: 8 MiB. */
  maxOutputBytes?: number | undefined;
  /** Backups at intervals, for as long as the database is open; they don't hold the process open. Default: none. */
  backups?: BackupSchedule | false | null | undefined;
  /**
   * What this process prunes at intervals, for as long as the database is open; it doesn't hold the process open. Default: what
   * the file says ({@link VisualDatabase.setRetention}), and nothing where it says nothing. `false`: this process prunes nothing.
   */
  retention?: Retention | false | null | undefined;
}

/** A call that has ended, as `onQuery` hears of it. */
export interface ObservedQuery {
  /** The method of {@link VisualDatabase}; of a statement on the raw handle `'run'`, `'get'`, `'all'`, `'iterate'` or `'exec'`. */
  method: string;
  /** The statement's SQL, with its parameters; `null` for a method of {@link VisualDatabase}. */
  sql: string | null;
  /** How long it took, in milliseconds; of a call that gave a promise until that was settled. */
  durationMs: number;
  /** How many rows it gave: of a list or a page of one; `null` for other answers. */
  rows: number | null;
  /** What it threw, or `null`. */
  error: unknown;
}

/**
 * A call as the tracing channel `visual-db:call` of `node:diagnostics_channel` tells of it: the same object at its beginning and at its end.
 */
export interface CallMessage {
  /** What it is called on. */
  readonly database: VisualDatabase | Database;
  readonly method: string;
  /** Of a statement. */
  readonly sql?: string;
  readonly arguments: readonly unknown[];
  /** `performance.now()` at its beginning. */
  readonly startedAt: number;
  /** Milliseconds; `null` until its end. */
  readonly durationMs: number | null;
  /** Whether it has returned a promise that is not settled yet: then `asyncEnd` is its end. */
  readonly pending: boolean;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What {@link VisualDatabase.metrics} takes. */
export interface MetricsOptions {
  /** What all names begin with. Default: `'visual_db_'`. */
  prefix?: string;
  /** Labels of every line, where several databases are measured. Default: none. */
  labels?: Readonly<Record<string, string>>;
}

/** What {@link traceCalls} takes. */
export interface TraceOptions {
  /** Default: the one that is registered globally. */
  tracerProvider?: { getTracer(name: string, version?: string): object } | null;
  /** Default: the one that is registered globally. */
  meterProvider?: { getMeter(name: string, version?: string): object } | null;
  /** Whether spans have the SQL of statements. Default: of those with parameters, since others may have values in it. */
  queryText?: boolean | null;
}

/**
 * Makes a span of OpenTelemetry of each call on any database of this process, and of each statement on a raw handle, and records how
 * long they take in the histogram `db.client.operation.duration`, by the semantic conventions for databases. Needs `@opentelemetry/api`, which
 * the application installs.
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

/** What is kept. What is not given is kept for good. */
export interface RetentionPolicy {
  /** How long prompts, results and output of runs are kept after their end. */
  bodies?: Duration | null;
  /** How long output is. */
  output?: Duration | null;
  /** How long runs are kept at all. */
  runs?: Duration | null;
  /** How many runs of each zone are kept, the newest. */
  perZone?: number | null;
  /** How many bytes of the file may be in use: beyond it the oldest bodies go, and then runs. */
  maxBytes?: number | null;
  /** How long the log of changes is kept, which the feed and boards of the past are read from; 7 days by itself. */
  changes?: Duration | null;
}

/** A policy, and how often it is looked at. */
export interface Retention extends RetentionPolicy {
  /** At least a second. Default: `'1h'`. */
  every?: Duration | null;
}

/** What a file says is kept: times as texts, `null` for what is kept for good. */
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
   * `true`: only say what would go, all of it; `budgetMs` counts for nothing. `diskBytes` is 0 then. It is what `prune` would do at this
   * moment, also by a `readonly` connection and within a transaction; how much has to go for `maxBytes` is reckoned from the lengths of the
   * texts, to about a fifth.
   */
  dryRun?: boolean | null;
  /** About how long the call may take, in milliseconds. Default: 50. */
  budgetMs?: number | null;
}

/** What pruning came to. */
export interface Pruned {
  /** Runs that are gone. */
  runs: number;
  /** Runs that lost prompt and result. */
  bodies: number;
  /** Bytes of text that went. */
  bytes: number;
  /** By how many bytes the file is smaller. */
  diskBytes: number;
  /** There is more to prune: call it again. */
  more: boolean;
}

/** How far an export is. */
export interface ExportStep {
  stage: 'export';
  /** Lines that are written, and about how many there will be. */
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
  /** Of what ran and moved, only what did so at this time or later (ISO 8601 or a Date); open runs are there always. */
  since?: string | Date | null;
  /** Told how far it is; what it throws ends the export and is what the promise rejects with. */
  onProgress?: ((step: ExportStep) => void) | null;
}

/** What was exported. */
export interface Exported {
  format: 'jsonl' | 'otlp-json';
  lines: number;
  bytes: number;
}

/** What was imported: how many lines there were, how many of them the board had already, and what it got. */
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

/** How many hours, days, weeks (from Monday) and months, all UTC's, keep their newest backup. Not given: none. */
export interface BackupRetention {
  hourly?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
}

/** Backups at intervals. Of all processes that have the database open one at a time makes them. */
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

/** A backup: what its manifest says, or without one what the file itself says. */
export interface Backup {
  path: string;
  /** Whether there is a manifest beside it (`<path>.json`), whose checksum could be compared. */
  hasManifest: boolean;
  /** The form of the manifest. */
  format: 1;
  /** ISO 8601, UTC, milliseconds. */
  createdAt: string;
  /** Made on demand or at intervals, before a migration, or before a restore. */
  kind: 'backup' | 'migration' | 'safety';
  bytes: number;
  /** SHA-256 in hexadecimal. `listBackups` doesn't compute it: empty there without a manifest. */
  sha256: string;
  /** 0 is a file of the JavaScript layer. */
  schemaVersion: number;
  counts: DatabaseStats;
  /** What was wrong with the database when this copy of it was put aside. */
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
  /** As a transaction in the live file; as a new file; or in the place of one that can't be opened. */
  how: 'transaction' | 'created' | 'replaced';
  /** What was there before: a backup, or the file that was moved aside; `null` where there was nothing. */
  safety: string | null;
  schemaVersion: number;
  counts: DatabaseStats;
}

/**
 * The data layer of an agent canvas: worktrees, zones and every run of an agent in one SQLite file. All methods are
 * synchronous.
 *
 * After `close()` every method throws `TypeError('The database connection is not open')`. A failure of SQLite is a
 * {@link SqliteError}; a caller's mistake a `TypeError` or `RangeError` that names the method's field and what it got.
 * What programs can test about them is a {@link VisualDatabaseError}. After any error the database is as it was before the
 * call.
 *
 * @example
 * const db = new VisualDatabase({ dbPath: 'data/visual.db' });
 * db.createWorktree({ id: 'wt-1', path: '/tmp/wt-1', port: 3001, branchName: 'feature/login' });
 *
 * @typeParam Types what the application knows of its statuses, triggers, agents, actions and results
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
   * Stores many new worktrees as one: all or nothing. The error's `index`, and its message, say which was refused.
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
   * Worktrees of a filter, a page at a time.
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
   * @param options `ifRevision`: only where this is still its revision, as `getBoard` gave it
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
   * Changes where a worktree is, which `updateWorktree` leaves as it is. An unknown key is a `TypeError`.
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
  /** Changes a zone; as {@link updateWorktree} otherwise. */
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
   * Puts a worktree into a zone, out of the one it was in.
   *
   * @throws {SqliteError} `SQLITE_CONSTRAINT_FOREIGNKEY` for an unknown worktree or zone; it stays where it was then
   */
  assignWorktreeToZone(worktreeId: string, zoneId: string): true;
  /** Puts many worktrees into a zone as one, in this order: all or nothing. The error's `index` says which was refused. */
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
   * Records many runs as one: all or nothing. The error's `index` says which was refused.
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
  /** The latest executions in a worktree; as {@link getExecutionHistory} otherwise. */
  getWorktreeExecutions<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(
    worktreeId: string | null | undefined,
    limit?: number | bigint | string,
  ): Execution<R>[];
  /** Counts of executions: of all, of a zone, of a worktree, or of a worktree in a zone. Costs the same at any size. */
  getExecutionStats(filter?: {
    zoneId?: string | null | undefined;
    worktreeId?: string | null | undefined;
  }): ExecutionStats;
  /**
   * Wants a run: it is queued, for a worker to claim.
   *
   * @returns it; where a run that has not ended has the same `idempotencyKey`, that one, and nothing is made
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: there is no such zone, worktree or parent
   * @throws {TypeError | RangeError} for a field that is missing, of a wrong kind or out of its range
   * @example
   * const run = db.enqueueRun({ zoneId: 'zone-dev', worktreeId: 'wt-1', agentType: 'frontend', prompt: 'Build it' });
   * run.status; // 'queued'
   */
  enqueueRun(run: NewRun): RunOf<Types>;
  /**
   * Wants many runs as one: all or nothing. The error's `index` says which was refused.
   *
   * @returns them, in the same order
   * @throws as {@link enqueueRun}
   * @example db.enqueueRuns(prompts.map((prompt) => ({ zoneId: 'zone-dev', worktreeId: 'wt-1', agentType: 'qa', prompt })));
   */
  enqueueRuns(runs: readonly NewRun[]): RunOf<Types>[];
  /**
   * Wants a run and claims it in one, for who runs the agent himself.
   *
   * @returns as {@link claimRun}; where a queued run has the same `idempotencyKey`, that one
   * @throws {Error} `code` `'ERR_RUN_LIMIT'`: as many run as may; `'ERR_BUDGET'`: a budget is spent; `'ERR_CONFLICT'`: a run
   *   with the same `idempotencyKey` is running or waiting; else as {@link enqueueRun}. Nothing is queued then
   * @example const { run, token } = db.startRun(wanted, { workerId: 'worker-1', leaseMs: 30_000 });
   */
  startRun(run: NewRun, options: Pick<ClaimOptions, 'workerId' | 'leaseMs'>): ClaimedRunOf<Types>;
  /**
   * Takes runs from the queue: first those that a person has answered, then the highest priority, the zone in which the
   * fewest run, the oldest. Leases that ran out are recovered before. Run limits and budgets are counted in the same
   * transaction; two workers never get one run.
   *
   * @param options `limit`: how many at most, 1 to 1,000, default 1
   * @returns them, with the token of each; `[]` where nothing may be claimed
   * @throws {TypeError | RangeError} for an option of a wrong kind or out of its range
   * @example for (const { run, token } of db.claimRuns({ workerId: 'worker-1', limit: 4 })) void work(run, token);
   */
  claimRuns(options: ClaimOptions & { limit?: number | null | undefined }): ClaimedRunOf<Types>[];
  /**
   * Takes one run from the queue, or `null`; as {@link claimRuns} otherwise.
   *
   * @example const claimed = db.claimRun({ workerId: 'worker-1', agentTypes: ['frontend'] });
   */
  claimRun(options: ClaimOptions): ClaimedRunOf<Types> | null;
  /**
   * Waits until there is a run to take, and takes it; as {@link claimRun} otherwise. It is woken by any process's commit
   * within 100 ms, and runs no statement while nothing happens.
   *
   * @param options `signal` ends the waiting: the promise is rejected with its `reason`
   * @throws as the promise's rejection, also where the database is closed meanwhile
   * @example const { run, token } = await db.waitForRun({ workerId: 'worker-1', signal: AbortSignal.timeout(60_000) });
   */
  waitForRun(options: ClaimOptions & { signal?: Signal | null | undefined }): Promise<ClaimedRunOf<Types>>;
  /**
   * Says that the worker is still there: its lease lasts longer, never shorter.
   *
   * @param token of the claim
   * @param options `leaseMs`: for how long from now, 1 to 86,400,000; default: as long as at the claim
   * @returns until when, whether to stop, and what is left of the budget
   * @throws {Error} `code` `'ERR_LEASE_LOST'`: the token doesn't hold the run, so stop working on it; `'ERR_NOT_FOUND'`
   * @example if (db.heartbeatRun(run.id, token).cancelRequested) agent.kill();
   */
  heartbeatRun(id: string, token: number, options?: { leaseMs?: number | null | undefined }): Lease;
  /**
   * Appends to a run's output, which is never rewritten. Beyond `maxOutputBytes` the oldest of the middle goes.
   *
   * @param token of the claim
   * @param options `expectedSequence`: the number that the first of the chunks is to have. Who repeats a call whose answer
   *   got lost gives the same one again: the chunks are appended once
   * @returns the number that the next chunk will have
   * @throws {Error} `code` `'ERR_LEASE_LOST'`; `'ERR_CONFLICT'`: it would leave a hole or overlap, `current` is the next
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
   * A run's output, while it runs, too: what was appended after the first `after` chunks.
   *
   * @param options `after`: an earlier `next`, default 0; `limit`: 1 to 1,000, default 50
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @example const { items, next, truncated } = db.getOutput(run.id, { after: 0, limit: 1000 });
   */
  getOutput(id: string, options?: { after?: number | null | undefined; limit?: number | null | undefined }): OutputPage;
  /**
   * Counts what a run used, at the time of this call, also after its end, and without a token: what was spent was spent.
   * It stays counted for budgets when run, worktree or zone are deleted.
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
   * Asks a person: the run waits, without a lease, without a place in a limit, and without its `timeoutMs` running.
   *
   * @param token of the claim, which ends with this
   * @returns it: `'waiting'`, or `'cancelled'` where somebody wanted it to stop
   * @throws {Error} `code` `'ERR_LEASE_LOST'` or `'ERR_NOT_FOUND'`
   * @example db.waitRun(run.id, token, { question: 'May I delete the old migration?' });
   */
  waitRun(id: string, token: number, options: { question: string }): RunOf<Types>;
  /**
   * Answers a waiting run: it is first in line, and who claims it goes on with the same attempt.
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
   * @param token of the claim; the same one's call again returns the run, whatever has come since
   * @throws {Error} `code` `'ERR_LEASE_LOST'`: nothing was changed; `'ERR_NOT_FOUND'`
   * @example db.finishRun(run.id, token, { status: 'succeeded', exitCode: 0, result: { files: ['login.js'] } });
   */
  finishRun(id: string, token: number, outcome: RunOutcomeOf<Types>): RunOf<Types>;
  /**
   * Gives a run back unworked: it is queued again at once, and the attempt doesn't count.
   *
   * @param token of the claim, which ends with this
   * @returns it: `'queued'`, or `'cancelled'` where somebody wanted it to stop
   * @throws {Error} `code` `'ERR_LEASE_LOST'` or `'ERR_NOT_FOUND'`
   * @example process.once('SIGTERM', () => db.releaseRun(run.id, token));
   */
  releaseRun(id: string, token: number): RunOf<Types>;
  /**
   * No longer wants a run. Queued or waiting it ends now; running it gets `cancelRequestedAt`, and its worker hears it.
   *
   * @param options `reason`: its `error` then, for people
   * @throws {Error} `code` `'ERR_RUN_TRANSITION'`: it has ended; `'ERR_NOT_FOUND'`
   * @example db.cancelRun(run.id, { reason: 'The issue was closed' });
   */
  cancelRun(id: string, options?: { reason?: string | null | undefined }): RunOf<Types>;
  /**
   * Wants the same as a run that has ended once more.
   *
   * @param changes what is to be otherwise
   * @returns a new run, whose `retryOf` is that one's id
   * @throws {Error} `code` `'ERR_RUN_TRANSITION'`: it has not ended; else as {@link enqueueRun}
   * @example db.retryRun(run.id, { prompt: `${run.prompt} Mind the tests.` });
   */
  retryRun(id: string, changes?: RunChanges): RunOf<Types>;
  /**
   * Takes runs away from workers whose lease ran out, and ends those that were worked on for longer than their `timeoutMs`.
   * Every claim does so, too; an orchestrator that can ask its workers does it at intervals.
   *
   * @param options `isAlive` is asked of each whose lease ran out, outside the transaction, and lengthens the lease by
   *   returning true; what it throws is thrown, and nothing is swept. `graceMs`: for how long a lease may have run out, 0 to
   *   86,400,000, default 0
   * @returns what became of them; one that somebody wanted to stop is cancelled, and in none of the lists
   * @throws {TypeError} where `isAlive` is no function, or returns a promise
   * @example db.sweepRuns({ isAlive: (workerId) => workers.has(workerId) });
   */
  sweepRuns(options?: {
    isAlive?: ((workerId: string, run: Run<Read<Types, 'Result'>, 'running'>) => boolean) | null | undefined;
    graceMs?: number | null | undefined;
  }): Swept;
  /**
   * Sets how many runs may run at once: of all, of a zone, of an agent, or of an agent in a zone. `null`: as many as like.
   *
   * @param scope `{}` is all runs
   * @param limit 0 and more; at 0 none is claimed. Runs that run go on
   * @throws {TypeError | RangeError} for a limit that is no such integer
   * @example db.setRunLimit({ agentType: 'frontend' }, 2);
   */
  setRunLimit(
    scope: { zoneId?: string | null | undefined; agentType?: string | null | undefined },
    limit: number | null,
  ): void;
  /**
   * Sets how many worktrees a zone is to have at most. `null`: as many as like. `assignWorktreeToZone` and other programs are not
   * refused by it.
   *
   * @param limit 0 and more
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @throws {TypeError | RangeError} for a limit that is no such integer
   * @example db.setWipLimit('zone-review', 3);
   */
  setWipLimit(zoneId: string, limit: number | null): void;
  /**
   * All run limits, with how many runs run: the one of all first, then by zone and agent.
   *
   * @example db.getRunLimits() // [{ scope: { zoneId: null, agentType: 'frontend' }, limit: 2, running: 1 }]
   */
  getRunLimits(): RunLimit[];
  /**
   * Sets how much may be spent in each period, on all runs or on those of a zone, a worktree or an agent. While it is spent
   * no run that counts for it is claimed; those that run hear it at their heartbeat. `null`: as much as it takes.
   *
   * @param scope at most one of `zoneId`, `worktreeId` and `agentType`; `period`; `timeZone`, in which days and months
   *   begin, default `'UTC'`
   * @param costMicros millionths, 0 and more; what was spent in the period before counts
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
   * All budgets, with what is spent and left of each: those of all runs first.
   *
   * @example db.getBudgets()[0]?.remainingMicros
   */
  getBudgets(): Budget[];
  /**
   * The run with this id, also of an execution that was recorded only, or `null`.
   *
   * @typeParam R what the caller knows of this one's result, where that is more than of all
   * @example db.getRun(run.id)?.status
   */
  getRun<R extends Read<Types, 'Result'> = Read<Types, 'Result'>>(id: string | null | undefined): Run<R> | null;
  /**
   * Runs, those among them that were only recorded as executions; newest first, unless `orderBy` says otherwise. A page costs
   * its rows, not its position, along the index of the order or of a filter.
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
   * How runs went, by buckets of the time at which they ended: a row for each bucket of each series, also the empty ones, series by
   * series. A run of several models counts in each of their series, one of none in none; what has no time that anybody can read is in none.
   * Runs of archived worktrees count; where an id was used again, each worktree that had it has its own series under that key.
   * With `by`, there is a series for each key that has runs, and for each that the filter names.
   *
   * One `by` or one of `zoneId`, `worktreeId`, `agentType`, `model` and `branchName` costs its buckets, not the history. With another filter, or
   * several, the runs of that time are counted one by one.
   *
   * @throws {TypeError | RangeError} for a filter of a wrong kind, for more buckets or series than anybody looks at (200,000 hours, 500,000 rows)
   * @example
   * const days = db.getTrend({ bucket: 'day', by: 'zone', timeZone: 'Europe/Berlin', since: '2026-03-01T00:00:00+01:00' });
   * days.filter(({ key }) => key === 'zone-dev').map(({ start, runs, successRate, durationMs }) => [start, runs, successRate, durationMs.p90]);
   */
  getTrend(filter: TrendFilter & { bucket: 'hourOfWeek' }): Trend<number>[];
  getTrend(filter?: TrendFilter & { bucket?: Exclude<TrendBucket, 'hourOfWeek'> | null | undefined }): Trend[];
  getTrend(filter?: TrendFilter): Trend<string>[] | Trend<number>[];

  /**
   * Runs that say something: all words of the text, each piece between spaces as it stands, whatever its case and accents; or, of
   * mode `'substring'`, the text itself, whatever its case. The best come first; of what is in very many runs the latest 400 (200 of
   * a substring) are ranked, then those before them.
   *
   * @param text up to 1,000 characters; never syntax, unless `syntax` is `true`
   * @returns a page; each run is in it once, with the field that says most
   * @throws {Error} `code` `'ERR_SEARCH_OFF'`: nobody has called {@link enableSearch}, or its index isn't built to the end and this
   *   connection may not go on with it; `'ERR_CURSOR'`: `after` is not the `next` of a page of this text and filter
   * @throws {TypeError | RangeError} for a text in which there is nothing to look for, an expression that is none, a filter of a wrong kind
   * @example
   * db.enableSearch();
   * for (const { run, field, snippet } of db.searchRuns('src/db.rs:42', { status: 'failed' }).items) console.log(run.id, field, snippet);
   */
  searchRuns(text: string, filter?: SearchFilter): Page<FoundRun<RunSummary<RunOf<Types>>>>;
  /**
   * Builds the index that {@link searchRuns} needs, and keeps it in the file for everybody from then on. Others can write meanwhile;
   * who is killed leaves what the next one goes on with. It takes about 60 ms for 1,000 runs of 400 bytes, twice that for substrings.
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
   * The prompt that a zone's template makes of a worktree. A name between `{{` and `}}` becomes what it names:
   * `worktree.branchName` (`worktree.branch` is the same), `zone.name`, `github.title` of `variables`. Text goes in as it is,
   * `null` as nothing, everything else as its JSON; what goes in is not looked at again.
   *
   * @param variables what the template names besides; nested objects and arrays are named by paths, `labels.0.name`
   * @returns `missing`: the names that nothing has, each once, which stay in the prompt as they are written
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such zone, or worktree
   * @throws {TypeError | RangeError} for variables that are no object, or nested more than 127 deep
   * @example const { prompt, missing } = db.renderPrompt('zone-review', 'wt-1', { github: { title: 'Log in' } });
   */
  renderPrompt(zoneId: string, worktreeId: string, variables?: object | null): RenderedPrompt;

  /**
   * A drop on the canvas, all or nothing: the worktree's zone, its position, the reason in the ledger, and with `enqueue` a run
   * for each agent of an `onDrop` zone, whose prompt is made from the zone's template. Where it is in that zone already, only
   * its position changes.
   *
   * @param zoneId `null` is out of its zone
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such worktree, or zone; `'ERR_CONFLICT'`: it is not in `expectedZoneId`, but in
   *   `current`; `'ERR_WIP_LIMIT'`: the zone is full, with `current` worktrees
   * @throws {TypeError} for an agent of the zone that is no string and no object with `type` or `name`
   * @example
   * const { worktree, move, runs } = db.moveWorktree('wt-1', 'zone-review', { position: { x: 600 }, enqueue: true });
   */
  moveWorktree(worktreeId: string, zoneId: string | null, options?: MoveOptions): Dropped<Types>;
  /**
   * The same of several, all or none. The error has the `index` of the move that is refused.
   *
   * @example db.moveWorktrees([{ worktreeId: 'wt-1', zoneId: 'zone-done' }, { worktreeId: 'wt-2', zoneId: null }])
   */
  moveWorktrees(moves: readonly MoveOfMany[]): Dropped<Types>[];
  /**
   * Every change of a worktree's zone, by anybody, newest first. It outlives worktrees and zones. A page costs its rows, not
   * its position.
   *
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is not the `next` of a page of this filter
   * @throws {TypeError | RangeError} for a filter of a wrong kind, a limit out of its range
   * @example db.getMoves({ worktreeId: 'wt-1' }).items.map(({ from, to, at }) => `${at}: ${from} -> ${to}`)
   */
  getMoves(filter?: MoveFilter): Page<Move>;
  /**
   * The cumulative flow of worktrees through zones, from the ledger of moves: how many are where at the end of each bucket, how many come
   * and leave, and how long they stay.
   *
   * @throws {TypeError | RangeError} for a filter of a wrong kind, for more than 20,000 buckets
   * @example
   * const { buckets, leadTimeMs, timeInZoneMs } = db.getFlow({ bucket: 'week', timeZone: 'Europe/Berlin' });
   * buckets.at(-1)?.zones['zone-review']; // how many wait there now
   */
  getFlow(filter?: FlowFilter): Flow;
  /**
   * Takes back what somebody did last to the canvas, in whichever process: moves, positions, updates, relocations, metadata,
   * archiving and coming back from the archive, not creating and deleting. What was done in one transaction is taken back together.
   * Remembered is what is done through `db.as`, by calls of this class, for as long as the feed reaches back. An undo is itself no target of undo.
   *
   * @param options `by`: whose, default the actor of `db.as`. `onConflict`: what to do where others have changed the same values since;
   *   `'reject'`, the default, throws, `'skip'` gives that up and takes back what was done before
   * @returns the changes that this made, as `getChanges` tells them; `null` where there is nothing to undo
   * @throws {Error} `code` `'ERR_CONFLICT'`: somebody has changed it since; `current` is the worktree or zone as it is now, `null` where it
   *   is gone. Nothing was changed
   * @throws {TypeError} where nobody is named, for an actor or an option that is none
   * @example
   * const anna = db.as({ kind: 'user', id: 'anna' });
   * anna.moveWorktree('wt-1', 'zone-done');
   * anna.undo();
   */
  undo(options?: UndoOptions): Change[] | null;
  /**
   * Does again what `undo` took back last. Once that actor does something else to the canvas, there is nothing to do again.
   *
   * @param options as for `undo`
   * @returns the changes that this made; `null` where there is nothing
   * @throws {Error | TypeError} as `undo` does
   * @example anna.redo();
   */
  redo(options?: UndoOptions): Change[] | null;
  /**
   * Takes a worktree off the canvas with its history, all or nothing: its id, its port and its branch are free. Its executions
   * leave the four tables, and still count and are found by `getExecution`, the histories, `getRun` and `listRuns`; the JavaScript layer
   * doesn't see them. Its open runs are cancelled. Whoever gets its id has a history of its own.
   *
   * @param options `reason`: why, for the ledger and the archive
   * @returns what is in the archive now
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such worktree
   * @throws {TypeError} for an id or a reason that is no string
   * @example const { key, executions } = db.archiveWorktree('wt-1', { reason: 'merged' });
   */
  archiveWorktree(id: string, options?: { reason?: string | null | undefined }): ArchivedWorktree<Types>;
  /**
   * Brings the worktree back that was archived last under an id, with its executions, its zone if that is there, its metadata and what
   * its runs cost.
   *
   * @returns the worktree; its `updatedAt` is another one only where its port is
   * @throws {Error} `code` `'ERR_NOT_FOUND'`: no such worktree in the archive; `'ERR_CONFLICT'`: its id, its port or its branch
   *   (`field`) is taken by the worktree whose id is `current`, or a zone or an execution's id is not what it was; `'ERR_NO_PORT'`
   * @throws {TypeError | RangeError} for what is no id, port or key
   * @example db.restoreWorktree('wt-1', { port: 'auto' });
   */
  restoreWorktree(id: string, options?: RestoreOptions): WorktreeOf<Types>;
  /**
   * The archive, what was archived last first. A page costs its rows, not its position.
   *
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is not the `next` of a page of this list
   * @throws {TypeError | RangeError} for a limit out of its range
   * @example db.listArchived().items.map(({ worktree, archivedAt }) => `${archivedAt} ${worktree.branchName}`)
   */
  listArchived(options?: PageOptions): Page<ArchivedWorktree<Types>>;
  /**
   * Changes what is kept beside a worktree, a zone or a run, by JSON merge patch (RFC 7396): members are merged, `null`
   * removes one, everything else takes the place of what was there. Nothing is written where nothing changes.
   *
   * @param patch an object; `null` removes all
   * @returns all of it
   * @throws {Error} `code` `'ERR_NOT_FOUND'`
   * @throws {RangeError} where all of it would be more than 64 KiB of JSON, or nested more than 127 deep
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
   * The lowest port of a range that no worktree has. It only tells: `createWorktree({ port: 'auto' })` takes one.
   *
   * @param options `from`, default 3001, to `to`, default 3999, both included, 1 to 65,535; `isFree` is asked of each that no
   *   worktree has, from the lowest on, until it returns true: whether anybody else listens there, say
   * @throws {Error} `code` `'ERR_NO_PORT'`: none is free
   * @throws {TypeError | RangeError} for ends that are no such integers, an `isFree` that is no function or returns a promise
   * @example db.allocatePort({ from: 4000, to: 4999, isFree: (port) => !reserved.has(port) });
   */
  allocatePort(options?: {
    from?: number | null | undefined;
    to?: number | null | undefined;
    isFree?: ((port: number) => boolean) | null | undefined;
  }): number;

  /**
   * Everything that stands on the canvas, in one consistent read.
   *
   * @param options `runs`: with what the runs of each worktree come to, which takes longer; default false. `at`: as it was then,
   *   ISO 8601 or a Date: zones with their templates, worktrees, assignments, metadata, limits, and the `next` of then. A transaction of
   *   this package is never shown in halves. Runs are of now, so not with `at`
   * @throws {Error} `code` `'ERR_HISTORY_PRUNED'`: `at` is before all that is kept
   * @throws {TypeError | RangeError} for another key, `runs` that is no boolean, `at` that is no time
   * @example
   * const hourAgo = db.getBoard({ at: new Date(Date.now() - 3_600_000) });
   * for (const change of db.getChanges({ after: hourAgo.next }).items) replay(change);
   * @example for (const { id, revision, openRuns } of db.getBoard({ runs: true }).worktrees) show(id, revision, openRuns);
   */
  getBoard(options?: { runs?: boolean | null | undefined; at?: string | Date | null | undefined }): Board<Types>;
  /**
   * What anybody has changed, in the order in which it can be seen: one sequence over worktrees, zones, assignments, executions,
   * runs and the rest, whichever program wrote it. A page costs its rows, not its place. Never prompts of runs, results or output.
   *
   * @returns the changes behind `after`, and where to go on. `gap` where they are not known any more: the log is kept for seven
   * days or 131,072 changes, and a file that was restored or copied over another is another one from there on
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is no place of the feed
   * @throws {TypeError | RangeError} for an entity that there isn't, a limit out of its range
   * @example
   * let { next, ...board } = db.getBoard();
   * const changes = db.getChanges({ after: next });
   * if (!changes.gap) next = changes.next;
   */
  getChanges(options?: ChangesOptions): Changes<Types>;
  /**
   * Follows what {@link VisualDatabase.getChanges} tells, as it comes: from this process and every other one, within 100 ms,
   * and without a statement while nothing happens. Only who waits for the next change keeps the process alive. It ends with
   * `break`, `return()`, the signal and `close()`.
   *
   * @returns an async iterator; its `position` is what `after` takes to go on
   * @throws {Error} `code` `'ERR_CURSOR'`: `after` is no place of the feed. The iterator throws `code` `'ERR_HISTORY_PRUNED'` where the
   * changes behind it are not known any more: read `getBoard()` and go on from its `next`
   * @throws {TypeError} for an entity that there isn't
   * @example
   * for await (const { entity, id, fields } of db.watch({ entities: ['worktree', 'assignment'] })) console.log(entity, id, fields);
   */
  watch(options?: WatchOptions): Watch<Types>;
  /** Row counts of everything. */
  getStats(): DatabaseStats;
  /**
   * What an operator looks at and is woken by, in Prometheus's text format (`text/plain; version=0.0.4`): rows, open runs by status,
   * for how long the queue has waited, leases that ran out, how runs ended in the last hour, limits and budgets, sizes of the file and its log,
   * backups, kept answers. Times are in seconds, sizes in bytes, costs in whole units.
   *
   * @throws {TypeError} for a prefix or a label that Prometheus takes for none, or an unknown option
   * @example response.setHeader('content-type', 'text/plain; version=0.0.4').end(db.metrics());
   */
  metrics(options?: MetricsOptions): string;

  /**
   * The same database for somebody: what is written through it says who it was, in `by`, of runs and of changes. It is no copy: connection,
   * transactions and answers are the same, and `close()` closes both.
   *
   * @throws {TypeError} for another `kind`, an `id` that is no non-empty string, another key
   * @example
   * const anna = db.as({ kind: 'user', id: 'anna' });
   * anna.enqueueRun({ zoneId: 'zone-dev', worktreeId: 'wt-1', agentType: 'claude', prompt: 'Build it' }).by;
   */
  as(actor: By): this;

  /**
   * Runs `fn` in a transaction: all of it or nothing. What `fn` throws undoes it and is thrown on as it is. A nested
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
   * first (the Run says when, as `bodiesPrunedAt`), then runs. Never an open run, a run that an open one belongs to, or one with
   * `{ pinned: true }` as metadata. What goes still counts in `getExecutionStats`, `getTrend` and `getMoves`; the feed is not told.
   * Without a policy that of the file holds.
   *
   * @throws {TypeError} within a transaction; for an unknown key
   * @throws {SqliteError} `SQLITE_READONLY` where the database was opened with `readonly`
   * @example while (db.prune({ bodies: '30d', runs: '1y' }).more);
   */
  prune(options?: PruneOptions): Pruned;
  /** What the file says is kept; `null` where it says nothing. */
  getRetention(): StoredRetention | null;
  /**
   * Says in the file what is kept, so that every process that has it open keeps to that; `null`: everything.
   *
   * @throws {TypeError | RangeError} for an unknown key or what is no length of time
   * @example db.setRetention({ bodies: '30d', output: '7d', runs: '1y' });
   */
  setRetention(retention: Retention | null): void;

  /**
   * Writes the whole board into a file or a stream, from one state of it, while others go on working: a line of JSON for each row.
   * `docs/retention.md` has the form. Tables of your own are not in it, nor the log of changes, boards of the past and undo.
   *
   * @throws {Error} `code` `'ERR_EXPORT_EXISTS'` where there is a file; the stream's own, the operating system's (`'ENOSPC'`, …)
   * @example const { lines } = await db.exportAll('board.jsonl');
   */
  exportAll(target: ExportTarget, options?: ExportOptions): Promise<Exported>;
  /**
   * Takes in what {@link VisualDatabase.exportAll} wrote as `'jsonl'`: all lines are checked in a file of their own first, then all
   * become part of the board in one transaction, or none. What the board has already is left out where it is the same.
   *
   * @throws {Error} `code` `'ERR_IMPORT'` for a line that is no line of an export, `'ERR_CONFLICT'` for one that the board has
   *   otherwise; `line` is its number from 1 on. Nothing was changed then
   * @throws {TypeError} within a transaction, or where the database was opened with `readonly`
   * @example const { runs, equal } = await db.importAll('board.jsonl');
   */
  importAll(source: ImportSource, options?: { onProgress?: ((step: ImportStep) => void) | null }): Promise<Imported>;

  /**
   * Makes a verified backup: one file and its manifest. The event loop stays free, others go on writing.
   *
   * @param path the file to make; default: named by the time, in `backups` beside the database. A database in memory
   *   needs one. An earlier backup is replaced, any other file is not.
   * @param options `progress` is told of every step; what it throws stops the backup and is what the promise rejects with
   * @throws {Error} `code` `'ERR_BACKUP_EXISTS'`, `'ERR_BACKUP_DAMAGED'`, or the operating system's (`'ENOSPC'`, …)
   * @throws {SqliteError} such as `SQLITE_FULL`, naming the file
   * @example const { path } = await db.backup();
   */
  backup(path?: string | null, options?: { progress?: ((step: BackupStep) => void) | null }): Promise<Backup>;
  /** As {@link VisualDatabase.backup}, when it returns. */
  backupSync(path?: string | null, options?: { progress?: ((step: BackupStep) => void) | null }): Backup;
  /**
   * Checks a backup completely: size, checksum, pages, foreign keys, schema, row counts. Never changes it.
   *
   * @throws {Error} `code` `'ERR_BACKUP_MISSING'`, `'ERR_BACKUP_EMPTY'`, `'ERR_BACKUP_NOT_A_DATABASE'`,
   *   `'ERR_BACKUP_TRUNCATED'`, `'ERR_BACKUP_CHANGED'`, `'ERR_BACKUP_DAMAGED'`, `'ERR_BACKUP_SCHEMA'`,
   *   `'ERR_BACKUP_NEWER'` or `'ERR_BACKUP_MANIFEST'`
   */
  static verifyBackup(path: string): Backup;
  /** The backups in a folder, newest first; of a folder that doesn't exist none. */
  static listBackups(folder: string): (Backup | BackupProblem)[];
  /**
   * Removes the backups in a folder that `keep` doesn't keep, of those that are named by the time; never the last one
   * that verifies.
   *
   * @param options `dbPath` says whose (default: `data/visual.db`), `dryRun` removes nothing
   */
  static pruneBackups(
    folder: string,
    options?: { dbPath?: string | null; keep?: BackupRetention; dryRun?: boolean },
  ): { kept: string[]; removed: string[] };
  /**
   * Makes a database equal to a backup: verifies it, keeps what is replaced as a safety copy, then restores in one
   * transaction, so that others that have the file open see the restored rows.
   *
   * @param options `dbPath` is the database (default: `data/visual.db`); what `progress` throws stops the restore
   * @throws {Error} as `verifyBackup`, with the database unchanged to the byte; `code` `'ERR_RESTORE_SAME_FILE'`
   * @throws {SqliteError} `SQLITE_BUSY` where a writer doesn't come to an end within five seconds
   */
  static restore(
    backup: string,
    options?: { dbPath?: string | null; progress?: ((step: BackupStep) => void) | null },
  ): Restored;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/** What a call on another thread takes behind its arguments. */
export interface CallOptions {
  /**
   * Whoever aborts it waits no more: the promise is rejected with its reason. A call that has not begun does not begin; one that has
   * goes on to its end.
   */
  signal?: Signal | undefined;
}

/** What is another thing, or not there, on {@link AsyncVisualDatabase}. */
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
 * works, waits for a lock or for the disk. Calls are made in the order in which they come. Arguments cross to the other thread as
 * `structuredClone` takes them; functions among them are asked on the caller's, and must not return promises.
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
  /** As {@link VisualDatabase.as}; it gives no promise. */
  as(actor: By): this;
  /** As {@link VisualDatabase.watch}; it gives no promise. */
  watch(options?: WatchOptions): Watch<Types>;
  /**
   * Runs `fn` in a transaction on a connection of its own: all of it or nothing. What `fn` throws, or the promise that it gives is
   * rejected with, undoes it. Only what is called on `tx` belongs to it. `tx.transaction` is a savepoint. Transactions wait for
   * each other, in the order in which they were begun; `signal` ends that wait. Methods that take their time (`backup`, `exportAll`,
   * `importAll`, `waitForRun`, `watch`) are refused in it.
   *
   * @returns what `fn` gave
   * @throws {TypeError} inside the `fn` of another transaction of the same database, which would wait for itself
   * @example
   * await db.transaction(async (tx) => {
   *   const { id } = await tx.createWorktree(worktree);
   *   await tx.assignWorktreeToZone(id, 'zone-dev');
   * });
   */
  transaction<T>(fn: (tx: AsyncVisualDatabase<Types>) => T | PromiseLike<T>, options?: CallOptions): Promise<T>;
  /** Closes it, behind the calls and transactions that have begun, and ends its threads. */
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
 * What programs can test about an error of a {@link VisualDatabase}, whatever its class: which of these it has depends on
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
  /** What was given for the field: the very value. Not enumerable, so that printing the error does not show it. */
  value?: unknown;
  /** The fields whose ids are of nothing, where a foreign key failed. */
  missing?: ('zoneId' | 'worktreeId')[];
  /** What may have been meant, for people: that the two ids are swapped. */
  hint?: string;
  /** Which element of a bulk call it was. */
  index?: number;
  /** What is there instead of what was expected, with `code` `'ERR_CONFLICT'`. */
  current?: unknown;
}

/** What {@link createStudioHandler} takes. An unknown key is a `TypeError`. */
export interface StudioOptions<Request = any> {
  /** Whether the page may move worktrees, and cancel, retry and answer runs. Default: `false`, it only looks. */
  write?: boolean | undefined;
  /** Who does what is done there. Default: `{ kind: 'user', id: 'studio' }`. */
  actor?: By | undefined;
  /** The path that it is mounted under, such as `'/studio'`, where the server doesn't take it off. Default: `''`. */
  basePath?: string | undefined;
  /**
   * A secret of at least 32 letters, digits, `-` and `_`: whoever opens `/?token=…` gets a cookie for it, and only by names of this
   * machine (`127.0.0.1`, `localhost`). Either this or `authorize` has to be given.
   */
  token?: string | undefined;
  /** Asked of each request, behind a login of one's own: only `true` lets in. */
  authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined;
}

/**
 * Studio, the page that `visual-db studio` opens, as a handler for `node:http`: for a server that mounts it behind its own login.
 * It has no state but the database, and closes nothing.
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

/** A failure of SQLite. What it has beside its `code`, {@link VisualDatabaseError} says. */
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
  /** Told the SQL of every statement before it runs, with its values in their places. Default: none. */
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

/** A column of a result. Where it comes from is `null` for an expression. */
export interface ColumnDefinition {
  /** Its name in the rows: what `AS` says. */
  name: string;
  /** The column of the table that it shows. */
  column: string | null;
  /** That table, by its own name. */
  table: string | null;
  /** `'main'`, `'temp'`, or the name of an attached database. */
  database: string | null;
  /** The type that the table was created with, such as `'TEXT'`. */
  type: string | null;
}

/**
 * A prepared statement in better-sqlite3's shape, made by {@link Database.prepare}. It is compiled once and runs as often
 * as it is asked to.
 *
 * Values are given in the order of the parameters `?`, one by one or in arrays; those with a name (`:id`, `@id`, `$id`) in
 * one plain object, without the sign before the name. Values are numbers, strings, BigInts of 64 bits, Buffers, `null` and
 * `undefined` (a NULL). What can't be bound is a `TypeError`; too few values and too many are a `RangeError`.
 *
 * What runs it throws a `TypeError` once the database is closed, and while the statement itself is being iterated over.
 *
 * @typeParam Parameters the values that it takes
 * @typeParam Row what its rows look like
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
   * Runs it to its end and drops its rows, where it returns any.
   *
   * @throws {SqliteError} such as `SQLITE_CONSTRAINT_UNIQUE` or `SQLITE_BUSY`
   * @throws {TypeError} where another statement of the connection is being iterated over and this one writes
   * @example const { changes } = db.db.prepare('DELETE FROM zones WHERE id = ?').run('zone-1');
   */
  run(...parameters: Parameters): RunResult;
  /**
   * Runs it up to its first row.
   *
   * @returns the row, an object with a key a column as a rule, or `undefined` where there is none
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
   * Runs it row by row, which takes less memory than {@link Statement.all}. Until the iterator has come to its end or is
   * returned, as `for … of` does, the connection refuses everything that writes.
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
   * Rows become an object a table, with `$` for the columns that belong to none: `{ zones: { id }, $: { total } }`. It
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
   * Integers become BigInts, so that those beyond 2⁵³ keep their last digits; without it they are rounded.
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
  /** Its SQL; after {@link Statement.bind} with the values in their places. */
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
  /** Runs the function, with the same `this`: all of it or nothing. What it throws undoes it and is thrown on as it is. */
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
 * The tables as they lie in the file, for a query builder: `new Kysely<Schema>(…)`. A column is nullable where SQL lets
 * it be; the methods of {@link VisualDatabase} never write a NULL into one that has a default. What begins with `v_` is a view,
 * to be read only: `db.db` has them where a statement names one, other connections by `schema/views.sql`, and on a server the schema has them.
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

/** A row of the view `v_runs`: a run, also one that was recorded only, or is in the archive. Times are ISO 8601, UTC. */
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
  /** Of one that has ended, where it is known. */
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

/** A row of the view `v_daily`: how the runs ended of a day (UTC), a zone and an agent. */
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
  /** Of those whose durations are known, in all. */
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
  /** The pages of the database. */
  totalPages: number;
  /** Those of them that are still to be copied; 0 at the end. */
  remainingPages: number;
}

/** What {@link Database.backup} takes. */
export interface BackupOptions {
  /** Which database of the connection: an attached one's name. Default: `'main'`. */
  attached?: string | undefined;
  /** Told of every step but the last. What it returns is how many pages the next ones copy; at first 100. */
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
  /** It takes any number of values, instead of as many as it has parameters. Default: `false`. */
  varargs?: boolean | undefined;
  /** The same values always give the same result, so that SQLite may call it less often. Default: `false`. */
  deterministic?: boolean | undefined;
  /** SQL may call it, but no trigger, view or `CHECK` of the file. Default: `false`. */
  directOnly?: boolean | undefined;
  /** It gets integers as BigInts. Default: what {@link Database.defaultSafeIntegers} says. */
  safeIntegers?: boolean | undefined;
}

/** How an aggregate is registered. */
export interface AggregateOptions<T> extends FunctionOptions {
  /** What is there before the first row, or a function that makes it. Default: `null`. */
  start?: T | (() => T);
  /** Called for every row: returns the new total; `undefined` leaves it. */
  step: (total: T, ...values: any[]) => T | void;
  /** Takes a row out again that has left the window. With it the aggregate is a window function, too. */
  inverse?: ((total: T, ...dropped: any[]) => T) | undefined;
  /** Makes the result of the total. Default: the total itself. */
  result?: ((total: T) => unknown) | undefined;
}

/**
 * A database in better-sqlite3's shape: what Kysely, Drizzle and Knex speak to. {@link VisualDatabase.db} is one.
 *
 * All methods but `backup` are synchronous. A failure of SQLite is a {@link SqliteError}, a wrong argument a `TypeError`
 * or a `RangeError`. After `close()` what needs the connection throws
 * `TypeError('The database connection is not open')`. While a statement is being iterated over, other statements can only
 * read; what writes, transactions, `function`, `aggregate`, `serialize` and `close` throw
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
   * @throws {SqliteError} `SQLITE_ERROR`, with what is wrong with the SQL
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
   * Runs any number of statements, without values. Those before one that fails stay done, unless they are in a
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
   * Copies the database into a file, page by page, the event loop free in between. {@link VisualDatabase.backup} verifies
   * the copy as well and makes a manifest.
   *
   * @param file its folder has to exist
   * @returns a promise of the last step; `remainingPages` is 0 then
   * @throws {SqliteError | TypeError} as the promise's rejection; what `progress` throws stops the copy and is, too
   */
  backup(file: string, options?: BackupOptions): Promise<BackupProgress>;
  /**
   * The content of the database, as it would be in a file. `new Database(content)` opens it in memory.
   *
   * @throws {SqliteError}
   */
  serialize(options?: SerializeOptions): Bytes;
  /**
   * Makes a function that SQL can call. It returns a value that can be bound; what it throws, the statement throws. It
   * can't use the connection itself.
   *
   * @throws {TypeError} for an empty name
   * @throws {RangeError} for more than 100 parameters
   * @example
   * db.db.function('initial', { deterministic: true }, (text) => text[0]);
   * db.db.prepare('SELECT initial(name) FROM zones').pluck().all(); // ['D', 'T']
   */
  function(name: string, fn: (...args: any[]) => unknown): this;
  /** The same, with what SQLite may expect of it: see `FunctionOptions`. */
  function(name: string, options: FunctionOptions, fn: (...args: any[]) => unknown): this;
  /**
   * Makes an aggregate that SQL can call, as {@link Database.function} otherwise.
   *
   * @typeParam T its total
   * @example db.db.aggregate<number>('longest', { start: 0, step: (most, text) => Math.max(most, text.length) })
   */
  aggregate<T>(name: string, options: AggregateOptions<T>): this;
  /**
   * Loads an extension of SQLite, where the database was opened with `allowExtensions: true`. SQL can't load any. The connection of a
   * {@link VisualDatabase} never does: native code from outside could do anything with the only copy of the history.
   *
   * @param path the library, absolute or from the current directory, with or without its ending
   * @param entryPoint default: the usual ones
   * @throws {SqliteError} without `allowExtensions`, and in the system's words where there is no such library
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
   * Statements and functions to come have integers as BigInts; as {@link Statement.safeIntegers} for one statement.
   *
   * @param on default: `true`
   */
  defaultSafeIntegers(on?: boolean): this;
  /**
   * Lets statements write while another one is being iterated over, whose rows to come are undefined then, and turns off
   * SQLite's defensive mode: SQL can damage the file then.
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
