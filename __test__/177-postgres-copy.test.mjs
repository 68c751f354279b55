// A board on a server is taken along as one in a file is: its export is the same to the byte.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { furnish } from './support/furnished.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';

async function exported(db, options) {
  const path = join(temporaryFolder(), 'board.jsonl');
  await db.exportAll(path, options);
  return readFileSync(path, 'utf8');
}

const take = (db, text) => db.importAll(Readable.from([Buffer.from(text)]));

/** A furnished board in a file, whose archive is empty and on which nobody is at work. */
function furnishedFile() {
  const db = furnish(open({ dbPath: temporaryFile() }));
  db.restoreWorktree('wt-4');
  for (const { id } of db.listRuns({ status: 'running' }).items)
    db.db.exec(`DELETE FROM leases WHERE run_id = '${id}'`);
  return db;
}

describe('a board that is taken to a server', () => {
  test('has the same export as in its file, to the byte', async () => {
    const file = furnishedFile();
    const text = await exported(file);
    const db = open();
    await take(db, text);
    expect((await exported(db)).split('\n')).toEqual(text.split('\n'));
  });
});
