'use strict';

// `npm test`: sets up what is missing, then runs the tests in Rust and in JavaScript, except those that take long
// (`npm run test:long`). Arguments go to vitest: `npm test -- -t 'createWorktree'`, `npm test -- --project install`.

const { ROOT, dependencies, addon, attempt } = require('./setup.js');
const path = require('node:path');

const args = process.argv.slice(2);

dependencies();
dependencies('__test__/peer');
if (args.includes('install') || args.includes('building')) dependencies('__test__/runtimes');
if (args.includes('install')) dependencies('__test__/managers');
if (args.includes('postgres') || args.includes('async-postgres')) dependencies('__test__/postgres');
addon();
// Arguments select certain tests: never Rust's, but perhaps long ones.
const certain = args.length > 0;
const rust = certain ? 0 : attempt('cargo', ['test', '--locked', '--no-default-features', '--features=postgres']);
const projects = certain ? ['--project', 'suite', '--project', 'long'] : ['--project', 'suite'];
const project = args.includes('--project') ? [] : projects;
const vitest = [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...project, ...args];
const javaScript = attempt(process.execPath, vitest);
process.exitCode = rust || javaScript;
