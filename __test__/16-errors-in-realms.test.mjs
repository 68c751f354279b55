// Test runners put each file, and this package with it, into a realm of its own, which has classes of its own: the same
// checks under the two that are used most. What they check is in `realms/checks.cjs`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it, vi } from 'vitest';
import { removeTemporaryFolders, unpacked } from './install/consumer.mjs';

vi.setConfig({ testTimeout: 120_000 });
afterAll(removeTemporaryFolders);

const require = createRequire(import.meta.url);
const peer = createRequire(new URL('./peer/package.json', import.meta.url));
const here = (name) => fileURLToPath(new URL(`./realms/${name}`, import.meta.url));

/** Runs a test runner to its end, with `more` in its environment: its exit code and what it printed. */
function run(program, args, more) {
  // What this runner tells its own workers is not for the one that it starts.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|JEST|NODE_ENV)/.test(name)));
  const child = spawn(process.execPath, [program, ...args], { env: { ...env, ...more, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (data) => (output += data));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

const RUNNERS = [
  ['Jest', peer.resolve('jest/bin/jest'), ['--config', here('jest.config.cjs')], /Tests: +(\d+) passed, \1 total/],
  [
    "vitest's vmThreads",
    path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs'),
    ['run', '--config', here('vitest.config.mjs')],
    /Tests +(\d+) passed \(\1\)/,
  ],
];

it.each(RUNNERS)('in %s errors and values are of the realm of the tests', async (_, program, args, all) => {
  const { code, output } = await run(program, args);
  expect(output).toMatch(all);
  expect(code).toBe(0);
});

it('so they are of a packed package, whose JavaScript is in one file', async () => {
  const VISUAL_DB_PACKAGE = path.join(await unpacked(), 'lib/index.js');
  for (const [, program, args, all] of RUNNERS) {
    const { code, output } = await run(program, args, { VISUAL_DB_PACKAGE });
    expect(output).toMatch(all);
    expect(code).toBe(0);
  }
});
