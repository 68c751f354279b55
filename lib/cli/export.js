'use strict';

const { Option } = require('commander');
const { withDatabase } = require('./database.js');
const { many, print, printJson, progressBar, size } = require('./output.js');
const { time } = require('./times.js');

module.exports = (root, run) => {
  root
    .command('export')
    .description('write the whole board as lines of JSON; others go on working with the database')
    .argument('<file>', 'the file to make; - is standard output')
    .addOption(
      new Option('--format <format>', 'all of it, or what ran as spans of OpenTelemetry')
        .choices(['jsonl', 'otlp-json'])
        .default('jsonl'),
    )
    .option('--since <time>', "only what ran or moved since: a time, or how long ago ('2 days ago')", time)
    .action(
      run(async (options, file) => {
        const { db, json, format, since } = options;
        const bar = progressBar(options);
        const onProgress = bar.progress && (({ stage, lines, ofLines }) => bar.progress(stepOf(stage, lines, ofLines)));
        const target = file === '-' ? process.stdout : file;
        const given = { format, since, onProgress };
        const made = await withDatabase(db, { readonly: true }, (database) =>
          database.exportAll(target, given),
        ).finally(bar.stop);
        if (file === '-') return;
        if (json) return printJson({ path: file, ...made });
        print(`${file}: ${many(made.lines, 'line')}, ${size(made.bytes)}`);
      }),
    );
};

function stepOf(stage, lines, ofLines) {
  return { stage, totalPages: ofLines, remainingPages: ofLines - lines };
}
