// Runs vitest's tests without vitest's own processes: where its bundler can't run (Wine), its runner, expectations and timers still do.
// `node plain_runner.mjs [--without=TEST]… FILE…` runs each file in this process, prints what failed, and exits with 1 if anything did.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startTests } from '@vitest/runner';
// vitest.config.mjs has it for every suite: properties go by one seed.
import '../../__test__/properties.mjs';

const PATIENCE = 300_000;

const config = {
  root: process.cwd(),
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { hooks: 'stack', setupFiles: 'parallel', seed: 1 },
  chaiConfig: undefined,
  maxConcurrency: 1,
  // Suites set less than that, which suffices where nothing is emulated.
  get testTimeout() {
    return PATIENCE;
  },
  set testTimeout(_) {},
  hookTimeout: PATIENCE,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
  expect: {},
  fakeTimers: { toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] },
};

/** The global state that vitest's modules expect in one of its workers. */
const worker = {
  config,
  ctx: { pool: 'forks' },
  environment: { name: 'node' },
  durations: {},
  // What a global setup has provided: nothing, and so no server, without which boards are files.
  providedContext: {},
  current: undefined,
};
globalThis['__vitest_worker__'] = worker;

const WITHOUT = '--without=';
const [files, without] = [[], new Set()];
for (const argument of process.argv.slice(2)) {
  if (argument.startsWith(WITHOUT)) without.add(argument.slice(WITHOUT.length));
  else files.push(argument);
}

function leaveOut(task) {
  if (task.type === 'test' && without.has(task.name)) task.mode = 'skip';
  for (const inner of task.tasks ?? []) leaveOut(inner);
}

const runner = {
  onCollected: (collected) => collected.forEach(leaveOut),
  config,
  pool: 'forks',
  importFile: (file) => import(pathToFileURL(file).href),
  onBeforeTryTask: (test) => (worker.current = test),
};

const all = { passed: 0, failed: 0, skipped: 0 };

function tell(task, names = []) {
  const path = [...names, task.name];
  if (task.type === 'test') {
    const state = { pass: 'passed', fail: 'failed' }[task.result?.state] ?? 'skipped';
    all[state] += 1;
  }
  for (const error of task.result?.errors ?? [])
    console.log(`failed: ${path.join(' > ')}\n${error.stack ?? error.message}`);
  for (const inner of task.tasks ?? []) tell(inner, path);
}

let failed = false;
for (const name of files) {
  const file = path.resolve(name);
  const [task] = await startTests([{ filepath: file }], runner);
  tell(task);
  failed ||= task.result?.state === 'fail';
  console.log(`${task.result?.state === 'pass' ? 'passed' : 'FAILED'} ${name}`);
}
console.log(`${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped`);
process.exit(failed ? 1 : 0);
