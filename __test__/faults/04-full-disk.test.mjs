// Long because it is read as a specification: each rule of media that are full or can only be read is a test.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SqliteError, VisualDatabase } from '../../lib/index.mjs';
import { Board, perform } from './support/board.mjs';
import { makeLarger, makeReadOnly, smallDisk } from './support/disk.mjs';
import { folder, newFile } from './support/folder.mjs';
import { operations } from './support/operations.mjs';
import { expectSound } from './support/sound.mjs';
import { amount, figure, within } from './support/torture.mjs';

const FULL = /^SQLITE_(FULL|IOERR_\w+)$/;
const QUOTA = fileURLToPath(new URL('./support/quota.mjs', import.meta.url));
const LIMITED = fileURLToPath(new URL('./support/limited.mjs', import.meta.url));

/** How many bytes are free there. */
const free = (disk) => {
  const { bavail, bsize } = fs.statfsSync(disk);
  return bavail * bsize;
};

/** Goes through operations until one fails for want of room; tells how many were done, and which could not be. */
function fillUp(visual, board, endless) {
  for (let done = 0; ; done += 1) {
    const { value: operation } = endless.next();
    try {
      perform(visual, operation);
    } catch (error) {
      expect(error).toBeInstanceOf(SqliteError);
      expect(error.code).toMatch(FULL);
      expect(visual.db.inTransaction).toBe(false);
      return { operation, done };
    }
    board.apply(operation);
  }
}

describe('A disk that is full', () => {
  it('is an error, loses nothing, and the work goes on when there is room', within(120, 10), ({ skip }) => {
    const rounds = amount(3, 50);
    let done = 0;
    for (let round = 0; round < rounds; round += 1) {
      const disk = smallDisk(2048, skip);
      const dbPath = path.join(disk, 'visual.db');
      const visual = new VisualDatabase(dbPath);
      const board = new Board();
      const endless = operations(round + 1);
      const filled = fillUp(visual, board, endless);
      expect(Board.read(visual)).toEqual(board);
      makeLarger(disk);
      for (const operation of [filled.operation, endless.next().value]) {
        perform(visual, operation);
        board.apply(operation);
      }
      visual.close();
      const again = new VisualDatabase(dbPath);
      expectSound(again);
      expect(Board.read(again)).toEqual(board);
      again.close();
      done += filled.done;
    }
    figure('a disk of 2 MB that fills up', `${rounds} times after ${done} calls: 0 lost, 0 corrupt`);
  });

  it('at every size: opening and writing is an error or done', within(120, 20), ({ skip }) => {
    let refused = 0;
    let written = 0;
    for (let kilobytes = 16; kilobytes <= 512; kilobytes += amount(48, 4)) {
      const disk = smallDisk(kilobytes, skip);
      const dbPath = path.join(disk, 'visual.db');
      const board = new Board();
      try {
        const visual = new VisualDatabase(dbPath);
        written += fillUp(visual, board, operations(6)).done;
        visual.close();
      } catch (error) {
        expect(error.code).toMatch(FULL);
        expect(error.message).toContain(dbPath);
        refused += 1;
      }
      makeLarger(disk);
      const again = new VisualDatabase(dbPath);
      expectSound(again);
      expect(Board.read(again)).toEqual(board);
      again.close();
    }
    expect(refused).toBeGreaterThan(0);
    expect(written).toBeGreaterThan(0);
    figure('disks of 16 to 512 KB', `${refused} times too small to open, ${written} calls on the others: 0 lost`);
  });

  it('in the middle of undo() leaves what was to be undone, which is undone when there is room', ({ skip }) => {
    const disk = smallDisk(2048, skip);
    const dbPath = path.join(disk, 'visual.db');
    const visual = new VisualDatabase(dbPath);
    const ids = Array.from({ length: 100 }, (_, n) => `wt-${n}`);
    visual.createWorktrees(ids.map((id, n) => ({ id, path: `/${id}`, port: 3001 + n, branchName: id })));
    const user = visual.as({ kind: 'user', id: 'anna' });
    const before = Board.read(visual);
    user.transaction(() => ids.forEach((id) => user.updateWorktree(id, { issueUrl: id.repeat(400) })));
    const after = Board.read(visual);
    // Room for a part of it only.
    fs.writeFileSync(path.join(disk, 'other'), Buffer.alloc(free(disk) - 64 * 1024));
    expect(() => user.undo()).toThrow(expect.objectContaining({ code: expect.stringMatching(FULL) }));
    expect(Board.read(visual)).toEqual(after);
    makeLarger(disk);
    expect(user.undo()).toHaveLength(ids.length);
    expect(Board.read(visual).worktrees).toEqual(before.worktrees);
    expectSound(visual);
    visual.close();
  });

  it('is the same where a limit on the size of files is reached', () => {
    const dbPath = newFile();
    // Blocks of 512 bytes.
    const command = `ulimit -f 1600; exec "$0" "$@"`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, LIMITED, dbPath], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const { code, board } = JSON.parse(stdout);
    expect(code).toMatch(FULL);
    const visual = new VisualDatabase(dbPath);
    expectSound(visual);
    expect(isDeepStrictEqual(visual.getStats(), board)).toBe(true);
    expect(board.executions).toBeGreaterThan(10);
    visual.close();
  });
});

