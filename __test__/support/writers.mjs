// Other programs that write to the file, in processes of their own. Python and the shell leave foreign keys off, as they do.
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { peerNode } from './child.mjs';

const peer = createRequire(new URL('../peer/package.json', import.meta.url));
const works = (command, ...args) => spawnSync(command, args).status === 0;

const BETTER_SQLITE3 = `
  const [library, dbPath, sql] = process.argv.slice(1);
  require(library)(dbPath, { timeout: 10000 }).exec(sql).close();`;
const PYTHON = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
db.executescript(sys.argv[2])
db.commit()`;

/** Those that are there, by name: each runs SQL on a file. */
export const WRITERS = Object.fromEntries(
  [
    [
      'better-sqlite3',
      true,
      (dbPath, sql) => execFileSync(peerNode(), ['-e', BETTER_SQLITE3, peer.resolve('better-sqlite3'), dbPath, sql]),
    ],
    [
      'Python',
      works('python3', '-c', 'import sqlite3'),
      (dbPath, sql) => execFileSync('python3', ['-c', PYTHON, dbPath, sql]),
    ],
    [
      'the sqlite3 shell',
      works('sqlite3', '-version'),
      (dbPath, sql) =>
        execFileSync('sqlite3', ['-batch', '-bail', dbPath], {
          input: `.timeout 10000\nPRAGMA foreign_keys = OFF;\n${sql};\n`,
        }),
    ],
  ].flatMap(([name, isThere, run]) => (isThere ? [[name, run]] : [])),
);
