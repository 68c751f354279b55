'use strict';

// Checks that every public method of index.d.ts has a suite that calls it, a row in each suite's table of methods of its kind,
// a step in the property tests' model, a benchmark case and what the peers do instead, a type test, an entry in the reference and
// a mention in the changelog. `EXCEPTIONS` lists what a method need not have, with the reason.

const path = require('node:path');
const { ROOT } = require('../setup.js');
const { filesUnder, read, report } = require('./files.js');
const { readTypes } = require('./types.js');

const FILES = 'it is about files, not about what is on the board';
const ONCE = 'it is called once in the life of a connection or a statement';
const SETS = 'it only sets what other calls go by';
const REFUSES = 'it only refuses';
const FEW = 'it reads the few rows that somebody has set';
const WAITS = 'it only waits for claimRun, which has one; how long it sleeps bench/waiting measures';
const DEPENDS = 'what it costs is what the SQL, the function or the file costs that it is given';
const NOT_KEPT = 'its answers are not kept';
const READS_TWO = 'it is two reads by id, which have a case, and puts text together';
const FEED = 'the model has no log: suites 133 and faults/11 compare what is told with what changed';
const NO_PEER = 'no peer has a log; suites 131 and 135 see that a page costs no more anywhere in it';
const NO_FINDER = 'no peer finds worktrees; suite 141 compares with the board, store/find asserts its plans';
const NAIVE = 'suites 142 and 143 compare it with the naive query after any history';
const NO_TREND = 'no peer has trends; bench/trends measures it beside the query by hand';
const FOLLOWS = 'it only waits for what getChanges tells';
const ONE_LOOK = 'it is one look-up along an index';
const ONE_ROW = 'it is one row by its key, and one of the log, as other calls have cases of';
const OWN_MODEL = 'its suite has sequences of its own';
const LEDGER =
  'the ledger has a model in Rust (model/ledger), and suite 136 compares it with the board after any history';
const ONE_PAGE = 'it is a page of a table by its key, and store/archive/tests.rs asserts its plan';
const UNDOES = 'suite 139 has a model of its own: the board of the beginning, and that of the end';
const NO_MEMORY = 'no peer remembers what was done';
const MANY = 'it is moveWorktree, which has one, in a transaction';
const SEARCHED = 'suite 144 compares what is found with a plain look at every run, after any history';
const SEARCH_ALONE = 'what it takes and what it takes without it bench/search measures, in files of their own';
const RUN_MODEL = 'suite 126 compares any calls of runs with a model of their own';

const MEASURES = 'suite 190 compares it with what the calls say that it is made of, after any history';
const NO_METRICS = 'no peer has metrics; docs/observability.md says what it takes';
const KEEPING = 'suites 150 to 153 compare with a board that was never pruned, and with what was exported';
const MEASURED = 'bench/keeping measures it against DELETE by key, and how much is written in a second';

const of = (names, reason) => Object.fromEntries(names.map((name) => [`VisualDatabase.${name}`, reason]));
const BACKUPS = ['backup', 'backupSync', 'verifyBackup', 'listBackups', 'pruneBackups', 'restore'];
const ENDS = ['close', 'Symbol.dispose'];
const READS_OF_RUNS = ['getOutput', 'getRunLimits', 'getBudgets', 'getRun', 'listRuns'];
const READS_THAT_REPEAT_NOTHING = [
  ...READS_OF_RUNS, 'getChanges', 'getMetadata', 'getMoves', 'listArchived', 'findWorktrees',
  'getTrend', 'getFlow', 'getRetention',
]; // prettier-ignore
const CALLS_OF_RUNS = [
  'enqueueRun', 'enqueueRuns', 'answerRun', 'cancelRun', 'retryRun', 'setRunLimit', 'setBudget', 'as', 'startRun', 'claimRuns',
  'claimRun', 'waitForRun', 'heartbeatRun', 'appendOutput', 'recordUsage', 'waitRun', 'finishRun', 'releaseRun', 'sweepRuns',
  ...READS_OF_RUNS,
]; // prettier-ignore

