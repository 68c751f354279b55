import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checksum, contentOf, fill, namesIn } from './support/backups.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

/** A disk of so many kilobytes, or the reason why there can be none. */
function smallDisk(kilobytes) {
  const folder = temporaryFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) return { reason: mounted.error?.message ?? mounted.stderr.trim() };
  onTestFinished(() => spawnSync('umount', ['--lazy', folder]));
  return { folder };
}

const FULL = expect.objectContaining({ code: expect.stringMatching(/^(SQLITE_FULL|SQLITE_IOERR_WRITE|ENOSPC)$/) });

test('a disk that fills up in mid-backup: an error that says so, nothing half written, earlier backups as they were', async ({
  skip,
}) => {
  const { folder, reason } = smallDisk(1500);
  if (!folder) skip(`no small disk can be mounted here: ${reason}`);
  const database = fill(open({ dbPath: temporaryFile() }), { executions: 1000 });
  const { path } = await database.backup(join(folder, 'first.db'));
  const before = checksum(path);
  const second = join(folder, 'second.db');
  await expect(database.backup(second)).rejects.toEqual(FULL);
  await expect(database.backup(second)).rejects.toThrow(second);
  expect(() => database.backupSync(second)).toThrow(FULL);
  expect(namesIn(folder)).toEqual(['first.db', 'first.db.json']);
  expect(checksum(path)).toBe(before);
  VisualDatabase.verifyBackup(path);
});

test('a disk that fills up in mid-restore: the old content stays', ({ skip }) => {
  const { folder, reason } = smallDisk(2000);
  if (!folder) skip(`no small disk can be mounted here: ${reason}`);
  const large = fill(open({ dbPath: temporaryFile() }), { executions: 2000, text: 1000 }).backupSync();
  const dbPath = join(folder, 'visual.db');
  const database = fill(open({ dbPath }), { executions: 100 });
  const old = contentOf(database);
  expect(() => VisualDatabase.restore(large.path, { dbPath })).toThrow(FULL);
  expect(contentOf(database)).toEqual(old);
  expect(database.db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
});
