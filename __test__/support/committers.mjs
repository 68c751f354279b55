// Programs that commit something to a board's file, once each, in a process of their own.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { peerNode, runScript } from './child.mjs';

const peer = createRequire(new URL('../peer/package.json', import.meta.url));
const UPDATE = "UPDATE zones SET name = name || '.'";

const run = (command, ...args) => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(stderr);
};
const works = (command, ...args) => spawnSync(command, args).status === 0;

const PYTHON = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()';

/** What each is called, whether it is there, and how it commits. */
export const COMMITTERS = [
  [
    'VisualDatabase',
    true,
    async (dbPath) => {
      const { stderr } = await runScript("new VisualDatabase(dbPath).createZone({ id: 'new', name: 'n' });", {
        dbPath,
      });
      if (stderr !== '') throw new Error(stderr);
    },
  ],
  [
    'better-sqlite3',
    process.platform === 'linux',
    (dbPath) => {
      const library = JSON.stringify(peer.resolve('better-sqlite3'));
      run(peerNode(), '-e', `require(${library})(process.argv[1]).exec(process.argv[2])`, dbPath, UPDATE);
    },
  ],
  ['the sqlite3 shell', works('sqlite3', '-version'), (dbPath) => run('sqlite3', dbPath, UPDATE)],
  ['Python', works('python3', '-c', 'import sqlite3'), (dbPath) => run('python3', '-c', PYTHON, dbPath, UPDATE)],
];