/** What a method need not have, and why. */
const EXCEPTIONS = {
  'row in suite 22, of arguments that act': of(['backup', 'backupSync', 'pruneBackups', 'restore'], FILES),
  'row in suite 28, of repeated reads': of(READS_THAT_REPEAT_NOTHING, NOT_KEPT),
  'row in suite 95, of repeated reads': of(READS_THAT_REPEAT_NOTHING, NOT_KEPT),
  model: {
    ...of(BACKUPS, FILES),
    ...of(ENDS, ONCE),
    ...of(CALLS_OF_RUNS, RUN_MODEL),
    ...of(['getChanges', 'watch'], FEED),
    ...of(['renderPrompt', 'setMetadata', 'getMetadata', 'setWipLimit', 'findWorktrees'], OWN_MODEL),
    ...of(['moveWorktree', 'moveWorktrees', 'getMoves'], LEDGER),
    ...of(['getTrend', 'getFlow'], NAIVE),
    ...of(['undo', 'redo'], UNDOES),
    ...of(['metrics'], MEASURES),
    ...of(['prune', 'getRetention', 'setRetention', 'exportAll', 'importAll'], KEEPING),
    ...of(['enableSearch', 'disableSearch', 'searchRuns'], SEARCHED),
  },
  benchmark: {
    ...of(BACKUPS, DEPENDS),
    ...of(ENDS, ONCE),
    ...of(['as', 'setRunLimit', 'setBudget', 'setWipLimit'], SETS),
    ...of(['getRunLimits', 'getBudgets'], FEW),
    ...of(['waitForRun'], WAITS),
    ...of(['renderPrompt'], READS_TWO),
    ...of(['getChanges', 'getMoves'], NO_PEER),
    ...of(['findWorktrees'], NO_FINDER),
    ...of(['getTrend', 'getFlow'], NO_TREND),
    ...of(['moveWorktrees'], MANY),
    ...of(['enableSearch', 'disableSearch', 'searchRuns'], SEARCH_ALONE),
    ...of(['undo', 'redo'], NO_MEMORY),
    ...of(['metrics'], NO_METRICS),
    ...of(['prune', 'exportAll', 'importAll'], MEASURED),
    ...of(['getRetention', 'setRetention'], ONE_ROW),
    ...of(['listArchived'], ONE_PAGE),
    ...of(['watch'], FOLLOWS),
    ...of(['setMetadata', 'getMetadata'], ONE_ROW),
    ...of(['allocatePort'], ONE_LOOK),
    'Database.explain': DEPENDS,
    'Database.backup': DEPENDS,
    'Database.aggregate': ONCE,
    'Database.function': ONCE,
    'Database.loadExtension': REFUSES,
    'Database.table': REFUSES,
    'Database.defaultSafeIntegers': SETS,
    'Database.unsafeMode': SETS,
    'Statement.toString': ONCE,
  },
};

/** Suites with a table of all methods of a kind: the suite's file, and which methods these are. */
const ROWS = {
  'row in suite 15, of calls after close()': {
    suite: /15-closing|11[59]-runs|1[35]\d-|193-/,
    of: ({ isStatic }) => !isStatic,
  },
  'row in suite 16, of what errors say': { suite: /16-errors\.|11[49]-runs|1[35]\d-|193-/, of: takesArguments },
  'row in suite 21, of wrong values': { suite: /21-bad-input|11[49]-runs|1[35]\d-|193-/, of: takesArguments },
  'row in suite 22, of arguments that act': { suite: /22-hostile|119-runs|1[35]\d-|193-/, of: takesObject },
  'row in suite 22, of unknown keys': { suite: /22-strict|119-runs|1[35]\d-|193-/, of: takesObject },
  'row in suite 28, of repeated reads': { suite: /28-repeated/, of: isRead },
  'row in suite 95, of repeated reads': { suite: /95-reads/, of: isRead },
};

const NAMED_TYPE = /\b(?!(?:string|number|bigint|boolean|null|undefined|readonly)\b)\w+/;

function takesArguments({ parameters }) {
  return parameters.length > 0;
}

/** Whether a method takes an object or a list of objects: a type that is neither a function nor made of primitive types alone. */
function takesObject({ parameters }) {
  return parameters.some((type) => type.includes('{') || (!type.includes('=>') && NAMED_TYPE.test(type)));
}

function isRead({ name, isStatic }) {
  return !isStatic && /^(get|list|find|count)[A-Z]/.test(name);
}

