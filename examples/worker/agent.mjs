// Runs an agent that is a command: `claude -p`, `codex exec -`, or a script of yours.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs the command in a folder, with the prompt on its standard input, until it ends or `signal` is aborted, and returns the outcome for
 * `finishRun`. Its output goes to `print`, line by line; the `usage` of a JSON line that has one goes to `use`, too.
 */
export async function runAgent([file, ...args], { folder, prompt, signal, print, use }) {
  const agent = spawn(file, args, { cwd: folder });
  const kill = () => agent.kill();
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  // An agent need not read its prompt to the end.
  agent.stdin.on('error', () => {}).end(prompt);
  const read = async (stream) => {
    for await (const line of createInterface({ input: agent[stream] })) {
      const usage = usageIn(line);
      if (usage) use(usage);
      print(usage ? 'event' : stream, `${line}\n`);
    }
  };
  try {
    const [[exitCode]] = await Promise.all([once(agent, 'close'), read('stdout'), read('stderr')]);
    return { status: exitCode === 0 ? 'succeeded' : 'failed', exitCode };
  } catch (error) {
    if (error.code === 'ERR_LEASE_LOST') throw error;
    return { status: 'failed', error: error.message };
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

function usageIn(line) {
  try {
    return line.startsWith('{') ? JSON.parse(line).usage : undefined;
  } catch {
    return undefined;
  }
}
