'use strict';

// `npm run torture`: runs every fault of __test__/faults in full, which takes about an hour, and prints the figures as the table of
// docs/reliability.md. Arguments go to vitest: `npm run torture -- 02` is contention alone.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT, dependencies, addon } = require('./setup.js');

const RUST = ['power_cut', 'io_errors', 'out_of_memory'];

function main(args) {
  dependencies();
  dependencies('__test__/peer');
  addon();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-torture-'));
  const figures = path.join(folder, 'figures');
  fs.writeFileSync(figures, '');
  const env = { ...process.env, VISUAL_DB_TORTURE: figures };
  const run = (command, ...rest) => spawnSync(command, rest, { cwd: ROOT, env, stdio: 'inherit' }).status === 0;

  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  // One suite after the other, so that they don't disturb one another's measurements.
  const suites = args.length > 0 ? args : ['__test__/faults'];
  const results = [run(process.execPath, vitest, 'run', '--project', 'long', '--no-file-parallelism', ...suites)];
  if (args.length === 0) {
    const tests = RUST.flatMap((name) => ['--test', name]);
    results.push(run('cargo', 'test', '--locked', '--no-default-features', '--no-fail-fast', ...tests));
  }
  print(fs.readFileSync(figures, 'utf8'));
  fs.rmSync(folder, { recursive: true });
  process.exitCode = results.every(Boolean) ? 0 : 1;
}

function print(lines) {
  const [{ model }] = os.cpus();
  const { Database } = require('../lib/index.js');
  const sqlite = new Database(':memory:').prepare('SELECT sqlite_version()').pluck().get();
  console.log(`\n${new Date().toISOString().slice(0, 10)}, ${os.type()} ${os.arch()}, ${os.cpus().length} × ${model},`);
  console.log(`Node ${process.version}, SQLite ${sqlite}\n\n| fault | figures |\n|---|---|`);
  for (const line of lines.split('\n').filter(Boolean)) {
    const [what, value] = JSON.parse(line);
    console.log(`| ${what} | ${[value].flat().join('; ')} |`);
  }
}

main(process.argv.slice(2));
