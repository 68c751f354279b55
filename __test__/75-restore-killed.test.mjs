import { cpSync, existsSync, linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { figure } from './faults/support/torture.mjs';
import { contentOf, contentOfFile, fill, namesIn } from './support/backups.mjs';
import { startScript } from './support/child.mjs';
import { open } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

// A killed process loses nothing that the system has taken, on whatever disk: memory spares hundreds of waits for one.
const DISK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

function temporaryFolder() {
  const folder = mkdtempSync(join(DISK, 'visual-db-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with a database, a backup of it, and what has changed since. */
function prepared() {
  const folder = temporaryFolder();
  const dbPath = join(folder, 'visual.db');
  const database = fill(open({ dbPath }), { executions: 30 });
  const { path } = database.backupSync(join(folder, 'copy.db'));
  const restored = contentOf(database);
  database.deleteWorktree('wt-0');
  database.close();
  return { folder, path, restored };
}

/** Restores in a process that is killed at a step (of a stage), in a copy of the folder. Where it got to its end: null. */
async function killedAt(step, folder, stages = '') {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(folder, copy, { recursive: true });
  const dbPath = join(copy, 'visual.db');
  const { ended } = startScript(
    `let step = 0;
     const progress = ({ stage }) => stage.endsWith('${stages}') && (step += 1) === ${step} && process.kill(process.pid, 'SIGKILL');
     VisualDatabase.restore(require('path').join(require('path').dirname(dbPath), 'copy.db'), { dbPath, progress });`,
    { dbPath },
  );
  const { signal, code, stderr } = await ended;
  expect(stderr).toBe('');
  expect([signal, code]).toContain(signal === null ? 0 : 'SIGKILL');
  return signal === null ? null : dbPath;
}

/** Kills at every step, four processes at a time, and looks at what each left. */
async function atEveryStep(folder, look) {
  let steps = 0;
  for (let first = 1, ongoing = true; ongoing; first += 4) {
    const left = await Promise.all([0, 1, 2, 3].map((offset) => killedAt(first + offset, folder)));
    for (const dbPath of left.filter(Boolean)) look(dbPath);
    steps += left.filter(Boolean).length;
    ongoing = left.every(Boolean);
  }
  return steps;
}

test(
  'a restore that is killed at any step leaves the old content or the new, never a mixture',
  { timeout: 300_000 },
  async () => {
    const { folder, restored } = prepared();
    const old = contentOfFile(join(folder, 'visual.db'));
    const found = { old: 0, restored: 0 };
    const steps = await atEveryStep(folder, (dbPath) => {
      const content = contentOfFile(dbPath);
      const isOld = JSON.stringify(content) === JSON.stringify(old);
      expect(content).toEqual(isOld ? old : restored);
      found[isOld ? 'old' : 'restored'] += 1;
      // And it can be done again.
      VisualDatabase.restore(join(dirname(dbPath), 'copy.db'), { dbPath });
      expect(contentOfFile(dbPath)).toEqual(restored);
    });
    expect(steps).toBeGreaterThan(30);
    figure('restore killed at every step: old content, new content, neither', [found.old, found.restored, 0]);
    expect(found.old).toBeGreaterThan(10);
    expect(found.restored).toBeGreaterThan(0);
  },
);

test(
  'a restore to a new path that is killed at any step leaves no file or the whole one',
  { timeout: 300_000 },
  async () => {
    const { folder, restored } = prepared();
    rmSync(join(folder, 'visual.db'));
    let none = 0;
    const steps = await atEveryStep(folder, (dbPath) => {
      if (!existsSync(dbPath)) {
        none += 1;
        VisualDatabase.restore(join(dirname(dbPath), 'copy.db'), { dbPath });
      }
      expect([...readFileSync(dbPath).subarray(18, 20)]).toEqual([2, 2]);
      expect(contentOfFile(dbPath)).toEqual(restored);
    });
    expect(steps).toBeGreaterThan(10);
    expect(none).toBeGreaterThan(0);
  },
);

test('one that is killed when the file has its name already, and still the other one, can be opened', () => {
  const { folder, restored } = prepared();
  const dbPath = join(folder, 'new.db');
  VisualDatabase.restore(join(folder, 'copy.db'), { dbPath });
  const other = `${dbPath}.${process.pid}-7.partial`;
  linkSync(dbPath, other);
  expect(contentOfFile(dbPath)).toEqual(restored);
  expect(existsSync(other)).toBe(false);
});

test(
  'replacing a file that cannot be opened can be killed at any step, and whoever opens it next finishes it',
  { timeout: 300_000 },
  async () => {
    const { folder, restored } = prepared();
    const garbage = 'garbage'.repeat(1000);
    writeFileSync(join(folder, 'visual.db'), garbage);
    writeFileSync(join(folder, 'visual.db-wal'), 'the log');
    const found = { old: 0, restored: 0 };
    const steps = await atEveryStep(folder, (dbPath) => {
      const inFolder = dirname(dbPath);
      let database;
      try {
        database = new VisualDatabase({ dbPath });
      } catch (error) {
        // Not begun: both files are as they were.
        expect(error.code).toBe('SQLITE_NOTADB');
        expect(readFileSync(dbPath, 'utf8')).toBe(garbage);
        found.old += 1;
        return;
      }
      database.close();
      found.restored += 1;
      expect(contentOfFile(dbPath)).toEqual(restored);
      const aside = namesIn(inFolder).filter((name) => name.includes('-replaced-'));
      expect(aside).toHaveLength(2);
      expect(aside.map((name) => readFileSync(join(inFolder, name), 'utf8'))).toEqual([garbage, 'the log']);
      expect(namesIn(inFolder).filter((name) => /partial|-restore$|-shm$/.test(name))).toEqual([]);
    });
    expect(steps).toBeGreaterThan(15);
    figure('replacement killed at every step: not begun, finished by the next opening, neither', [
      found.old,
      found.restored,
      0,
    ]);
    expect(found.old).toBeGreaterThan(5);
    expect(found.restored).toBeGreaterThan(3);
  },
);

test('twenty openings at once of a file whose replacement was killed all find it restored', async () => {
  const { folder, restored } = prepared();
  writeFileSync(join(folder, 'visual.db'), 'garbage'.repeat(1000));
  // The step after the plan was committed.
  const dbPath = await killedAt(2, folder, 'replace');
  expect(namesIn(dirname(dbPath)).some((name) => name.endsWith('-restore'))).toBe(true);
  const opened = await Promise.all(
    Array.from(
      { length: 20 },
      () => startScript('console.log(new VisualDatabase(dbPath).getStats())', { dbPath }).ended,
    ),
  );
  const { stdout } = opened[0];
  for (const end of opened) expect(end).toMatchObject({ code: 0, stderr: '', stdout });
  expect(contentOfFile(dbPath)).toEqual(restored);
});
