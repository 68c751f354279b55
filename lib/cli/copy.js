'use strict';

const fs = require('node:fs');
const { Found } = require('./outcome.js');
const { many, print, printJson, progressBar } = require('./output.js');
const { isServer, placeOf } = require('./server.js');

module.exports = (root, run) => {
  root
    .command('copy')
    .description('take a board from a file to a server, back, or elsewhere, all of it or nothing; compared afterwards')
    .argument('<from>', 'a file, or a server’s postgres://…')
    .argument('<to>', 'the same: empty, or new')
    .option('--from-schema <name>', 'its schema on a server (default: VISUAL_DB_SCHEMA, or visual_db)')
    .option('--to-schema <name>', 'the same of the target')
    .option('--check', 'only name the rows that the target can’t have')
    .addHelpText('after', HELP)
    .action(
      run(async (options, from, to) => {
        const { json, fromSchema, toSchema } = options;
        const bar = progressBar(options);
        const tell = bar.progress
          ? ({ stage, lines, ofLines }) => bar.progress({ stage, totalPages: ofLines, remainingPages: ofLines - lines })
          : () => {};
        const done = await copied({ from, to, fromSchema, toSchema, check: options.check }, tell).finally(bar.stop);
        if (json) printJson({ ...done, check: Boolean(options.check) });
        else say(done, options.check);
        if (done.refused.length > 0) throw new Found();
      }),
    );
};

const HELP = `
The board is read in one state; what others write to it meanwhile is not in the copy: stop them first. What PostgreSQL can't have (a
port that is a text, an id that is none: old files) is named before anything is written. The log of changes starts over in the target.

Example: visual-db copy ./visual.db postgres://me@db.example/boards`;

async function copied({ from, to, fromSchema, toSchema, check }, tell) {
  if (!isServer(from) && !fs.existsSync(from)) throw new Error(`${from}: there is no such database`);
  const { VisualDatabase } = require('../index.js');
  const { copying } = require('../entry/parts');
  const isNew = !isServer(to) && !fs.existsSync(to);
  const settings = { retention: false };
  const source = new VisualDatabase({ ...placed(from, fromSchema), readonly: true, fileMustExist: true, ...settings });
  let target;
  let isDone = false;
  try {
    target = new VisualDatabase({ ...placed(to, toSchema), ...settings });
    const done = await (check ? copying.check(source, target, tell) : copying.copy(source, target, tell));
    isDone = !check && done.refused.length === 0;
    return done;
  } finally {
    source.close();
    target?.close();
    // A new file that nothing was copied into is removed.
    if (isNew && !isDone) for (const end of ['', '-wal', '-shm']) fs.rmSync(`${to}${end}`, { force: true });
  }
}

const placed = (of, schema) => ({ ...placeOf(of), ...(schema === undefined ? {} : { schema }) });

function say({ tables, refused }, isCheck) {
  for (const { line, why } of refused) print(`line ${line}: ${why}`);
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  if (refused.length > 0) return print(`${many(refused.length, 'row')} can't be taken, so nothing was.`);
  if (isCheck) return print(`All ${many(rows, 'row')} can be taken.`);
  for (const [table, { rows: count, sha256 }] of Object.entries(tables))
    print(`${table.padEnd(18)} ${count.toLocaleString('en').padStart(12)}  ${sha256.slice(0, 16)}`);
  print(`${many(rows, 'row')} taken, and the same there.`);
}
