// What the suites of backups share: databases with rows in them, contents to compare, commands that are run.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VisualDatabase } from './visual_database.mjs';

/** The command's file. */
export const COMMAND = fileURLToPath(new URL('../../bin/visual-db.js', import.meta.url));

/** Everything in a database, by way of the class. */
export function contentOf(database) {
  const zones = database.listZones();
  return {
    worktrees: database.listWorktrees(),
    zones,
    assignments: zones.map(({ id }) => database.getWorktreesInZone(id).map((worktree) => worktree.id)),
    executions: zones.map(({ id }) => database.getExecutionHistory(id, -1)),
  };
}

/** Everything in a file, which is opened and closed for it. */
export function contentOfFile(dbPath) {
  const database = new VisualDatabase({ dbPath, fileMustExist: true });
  try {
    return contentOf(database);
  } finally {
    database.close();
  }
}

/** Fills a database with a zone, worktrees and executions with this much text. */
export function fill(database, { worktrees = 5, executions = 50, text = 500 } = {}) {
  database.transaction(() => {
    database.createZone({ id: 'zone', name: 'Development', agents: ['frontend'] });
    for (let index = 0; index < worktrees; index += 1) {
      database.createWorktree({
        id: `wt-${index}`,
        path: `/wt/${index}`,
        port: 3000 + index,
        branchName: `b-${index}`,
      });
      database.assignWorktreeToZone(`wt-${index}`, 'zone');
    }
    for (let index = 0; index < executions; index += 1) {
      const worktreeId = `wt-${index % worktrees}`;
      const prompt = `${index} `.padEnd(text, 'prompt ');
      database.recordExecution({ zoneId: 'zone', worktreeId, agentType: 'frontend', prompt, success: index % 7 > 0 });
    }
  });
  return database;
}

export const checksum = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The names in a folder, sorted; none where there is no folder. */
export function namesIn(folder) {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Runs a command of the package to its end, without a terminal. */
export const visualDb = (...args) => visualDbWith({}, ...args);

/** As `visualDb`, in another folder or with more in the environment. */
export function visualDbWith({ cwd, env }, ...args) {
  return end(process.execPath, [COMMAND, ...args], { cwd, env: { ...process.env, ...env } });
}

/**
 * Runs a script of bash, which has further arguments as `"$@"`, to its end. npx looks for commands in the folder, as for
 * a user, not in that of the npm that runs these tests, and finds no registry.
 */
export function bash(first, ...rest) {
  const [{ cwd, env }, script, ...args] = typeof first === 'string' ? [{}, first, ...rest] : [first, ...rest];
  const outside = Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name));
  const npm = { npm_config_registry: 'http://127.0.0.1:9', npm_config_update_notifier: 'false' };
  return end('bash', ['-c', script, 'bash', ...args], { cwd, env: { ...Object.fromEntries(outside), ...npm, ...env } });
}

function end(command, args, options) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', input: '', ...options });
  return { status, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** Runs a command of the package on a terminal of its own, which types `answer` when it is asked something. */
export function visualDbOnTerminal(args, answer = '', env = {}) {
  const command = [process.execPath, COMMAND, ...args].map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--echo', 'never', '--command', command, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', ...env },
  });
  let output = '';
  let hasAnswered = false;
  child.stdout.setEncoding('utf8').on('data', (data) => {
    output += data;
    if (!hasAnswered && output.includes('[y/N]')) {
      hasAnswered = true;
      child.stdin.write(answer);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
