'use strict';

// Runs checks as on a machine on which nothing of this repository has ever run: in a fresh clone, with empty caches.
// A check that passes there depends on nothing but Node, Rust, a C compiler, Git and the package registries.

const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT } = require('./setup.js');

/** Runs a script of a fresh clone to its end and returns its exit code. The clone and the caches are removed. */
async function cold(args) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-cold-')));
  try {
    const clone = path.join(folder, 'visual-db');
    git('clone', '--quiet', ROOT, clone);
    console.log(`In a fresh clone of ${git('rev-parse', '--short', 'HEAD')} with empty caches: ${clone}`);
    if (git('status', '--porcelain') !== '') console.log('What is not committed is not in it.');
    return await run(args, clone, environment(folder));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

function git(...args) {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`git ${args.join(' ')} failed: ${stderr}`);
  return stdout.trim();
}

/** The environment with every cache in a new folder. PATH stays, since cargo itself may lie in the usual CARGO_HOME. */
function environment(folder) {
  const own = path.join(folder, 'cargo');
  fs.mkdirSync(own);
  // Says where the registry is. All else in CARGO_HOME is a cache or a tool.
  const registry = path.join(process.env.CARGO_HOME ?? path.join(os.homedir(), '.cargo'), 'config.toml');
  if (fs.existsSync(registry)) fs.copyFileSync(registry, path.join(own, 'config.toml'));
  const { CARGO_TARGET_DIR: _, ...env } = process.env;
  return {
    ...env,
    CARGO_HOME: own,
    npm_config_cache: path.join(folder, 'npm'),
    // The caches of pip, Zig and Deno.
    XDG_CACHE_HOME: path.join(folder, 'cache'),
  };
}

/** Runs a script. A signal that would end this process instead ends the script and everything that it has started. */
async function run(args, cwd, env) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => endGroup(child.pid, signal));
  const [status, signal] = await once(child, 'exit');
  endGroup(child.pid, 'SIGKILL'); // Remaining processes would write into the folder that is removed next.
  return status ?? 128 + os.constants.signals[signal];
}

function endGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

module.exports = { cold };
