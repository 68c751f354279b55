'use strict';

// Keys that no call reads. `strict` refuses them; without it they are ignored, since orchestrators pass their whole settings. A key that
// is nearly a known one, which is missing, is reported once by `process.emitWarning`.

const keys = require('./keys.js');

/** How many unknown keys of an argument are remembered. */
const REMEMBERED = 1000;
/** Longer keys are not compared. */
const LONGEST = 30;
/** Shorter keys are near to nothing but themselves, written otherwise: a letter more or less makes another word of them. */
const SHORTEST = 4;
/** One of several things (`port2`). */
const NUMBERED = /\d$/;

/** What is a slip away from a key of ours and a word of its own: something of the caller's. */
const WORDS = new Set(
  (
    'block click issued issuer issues lock made model modem modes mods more move named names part patch paths ports post ' +
    'process side site sized sizes states stats talk tank tasks'
  ).split(' '),
);

/** The keys of one argument. */
class Keys {
  #taken;
  /** The first two of them: comparing is faster than asking a set, and filters, which are checked most, have no more. */
  #first;
  #second;
  #fixed;
  #remark;
  #aliases;
  /** The known key that an unknown one may mean, `null` where there is none, or it has been reported. */
  #near = new Map();

  /**
   * @param {string[]} taken the keys that the call reads
   * @param {object} [more] `fixed`: keys that the object has, too, but the call does not take, and why, as `remark`;
   *   `aliases`: other spellings of keys
   */
  constructor(taken, { fixed = [], remark = '', aliases = {} } = {}) {
    this.#taken = new Set(taken);
    [this.#first, this.#second] = taken;
    this.#fixed = new Set(fixed);
    this.#remark = remark;
    this.#aliases = new Map(Object.entries(aliases));
  }

  /** Checks the keys of `value`, which the method calls `name`. */
  check(strict, method, name, value) {
    if (strict) this.#refuse(method, name, value);
    else this.#tell(method, name, value);
  }

  #refuse(method, name, value) {
    for (const key of Object.keys(value)) {
      if (this.#taken.has(key)) continue;
      const shown = JSON.stringify(key.slice(0, 2 * LONGEST));
      const near = this.#nearest(key);
      const told = this.#fixed.has(key)
        ? `${shown} in ${name} is not taken: ${this.#remark}`
        : `unknown key ${shown} in ${name}; ${near === undefined ? this.#list() : `the nearest known is ${this.#named(near)}`}`;
      throw Object.assign(new TypeError(`${method}: ${told}`), { code: 'ERR_UNKNOWN_KEY', method, field: key });
    }
  }

  #tell(method, name, value) {
    try {
      for (const key in value) {
        if (key === this.#first || key === this.#second || this.#taken.has(key) || this.#fixed.has(key)) continue;
        let near = this.#near.get(key);
        if (near === undefined) near = this.#remember(key);
        // Where the known key is given, too, this one means something else.
        if (near === null || near in value || !Object.hasOwn(value, key)) continue;
        this.#near.set(key, null);
        process.emitWarning(
          `${method}: the key ${JSON.stringify(key)} of ${name} is ignored. Is ${this.#named(near)} meant?`,
          { type: 'VisualDatabaseWarning', code: 'VISUAL_DB_NEAR_MISS', detail: 'With strict: true it is an error.' },
        );
      }
    } catch {
      // A Proxy that throws when it is asked for its keys may still give its values.
    }
  }

  #remember(key) {
    if (this.#near.size === REMEMBERED) return null;
    const near = key.length < 2 ? null : (this.#nearest(key) ?? null);
    this.#near.set(key, near);
    return near;
  }

  /** The known key that an unknown one may mean: another spelling of it, or a typing error away. */
  #nearest(key) {
    if (key.length > LONGEST) return undefined;
    if (this.#aliases.has(key)) return this.#aliases.get(key);
    const letters = lettersOf(key);
    let nearest;
    let least = Infinity;
    for (const [name, meant] of this.#written()) {
      const known = lettersOf(name);
      const edits = editsBetween(letters, known);
      if (edits < least && edits <= slips(letters, known)) [nearest, least] = [meant, edits];
    }
    return nearest;
  }

  /** What may be written, and for which key: the keys themselves first. */
  *#written() {
    for (const key of [...this.#taken, ...this.#fixed]) yield [key, key];
    yield* this.#aliases;
  }

  #named(key) {
    return this.#fixed.has(key) ? `'${key}' (${this.#remark})` : `'${key}'`;
  }

  #list() {
    return `known are ${[...this.#taken].join(', ')}`;
  }
}

const lettersOf = (key) => key.replaceAll(/[_-]/g, '').toLowerCase();

/** How many typing errors away a known key may be. */
function slips(letters, known) {
  if (Math.min(letters.length, known.length) < SHORTEST || WORDS.has(letters) || NUMBERED.test(letters)) return 0;
  if (known.length === SHORTEST && !beginsAlike(letters, known)) return 0;
  return known.length < 8 ? 1 : 2;
}

/** Whether the first letter is the same, or the second one, swapped: with another first letter a short word is another (`code`, `uname`). */
const beginsAlike = (letters, known) => letters[0] === known[0] || (letters[0] === known[1] && letters[1] === known[0]);

/** The edit distance: how many letters to insert, delete, replace, or swap with their neighbour. */
function editsBetween(one, other) {
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[other.length];
}

const ITSELF = { remark: 'the database sets it itself' };
const NO_UPDATE = { remark: 'an update does not change it, only SQL does' };
const NO_RELOCATION = { remark: 'a relocation does not change it' };
const WORKTREE_ALIASES = { branch: 'branchName', issue: 'issueUrl', task: 'taskId' };
const ZONE_ALIASES = { prompt: 'promptTemplate', template: 'promptTemplate' };
const PERIODS = { hours: 'hourly', days: 'daily', weeks: 'weekly', months: 'monthly' };
const RUN_ALIASES = { zone: 'zoneId', worktree: 'worktreeId', agent: 'agentType' };

const CLAIM_ALIASES = { worker: 'workerId', lease: 'leaseMs', zoneId: 'zoneIds', agentType: 'agentTypes' };

const MOVE = ['position', 'reason', 'expectedZoneId', 'overLimit', 'enqueue', 'variables'];

const ASKED_OF_RUNS = [
  'zoneId',
  'worktreeId',
  'agentType',
  'status',
  'model',
  'parentRunId',
  'branchName',
  'since',
  'until',
  'minDurationMs',
];
const LISTED = [...ASKED_OF_RUNS, 'finishedSince', 'finishedUntil'];
const ASKED_ALIASES = { ...RUN_ALIASES, branch: 'branchName', parent: 'parentRunId' };

const keysOf = ({ taken, fixed }, more) => new Keys(taken, { fixed, ...more });

module.exports = {
  options: new Keys([
    'dbPath',
    'url',
    'schema',
    'readonly',
    'fileMustExist',
    'timeout',
    'synchronous',
    'mode',
    'logger',
    'onQuery',
    'clock',
    'cacheSize',
    'migrate',
    'backups',
    'retention',
    'strict',
    'maxOutputBytes',
  ]),
  backups: new Keys(['folder', 'every', 'keep']),
  metrics: new Keys(['prefix', 'labels']),
  tracing: new Keys(['tracerProvider', 'meterProvider', 'queryText'], { aliases: { sql: 'queryText' } }),
  keep: new Keys(['hourly', 'daily', 'weekly', 'monthly'], { aliases: PERIODS }),
  backup: new Keys(['progress']),
  exportAll: new Keys(['format', 'since', 'onProgress']),
  prune: new Keys(['bodies', 'output', 'runs', 'perZone', 'maxBytes', 'changes', 'dryRun', 'budgetMs']),
  retention: new Keys(['bodies', 'output', 'runs', 'perZone', 'maxBytes', 'changes', 'every']),
  importAll: new Keys(['onProgress']),
  pruneBackups: new Keys(['dbPath', 'keep', 'dryRun']),
  restore: new Keys(['dbPath', 'progress']),
  actor: new Keys(['kind', 'id']),
  port: new Keys(['from', 'to', 'isFree']),
  update: new Keys(['ifRevision']),
  board: new Keys(['at', 'runs']),
  position: new Keys(['x', 'y']),
  size: new Keys(['width', 'height']),
  newWorktree: keysOf(keys.newWorktree, { ...ITSELF, aliases: WORKTREE_ALIASES }),
  worktreeChanges: keysOf(keys.worktreeChanges, { ...NO_UPDATE, aliases: WORKTREE_ALIASES }),
  worktreeRelocation: keysOf(keys.worktreeRelocation, { ...NO_RELOCATION, aliases: WORKTREE_ALIASES }),
  worktreeFilter: new Keys(['status']),
  findFilter: new Keys(
    [
      'status',
      'zoneId',
      'branchName',
      'createdSince',
      'updatedSince',
      'hasOpenRuns',
      'metadata',
      'archived',
      'orderBy',
      'limit',
      'after',
    ],
    { aliases: { zone: 'zoneId', branch: 'branchName', order: 'orderBy', since: 'createdSince' } },
  ),
  newZone: keysOf(keys.newZone, { ...ITSELF, aliases: ZONE_ALIASES }),
  zoneChanges: keysOf(keys.zoneChanges, { ...NO_UPDATE, aliases: ZONE_ALIASES }),
  newExecution: keysOf(keys.newExecution, { ...ITSELF, aliases: RUN_ALIASES }),
  executionFilter: new Keys(['zoneId', 'worktreeId'], { aliases: RUN_ALIASES }),
  newRun: keysOf(keys.newRun, { ...ITSELF, aliases: RUN_ALIASES }),
  start: new Keys(['workerId', 'leaseMs'], { aliases: CLAIM_ALIASES }),
  claim: new Keys(['workerId', 'zoneIds', 'agentTypes', 'leaseMs'], { aliases: CLAIM_ALIASES }),
  wait: new Keys(['workerId', 'zoneIds', 'agentTypes', 'leaseMs', 'signal'], { aliases: CLAIM_ALIASES }),
  claims: new Keys(['workerId', 'zoneIds', 'agentTypes', 'leaseMs', 'limit'], { aliases: CLAIM_ALIASES }),
  heartbeat: new Keys(['leaseMs'], { aliases: CLAIM_ALIASES }),
  question: new Keys(['question']),
  answer: new Keys(['answer']),
  cancellation: new Keys(['reason']),
  outcome: new Keys([
    'status',
    'exitCode',
    'error',
    'result',
    'commitBefore',
    'commitAfter',
    'filesChanged',
    'insertions',
    'deletions',
  ]),
  sweep: new Keys(['isAlive', 'graceMs']),
  runLimit: new Keys(['zoneId', 'agentType'], { aliases: RUN_ALIASES }),
  budget: new Keys(['zoneId', 'worktreeId', 'agentType', 'period', 'timeZone'], { aliases: RUN_ALIASES }),
  append: new Keys(['expectedSequence']),
  chunk: new Keys(['stream', 'text', 'at']),
  output: new Keys(['after', 'limit']),
  changes: new Keys(['after', 'limit', 'entities']),
  watch: new Keys(['after', 'entities', 'signal']),
  usage: new Keys([
    'eventId',
    'model',
    'provider',
    'inputTokens',
    'cachedInputTokens',
    'outputTokens',
    'reasoningTokens',
    'costMicros',
    'costSource',
  ]),
  archive: new Keys(['reason']),
  undo: new Keys(['by', 'onConflict']),
  restoreWorktree: new Keys(['port', 'key']),
  page: new Keys(['limit', 'after']),
  move: new Keys(MOVE),
  moveOfMany: new Keys(['worktreeId', 'zoneId', ...MOVE], { aliases: RUN_ALIASES }),
  moveFilter: new Keys(['worktreeId', 'zoneId', 'since', 'until', 'limit', 'after'], { aliases: RUN_ALIASES }),
  runFilter: new Keys([...LISTED, 'orderBy', 'fields', 'limit', 'after'], {
    aliases: { ...ASKED_ALIASES, order: 'orderBy' },
  }),
  trendFilter: new Keys([...ASKED_OF_RUNS, 'bucket', 'by', 'timeZone'], {
    aliases: { ...ASKED_ALIASES, groupBy: 'by', interval: 'bucket', tz: 'timeZone' },
  }),
  flowFilter: new Keys(['since', 'until', 'bucket', 'timeZone'], { aliases: { interval: 'bucket', tz: 'timeZone' } }),
  searchFilter: new Keys([...LISTED, 'mode', 'in', 'syntax', 'limit', 'after'], {
    aliases: { ...ASKED_ALIASES, field: 'in', fields: 'in' },
  }),
  enableSearch: new Keys(['mode', 'progress'], { aliases: { onProgress: 'progress' } }),
};
