#!/usr/bin/env node
'use strict';

const path = require('node:path');
const { parseArgs } = require('node:util');

const USAGE = `Sets up the database of the visual orchestration: its schema and four default zones.

Usage: node migrate_to_phase9.js [run | verify | rollback] [--db PATH]

  run        migrate the database, after a verified backup, and create the default zones that are missing (the default)
  verify     say whether schema, counts, references and default zones are as they should be; nothing is written
  rollback   bring back the state before the latest migration; what is replaced stays in a safety copy

  --db PATH  the database (default: data/visual.db under the current directory)
  --help     show this

Exit codes: 0 fine, 1 something failed or was found, 2 wrong usage.`;

const COMMANDS = { run, verify, rollback };

function main(argv) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { db: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    return usage(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [command = 'run', ...rest] = positionals;
  if (!Object.hasOwn(COMMANDS, command) || rest.length > 0) {
    return usage(`Unknown command: ${positionals.join(' ')}`);
  }
  if (values.db === '') return usage('--db needs a path');
  try {
    return COMMANDS[command](require('../lib/entry/parts').phase9, values.db ?? path.join('data', 'visual.db'));
  } catch (error) {
    console.error(`${command} failed: ${error.message}`);
    return 1;
  }
}

function usage(problem) {
  console.error(`${problem}\n\n${USAGE}`);
  return 2;
}

function run(phase9, dbPath) {
  const { path: file, before, version, backup, created, kept } = phase9.run(dbPath);
  line('Database', file);
  line('Schema', `version ${version} (${before.version === version ? 'as it was' : `was ${was(before)}`})`);
  line('Backup', backup ?? 'not needed: nothing that was there was changed');
  line('Zones', [created.length > 0 && `created ${created.join(', ')}`, kept.length > 0 && `kept ${kept.join(', ')}`]);
  return verify(phase9, dbPath, { named: false });
}

function was({ state, version }) {
  if (state === 'empty') return 'empty';
  return state === 'javascript-layer' ? "the JavaScript layer's" : `version ${version}`;
}

function verify(phase9, dbPath, { named = true } = {}) {
  const { path: file, problems, stats } = phase9.verify(dbPath);
  if (named) line('Database', file);
  if (stats) {
    const { worktrees, zones, assignments, executions } = stats;
    line('Rows', `${worktrees} worktrees, ${zones} zones, ${assignments} assignments, ${executions} executions`);
  }
  for (const problem of problems) line('Problem', problem);
  line('Verified', problems.length === 0 ? 'everything is as it should be' : `${problems.length} found`);
  return problems.length === 0 ? 0 : 1;
}

function rollback(phase9, dbPath) {
  const { path: file, backup, createdAt, safety, lost } = phase9.rollback(dbPath);
  line('Database', file);
  line('Restored', `the state of ${createdAt}, from ${backup}`);
  if (safety) line('Before', `kept in ${safety}`);
  for (const { table, rows, keys } of lost) {
    line('Only there', `${rows} of ${table}: ${keys.join(', ')}${rows > keys.length ? ', …' : ''}`);
  }
  if (safety && lost.length === 0) line('Only there', 'nothing');
  return 0;
}

function line(label, text) {
  console.log(`${`${label}:`.padEnd(12)}${[text].flat().filter(Boolean).join('; ')}`);
}

process.exitCode = main(process.argv.slice(2));
