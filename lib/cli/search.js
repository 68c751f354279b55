'use strict';

const fs = require('node:fs');
const { Option } = require('commander');
const { withDatabase } = require('./database.js');
const { Usage } = require('./outcome.js');
const { colour, many, print, printJson, printable, progressBar } = require('./output.js');
const { runFilter, statusOption } = require('./run_filter.js');
const { duration, integer, several } = require('./run_options.js');
const { statusText } = require('./run_text.js');
const { isServer } = require('./server.js');

const MODES = ['words', 'substring'];
const IN = ['prompt', 'result', 'error', 'question', 'answer'];

const EXAMPLES = `
The search is off until --enable has built its index, once for each mode; --disable removes it. Nothing in the text is syntax, without --syntax.

Examples:
  visual-db search --enable
  visual-db search src/db.rs:42 --zone Development --status failed
  visual-db search 'login NOT form' --syntax --in prompt
  visual-db search serById --mode substring --json`;

module.exports = (root, run) => {
  root
    .command('search')
    .argument('[text]', 'what is looked for')
    .description('find runs by what they say: prompts, results, errors, questions, answers')
    .addOption(new Option('--mode <mode>', 'whole words, or any part of a text').choices(MODES))
    .option('--in <field>', `only in this field (${IN.join(', ')})`, several)
    .option('--syntax', 'the text is an expression of FTS5')
    .option('--zone <zone>', 'only runs of this zone, by its id or name', several)
    .option('--worktree <worktree>', 'only those of this worktree, by its id or branch', several)
    .option('--agent <agent>', 'only those of this agent', several)
    .addOption(statusOption())
    .option('--model <model>', 'only those that used this model')
    .option('--parent <run>', 'only the parts of this run')
    .option('--branch <branch>', 'only those of the worktrees on this branch')
    .option('--since <time>', 'only those created then or later, as ISO 8601')
    .option('--until <time>', 'only those created then or before')
    .option('--finished-since <time>', 'only those that ended then or later')
    .option('--finished-until <time>', 'only those that ended then or before')
    .option('--min-duration <duration>', 'only those that took so long or longer, such as 90s or 2h', duration)
    .option('--limit <count>', 'how many at most, 1 to 1,000', integer, 50)
    .option('--after <next>', 'where an earlier list ended: its `next`')
    .option('--enable', 'build the index first, where there is none')
    .option('--disable', 'remove the index')
    .addHelpText('after', EXAMPLES)
    .action(run(search));
};

function search(options, text) {
  const { db, json, mode, enable, disable } = options;
  if (text === undefined && !enable && !disable) throw new Usage('say what to look for, or --enable, or --disable');
  if (disable) {
    if (text !== undefined || enable) throw new Usage('--disable stands alone');
    const was = withDatabase(db, {}, (database) => database.disableSearch());
    return json ? printJson({ disabled: was }) : print(was ? 'The index is removed.' : 'There is no index.');
  }
  if (enable) build(options, mode, text === undefined);
  if (text === undefined) return undefined;
  const page = opened(db, (database) => database.searchRuns(text, filterOf(database, options)));
  return json ? printJson(page) : show(page);
}

/** Opens the database for writing where possible, which indexes the latest runs; read-only they are searched one by one. */
function opened(db, use) {
  return withDatabase(db, { readonly: !isWritable(db) }, use);
}

/** Whether the database can be written. A server's is always tried: with a role that can't write, the search works all the same. */
function isWritable(db) {
  if (isServer(db)) return true;
  try {
    fs.accessSync(db, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Builds the index. With a text to search for, only what is found is printed. */
function build(options, mode, says) {
  const bar = progressBar(options);
  const progress = ({ indexed, total }) =>
    bar.progress?.({ stage: 'index', totalPages: total, remainingPages: total - indexed });
  try {
    const built = withDatabase(options.db, {}, (database) => database.enableSearch({ mode, progress }));
    bar.stop();
    if (!says) return;
    if (options.json) printJson(built);
    else print(`${many(built.indexed, 'run')} indexed: ${built.modes.join(' and ')} can be searched.`);
  } finally {
    bar.stop();
  }
}

function filterOf(database, options) {
  const { mode, in: fields, syntax, limit, after } = options;
  return { ...runFilter(database, options), mode, in: fields, syntax, limit, after };
}

function show({ items, next }) {
  if (items.length === 0) return print('Nothing was found.');
  for (const { run, field, snippet, ranges } of items) {
    print(`${printable(run.id)}  ${statusText(run.status)}  ${run.createdAt}  ${printable(run.agentType)}, ${field}`);
    print(`  ${marked(snippet, ranges)}`);
  }
  if (next !== null) print(`There are more: --after ${next}`);
  return undefined;
}

/** The snippet on one line, its hits in colour. */
function marked(snippet, ranges) {
  const line = (text) => printable(text.replaceAll(/\s+/g, ' '));
  let at = 0;
  let shown = '';
  for (const [start, end] of ranges) {
    shown += line(snippet.slice(at, start)) + colour('yellow', line(snippet.slice(start, end)));
    at = end;
  }
  return shown + line(snippet.slice(at));
}