describe('A quota that is used up', () => {
  it('is an error, loses nothing, and the work goes on when there is room', within(120, 10), ({ skip }) => {
    // Few kernels that tests run on can have quotas: what one says is put into the system's mouth by strace.
    const trace = (range, ...command) =>
      spawnSync('strace', ['-fqo', os.devNull, '-e', `inject=pwrite64:error=EDQUOT:when=${range}`, ...command], {
        encoding: 'utf8',
      });
    const { error, status: allowed, stderr: why } = trace('1', 'true');
    if (error || allowed !== 0) skip(`no strace here: ${error?.message ?? why}`);
    let failed = 0;
    for (let first = 100; first < 200; first += amount(33, 4)) {
      const dbPath = newFile();
      // Made before: it is the calls that are to be refused, not the opening, whose writes grow with the schema.
      new VisualDatabase(dbPath).close();
      const { status, stdout, stderr } = trace(`${first}..${first + 60}`, process.execPath, QUOTA, dbPath);
      expect([status, stderr]).toEqual([0, '']);
      const { acknowledged, codes, lost } = JSON.parse(stdout);
      expect(codes.length).toBeGreaterThan(10);
      for (const code of codes) expect(code).toMatch(FULL);
      expect(lost).toBe(0);
      expect(acknowledged.at(-1)).toBe('wt-400');
      const visual = new VisualDatabase(dbPath);
      expectSound(visual);
      expect(visual.listWorktrees().map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
      expect(visual.listWorktrees()).toHaveLength(acknowledged.length);
      visual.close();
      failed += codes.length;
    }
    figure('a quota that is used up', `${failed} writes refused with EDQUOT: 0 lost, 0 corrupt, the work goes on`);
  });
});

describe('A medium that can only be read', () => {
  it('is a clear error to write to, and is read with `readonly`', ({ skip }) => {
    const disk = smallDisk(2048, skip);
    const dbPath = path.join(disk, 'visual.db');
    const visual = new VisualDatabase(dbPath);
    visual.createZone({ id: 'zone', name: 'Zone' });
    visual.close();
    makeReadOnly(disk);
    const before = fs.readFileSync(dbPath);
    expect(() => new VisualDatabase(dbPath)).toThrow(new RegExp(`${dbPath}.*(read-only|can't be written|permission)`));
    expect(() => new VisualDatabase(path.join(disk, 'new.db'))).toThrow(/new\.db.*read-only/);
    let opened;
    try {
      opened = new VisualDatabase({ dbPath, readonly: true });
    } catch (error) {
      // A log can't be laid beside it: then the error says where and why.
      expect(error.message).toMatch(new RegExp(`${dbPath}.*(read-only|can't be written|permission)`));
    }
    if (opened) {
      expect(opened.listZones()).toHaveLength(1);
      opened.close();
    }
    expect(fs.readFileSync(dbPath).equals(before)).toBe(true);
    expect(fs.readdirSync(disk)).toEqual(['visual.db']);
  });
});

describe('A file that is taken away while it is open', () => {
  const opened = () => {
    const file = newFile();
    const visual = new VisualDatabase(file);
    visual.createZone({ id: 'zone', name: 'Zone' });
    visual.createWorktree({ id: 'wt', path: '/wt', port: 1, branchName: 'main' });
    return { file, visual };
  };
  const writes = [
    ['createZone', (visual) => visual.createZone({ id: 'other', name: 'Other' })],
    ['updateZone', (visual) => visual.updateZone('zone', { name: 'Other' })],
    [
      'recordExecution',
      (visual) => visual.recordExecution({ zoneId: 'zone', worktreeId: 'wt', agentType: 'a', prompt: 'p' }),
    ],
    ['deleteWorktree', (visual) => visual.deleteWorktree('wt')],
    ['archiveWorktree', (visual) => visual.archiveWorktree('wt')],
    ['transaction', (visual) => visual.transaction(() => {})],
    ['db.db.prepare', (visual) => visual.db.prepare("UPDATE zones SET name = 'Other'").run()],
    ['db.db.exec', (visual) => visual.db.exec("UPDATE zones SET name = 'Other'")],
    ['db.db.transaction', (visual) => visual.db.transaction(() => {})()],
  ];

  it.each(writes)('deleted: %s acknowledges nothing that would be lost', (_, write) => {
    const { file, visual } = opened();
    fs.rmSync(file);
    expect(() => write(visual)).toThrow(
      expect.objectContaining({ name: 'SqliteError', code: 'SQLITE_READONLY_DBMOVED' }),
    );
    expect(() => write(visual)).toThrow(/moved, deleted or replaced/);
    visual.close();
  });

  it.each(writes)('replaced by another: %s the same, and the new one is as it was', (_, write) => {
    const { file, visual } = opened();
    const other = newFile();
    new VisualDatabase(other).close();
    const bytes = fs.readFileSync(other);
    fs.renameSync(other, file);
    expect(() => write(visual)).toThrow(expect.objectContaining({ code: 'SQLITE_READONLY_DBMOVED' }));
    visual.close();
    expect(fs.readFileSync(file).equals(bytes)).toBe(true);
  });

  it.each([
    ['deleted', (file) => fs.rmSync(file)],
    ['replaced', (file, other) => fs.renameSync(other, file)],
    ['renamed', (file) => fs.renameSync(file, `${file}.away`), 2],
    ['in a renamed folder', (file) => fs.renameSync(path.dirname(file), `${path.dirname(file)}.away`), 2],
  ])('%s in the middle of writing: the next write says so', (_, take, milliseconds = 0) => {
    const { file, visual } = opened();
    const other = newFile();
    new VisualDatabase(other).close();
    const move = (x) => visual.updateWorktree('wt', { position: { x } });
    for (let x = 0; x < 100; x += 1) move(x);
    take(file, other);
    // What shows in the path only, or no sooner than the kernel's clock of files goes on, is asked for every millisecond.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
    for (const x of [100, 101]) {
      expect(() => move(x)).toThrow(expect.objectContaining({ code: 'SQLITE_READONLY_DBMOVED' }));
    }
    visual.close();
    const away = `${path.dirname(file)}.away`;
    if (fs.existsSync(away)) fs.renameSync(away, path.dirname(file));
  });
});

describe('A -wal or -shm that is taken away while it is open', () => {
  const PYTHON = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('INSERT INTO zones (id, name, created_at) VALUES (?, ?, ?)', (sys.argv[2], 'Zone', '2026'))
print(db.execute('SELECT count(*) FROM zones').fetchone()[0])
`;
  const another = (file, id) => {
    const { status, stdout, stderr } = spawnSync('python3', ['-c', PYTHON, file, id], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return Number(stdout);
  };
  const takes = [
    ['-wal', 'deleted', (file) => fs.rmSync(file)],
    ['-shm', 'deleted', (file) => fs.rmSync(file)],
    ['-wal', 'renamed', (file) => fs.renameSync(file, `${file}.away`)],
    ['-shm', 'renamed', (file) => fs.renameSync(file, `${file}.away`)],
  ];

  it.each(takes)('%s %s: the next write is refused, and what another process then commits is there', (end, _, take) => {
    const file = newFile();
    const visual = new VisualDatabase(file);
    visual.createZone({ id: 'zone', name: 'Zone' });
    // What lies in the WAL alone goes with it; this is in the file.
    visual.db.pragma('wal_checkpoint(PASSIVE)');
    take(`${file}${end}`);
    const write = () => visual.createZone({ id: 'lost', name: 'Lost' });
    for (const wait of [0, 2]) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
      expect(write).toThrow(expect.objectContaining({ name: 'SqliteError', code: 'SQLITE_READONLY_DBMOVED' }));
    }
    expect(write).toThrow(/its -wal or its -shm was moved, deleted or replaced/);
    expect(() => visual.transaction(() => {})).toThrow(/open it again/);
    expect(another(file, 'theirs')).toBe(2);
    expect(write).toThrow(expect.objectContaining({ code: 'SQLITE_READONLY_DBMOVED' }));
    visual.close();
    const again = new VisualDatabase(file);
    expectSound(again);
    expect(
      again
        .listZones()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['theirs', 'zone']);
    again.close();
  });

  it.each(takes)('%s %s under one that has not written: closing it takes nothing of theirs away', (end, _, take) => {
    const file = newFile();
    const first = new VisualDatabase(file);
    first.createZone({ id: 'zone', name: 'Zone' });
    first.db.pragma('wal_checkpoint(PASSIVE)');
    const visual = new VisualDatabase(file);
    first.close();
    take(`${file}${end}`);
    expect(another(file, 'theirs')).toBe(2);
    visual.close();
    const again = new VisualDatabase(file);
    expect(again.listZones()).toHaveLength(2);
    again.close();
  });

  it('-shm of another process in the place of a deleted one: a process that opens it beside one that still has that is refused', async () => {
    const file = newFile();
    const visual = new VisualDatabase(file);
    visual.createZone({ id: 'zone', name: 'Zone' });
    fs.rmSync(`${file}-shm`);
    // Its maker stays: who leaves last takes it along.
    const maker = spawn('python3', ['-c', `${PYTHON}\nsys.stdout.flush(); sys.stdin.read()`, file, 'theirs']);
    await once(maker.stdout, 'data');
    expect(() => new VisualDatabase(file)).toThrow(expect.objectContaining({ code: 'SQLITE_READONLY_DBMOVED' }));
    visual.close();
    maker.stdin.end();
    await once(maker, 'exit');
    const again = new VisualDatabase(file);
    expectSound(again);
    expect(again.listZones()).toHaveLength(2);
    again.close();
  });

  it('one that goes with its journal mode is nobody taking it away', () => {
    const file = newFile();
    const visual = new VisualDatabase(file);
    for (const mode of ['delete', 'wal', 'delete', 'wal']) {
      visual.db.pragma(`journal_mode = ${mode}`);
      visual.createZone({ id: `${mode}-${visual.listZones().length}`, name: 'Zone' });
    }
    expect(visual.listZones()).toHaveLength(4);
    visual.close();
  });
});

describe('A file with several names', () => {
  it('symbolic links are one file: both see what the other writes, and share one lock', () => {
    const directory = folder();
    const file = path.join(directory, 'visual.db');
    const link = path.join(directory, 'link.db');
    const visual = new VisualDatabase(file);
    fs.symlinkSync(file, link);
    const linked = new VisualDatabase({ dbPath: link, timeout: 0 });
    visual.createZone({ id: 'zone', name: 'Zone' });
    expect(linked.getZone('zone')).toEqual(visual.getZone('zone'));
    visual.transaction(() => {
      expect(() => linked.createZone({ id: 'other', name: 'Other' })).toThrow(/locked/);
    });
    linked.close();
    visual.close();
    expect(fs.readdirSync(directory).toSorted()).toEqual(['link.db', 'visual.db']);
  });

  it('hard links are refused under either name, and nothing is written', () => {
    const directory = folder();
    const file = path.join(directory, 'visual.db');
    const link = path.join(directory, 'link.db');
    const visual = new VisualDatabase(file);
    visual.createZone({ id: 'zone', name: 'Zone' });
    visual.close();
    const before = fs.readFileSync(file);
    fs.linkSync(file, link);
    for (const dbPath of [file, link]) {
      expect(() => new VisualDatabase(dbPath)).toThrow(/2 names \(hard links\)/);
      expect(() => new VisualDatabase(dbPath)).toThrow(dbPath);
    }
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    fs.rmSync(link);
    new VisualDatabase(file).close();
  });

  it('one that a killed process left while it made the file is no second name', () => {
    const file = newFile();
    new VisualDatabase(file).close();
    const left = `${file}.new-123-0`;
    fs.linkSync(file, left);
    new VisualDatabase(file).close();
    expect(fs.existsSync(left)).toBe(false);
  });
});
