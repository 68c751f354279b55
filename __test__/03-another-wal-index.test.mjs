// A WAL index of another layout, which SQLite refuses as it would a file that it can't open: the error says what it is.
import { describe, expect, it } from 'vitest';
import { runScript, startScript } from './support/child.mjs';
import { thrown } from './support/failure.mjs';
import { furnish, worktree } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

const OURS = 3_007_000;
const OTHER = 3_007_001;
/** One copy of the header, in bytes; it stands twice at the beginning. The last two words are the sum of those before. */
const HEADER = 48;

/** Writes another `iVersion` into the index beside a database, as a SQLite that has another layout would; in a process of its own, since closing the file would drop the locks that this one may have on it. */
async function rewrite(dbPath) {
  const { stdout, stderr } = await runScript(
    `const fs = require('node:fs');
     const index = fs.openSync(dbPath + '-shm', 'r+');
     const words = new Uint32Array(${HEADER / 4});
     fs.readSync(index, words, 0, ${HEADER}, 0);
     console.log(words[0]);
     words[0] = ${OTHER};
     const sums = [0, 0];
     for (let n = 0; n < words.length - 2; n += 2) {
       sums[0] = (sums[0] + words[n] + sums[1]) >>> 0;
       sums[1] = (sums[1] + words[n + 1] + sums[0]) >>> 0;
     }
     words.set(sums, words.length - 2);
     for (const at of [0, ${HEADER}]) fs.writeSync(index, words, 0, ${HEADER}, at);`,
    { dbPath },
  );
  expect([Number(stdout), stderr]).toEqual([OURS, '']);
}

/** A board that another process holds open meanwhile. */
async function held(use) {
  const dbPath = temporaryFile();
  furnish(open({ dbPath })).close();
  const holder = startScript(
    `const db = new VisualDatabase(dbPath);
     console.log(db.listZones().length);
     process.stdin.on('end', () => process.exit()).resume();`,
    { dbPath },
  );
  await holder.printed('2');
  await use(dbPath);
  holder.child.stdin.end();
  expect((await holder.ended).stderr).toBe('');
  return dbPath;
}

const recorder = () => {
  const lines = [];
  const keep = (level) => (message, fields) => lines.push([level, message, fields]);
  return { lines, info: keep('info'), error: keep('error') };
};

// Windows lets nobody else write to a part of a file that is locked.
describe.skipIf(process.platform === 'win32')('a WAL index whose iVersion is another', () => {
  it.each([false, true])(
    'is named by the error, with its version and what to do, and the logger is told (readonly: %s)',
    async (readonly) => {
      const dbPath = await held(async (path) => {
        await rewrite(path);
        const logger = recorder();
        const error = thrown(() => open({ dbPath: path, readonly, logger }));
        expect(error).toMatchObject({ name: 'SqliteError', code: 'SQLITE_CANTOPEN' });
        expect(error.message).toBe(
          `Cannot open the database '${path}': its WAL index '${path}-shm' has iVersion ${OTHER}, where the SQLite of this package reads ` +
            `${OURS}: another version of SQLite has the database open. Close the programs that use that one, or have them use one that ` +
            `writes ${OURS}; once nobody has the database open, the next opening makes the index anew`,
        );
        expect(logger.lines).toEqual([['error', '[VisualDB] Failed to open database', { error: error.message, path }]]);
      });
      // As it says.
      expect(open({ dbPath }).listWorktrees()).toHaveLength(3);
    },
  );

  it('is named by every call of a board that was open before, and by SQL', async () => {
    const dbPath = temporaryFile();
    const logger = recorder();
    const db = furnish(open({ dbPath, logger }));
    await rewrite(dbPath);
    for (const call of [
      () => db.getWorktree('wt-1'),
      () => db.createWorktree(worktree(9)),
      () => db.db.prepare('SELECT * FROM zones').all(),
      () => db.db.exec('DELETE FROM zones'),
      () => db.transaction(() => db.listZones()),
    ]) {
      const error = thrown(call);
      expect(error).toMatchObject({ name: 'SqliteError', code: 'SQLITE_CANTOPEN' });
      expect(error.message).toContain(`its WAL index '${dbPath}-shm' has iVersion ${OTHER}`);
    }
    const [level, message, { error }] = logger.lines.find(([kind]) => kind === 'error');
    expect([level, message]).toEqual(['error', '[VisualDB] Failed to create worktree']);
    expect(error).toContain(`its WAL index '${dbPath}-shm' has iVersion ${OTHER}`);
  });

  it('is not what is wrong where a file can’t be opened for another reason', () => {
    const { message } = thrown(() => open({ dbPath: temporaryFile(), readonly: true }));
    expect(message).not.toContain('iVersion');
  });
});
