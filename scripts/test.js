'use strict';

// `npm test`: sets up what is absent, then runs the tests in Rust and in JavaScript. Arguments go to vitest:
// `npm test -- -t 'createWorktree'`, `npm test -- --project install`.

const { ROOT, dependencies, addon, attempt } = require('./setup.js');
const path = require('node:path');

const args = process.argv.slice(2);

dependencies();
dependencies('__test__/peer');
if (args.includes('install')) dependencies('__test__/runtimes');
addon();
// With arguments the caller wants certain tests, and Rust's are none of them.
const rust = args.length > 0 ? 0 : attempt('cargo', ['test', '--locked', '--no-default-features']);
const project = args.includes('--project') ? [] : ['--project', 'suite'];
const vitest = [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...project, ...args];
const javaScript = attempt(process.execPath, vitest);
process.exitCode = rust || javaScript;
