import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { VisualDatabase } from '../../lib/index.mjs';
import { withoutSharedMemory } from './support/disk.mjs';
import { newFile } from './support/folder.mjs';
import { within } from './support/torture.mjs';

/** The bytes of a closed file with a zone, in this journal mode. */
function bytesIn(journalMode) {
  const file = newFile();
  const visual = new VisualDatabase(file);
  visual.createZone({ id: 'zone', name: 'Zone' });
  visual.db.pragma(`journal_mode = ${journalMode}`);
  visual.close();
  return fs.readFileSync(file);
}

const FIXTURE = new URL('../fixtures/js-layer.db', import.meta.url);
/** What says whether a file has a write-ahead log: 2 where it has. */
const VERSIONS = [18, 19];

describe('A mount that has no shared memory mapping, which a write-ahead log needs', () => {
  const expectRefused = (options) => {
    const refusal = () => new VisualDatabase(options);
    expect(refusal).toThrow(expect.objectContaining({ name: 'SqliteError', code: 'SQLITE_IOERR_SHMMAP' }));
    expect(refusal).toThrow(
      `Cannot open the database '${options.dbPath}': the index of its write-ahead log can't be mapped`,
    );
  };

  it('a new file is refused, and nothing is left', within(60, 1), async ({ skip }) => {
    const dbPath = path.join(await withoutSharedMemory(skip), 'visual.db');
    expectRefused({ dbPath });
    expect(fs.readdirSync(path.dirname(dbPath))).toEqual([]);
  });

  it.for([
    ['one without a write-ahead log', () => bytesIn('delete'), 1],
    ['one of the JavaScript layer', () => fs.readFileSync(FIXTURE).fill(1, 18, 20), 1],
    ['one that has one already', () => bytesIn('wal'), 2],
  ])('%s is refused, byte for byte as it was', within(60, 1), async ([, make, version], { skip }) => {
    const dbPath = path.join(await withoutSharedMemory(skip), 'visual.db');
    const before = make();
    expect(VERSIONS.map((at) => before[at])).toEqual([version, version]);
    fs.writeFileSync(dbPath, before);
    expectRefused({ dbPath });
    if (version === 2) expectRefused({ dbPath, readonly: true });
    expect(fs.readFileSync(dbPath).equals(before)).toBe(true);
  });

  it('one without a write-ahead log is read with `readonly`', within(60, 1), async ({ skip }) => {
    const dbPath = path.join(await withoutSharedMemory(skip), 'visual.db');
    fs.writeFileSync(dbPath, bytesIn('delete'));
    const visual = new VisualDatabase({ dbPath, readonly: true });
    expect(visual.listZones()).toHaveLength(1);
    visual.close();
    expect(fs.readdirSync(path.dirname(dbPath))).toEqual(['visual.db']);
  });
});
