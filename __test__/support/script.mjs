import { spawn, spawnSync } from 'node:child_process';

const prelude = `import { Database, SqliteError } from ${JSON.stringify(new URL('./database.mjs', import.meta.url).href)};\n`;

const command = (source, { flags = [], args = [] }) => [
  ...flags,
  '--input-type=module',
  '--eval',
  prelude + source,
  '--',
  ...args,
];

/** Runs a module's text, with `Database` in scope, in a process of its own, to its end. */
export function runScript(source, options = {}) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, command(source, options), {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, signal, stdout, stderr };
}

/** The same, left running; `line()` resolves with its next line of output. */
export function startScript(source, options = {}) {
  const child = spawn(process.execPath, command(source, options), { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createLineReader(child.stdout);
  const ended = new Promise((resolve) => child.once('exit', (status, signal) => resolve({ status, signal })));
  return { child, ended, line: lines };
}

function createLineReader(stream) {
  const ready = [];
  const waiting = [];
  let rest = '';
  stream.setEncoding('utf8').on('data', (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop();
    for (const part of parts) (waiting.shift() ?? ((line) => ready.push(line)))(part);
  });
  return () => (ready.length ? Promise.resolve(ready.shift()) : new Promise((resolve) => waiting.push(resolve)));
}
