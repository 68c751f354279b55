// The examples as users have them: copied out of here, with the packages that they name in a node_modules of their own.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);

/** Installs what some examples need and the rest of the tests doesn't: the file from whose place it is required. */
export function packagesOfExamples() {
  require('../../scripts/setup.js').dependencies('__test__/examples');
  return join(ROOT, '__test__/examples/package.json');
}

/** A copy of an example in a folder of its own, in which the package is installed, and nothing that it doesn't name. */
export function copied(name) {
  const folder = join(temporaryFolder(), name);
  cpSync(join(ROOT, 'examples', name), folder, { recursive: true });
  const { dependencies = {} } = require(join(folder, 'package.json'));
  link(ROOT, join(folder, 'node_modules/@ai-orchestra/visual-db'));
  for (const each of Object.keys(dependencies)) {
    const own = join(ROOT, '__test__/examples/node_modules', each);
    link(existsSync(own) ? own : join(ROOT, 'node_modules', each), join(folder, 'node_modules', each));
  }
  return folder;
}

function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'junction');
}

/** A file of an example as a process, which the test ends; its first line, and its exit code or signal once it has ended. */
export function started(folder, file, args, env) {
  const child = spawn(process.execPath, [file, ...args], { cwd: folder, env: { ...process.env, ...env } });
  const told = { stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text) => (told.stderr += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const end = once(child, 'exit').then(([code, signal]) => code ?? signal);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await end;
  });
  return { child, told, end, line: async () => (await lines.next()).value };
}