const escaped = (text) => text.replaceAll(/[.$]/g, String.raw`\$&`);
const calls = (name) => (name === 'Symbol.dispose' ? /\[Symbol\.dispose\]/ : new RegExp(`\\.${escaped(name)}\\(`));
const defines = (name) => new RegExp(`^ +${escaped(name)}\\(`, 'm');
const mentions = (name) => new RegExp(`(?<!\\w)${escaped(name)}[(\`\\]]`);

/** The requirements by name: each a function `(type, method)` that says whether a class's method meets it. */
function requirements(root, used) {
  const texts = (folder, matches) =>
    filesUnder(root, [folder], ['.mjs', '.md'])
      .filter((file) => matches.test(file))
      .map((file) => read(root, file))
      .join('\n');
  const suites = {
    VisualDatabase: texts('__test__', /^__test__\/(?:[01279]|1[0134579])\d-.*\.test\.mjs$/),
    Database: texts('__test__', /^__test__\/[345]\d-.*\.test\.mjs$/),
  };
  const cases = { VisualDatabase: texts('bench', /^bench\/cases\//), Database: texts('bench', /^bench\/raw\//) };
  const steps = texts('__test__', /^__test__\/support\/calls\.mjs$/);
  const reference = read(root, 'README.md') + texts('docs', /^docs\/[^/]+\.md$/);
  const changes = read(root, 'CHANGELOG.md');
  const javaScriptLayer = texts('bench/peers', /\/as_written/);
  const textOf = (kinds, type) => kinds[type] ?? kinds.Database;
  const isMeasured = (type, { name }) => calls(name).test(textOf(cases, type));
  // Only VisualDatabase has peers in bench/peers: those of the raw handle are other packages.
  const peer = (text) => (type, method) =>
    type !== 'VisualDatabase' || !isMeasured(type, method) || defines(method.name).test(text);
  const row = (text, isOf) => (type, method) =>
    type !== 'VisualDatabase' || !isOf(method) || calls(method.name).test(text) || text.includes(`'${method.name}'`);
  return {
    suite: (type, { name }) => calls(name).test(textOf(suites, type)),
    ...Object.fromEntries(
      Object.entries(ROWS).map(([what, { suite, of: isOf }]) => [what, row(texts('__test__', suite), isOf)]),
    ),
    model: (type, { name }) => type !== 'VisualDatabase' || steps.includes(`'${name}'`),
    benchmark: isMeasured,
    'peer as written': peer(texts('bench/peers', /as_written/)),
    'hand-tuned peer': peer(texts('bench/peers', /hand_tuned/)),
    'type test': (type, { name }) =>
      used.has(name === 'Symbol.dispose' ? 'SymbolConstructor.dispose' : `${type}.${name}`),
    reference: (type, { name }) => mentions(name).test(reference),
    // Methods that the JavaScript layer had already need no mention.
    'word in the changelog': (type, { name }) =>
      type !== 'VisualDatabase' || defines(name).test(javaScriptLayer) || mentions(name).test(changes),
  };
}

/** The methods that a class declares, each once, with the parameters of all its overloads. */
function methodsOf(members) {
  const methods = new Map();
  for (const { name, isMethod, isStatic, parameters } of members) {
    if (!isMethod) continue;
    methods.set(name, { name, isStatic, parameters: [...(methods.get(name)?.parameters ?? []), ...parameters] });
  }
  return [...methods.values()];
}

/** What the methods lack, a line each, and exceptions that are no longer needed. */
async function problems(root, exceptions) {
  const project = path.join(root, '__test__', 'types', 'tsconfig.json');
  const { declared, used } = await readTypes(path.join(root, 'index.d.ts'), project);
  const found = [];
  for (const [what, has] of Object.entries(requirements(root, used))) {
    const allowed = { ...exceptions[what] };
    for (const type of ['VisualDatabase', 'Database', 'Statement']) {
      for (const method of methodsOf(declared[type] ?? [])) {
        const name = `${type}.${method.name}`;
        if (!has(type, method) && !allowed[name]) found.push(`${name} has no ${what}`);
        else if (!has(type, method)) delete allowed[name];
      }
    }
    for (const method of Object.keys(allowed)) {
      found.push(`${method} has a ${what} or is gone: take it off the exceptions in scripts/checks/methods.js`);
    }
  }
  return found;
}

module.exports = { problems };
if (require.main === module) problems(ROOT, EXCEPTIONS).then(report);
