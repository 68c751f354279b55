import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runScript } from './support/child.mjs';
import { thrown } from './support/failure.mjs';
import { worktree } from './support/samples.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

/** What opening `dbPath` throws. */
const refusal = (dbPath, config) => thrown(() => new VisualDatabase({ dbPath, ...config }));

describe('a path that cannot be opened: an error that names the path and the reason', () => {
  it('a folder', () => {
    const folder = temporaryFolder();
    const { message } = refusal(folder);
    expect(message).toContain(folder);
    expect(message).toMatch(/folder|directory/i);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['text', Buffer.from('The quick brown fox jumps over the lazy dog.\n'.repeat(200))],
    ['a short text', Buffer.from('hello')],
    ['bytes', Buffer.from(Array.from({ length: 8192 }, (_, n) => (n * 37) % 256))],
    [
      'the header of a database and then nothing but noise',
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 7)]),
    ],
  ])('not a database: %s, left byte for byte as it was', (_, content) => {
    const dbPath = temporaryFile();
    writeFileSync(dbPath, content);
    const { message } = refusal(dbPath);
    expect(message).toContain(dbPath);
    expect(message).toMatch(/not an? (SQLite )?database|malformed|corrupt/i);
    expect(readFileSync(dbPath).equals(content)).toBe(true);
    expect(readdirSync(join(dbPath, '..'))).toEqual(['visual.db']);
  });

  it('readonly on something that is not a database', () => {
    const dbPath = temporaryFile();
    writeFileSync(dbPath, 'The quick brown fox jumps over the lazy dog.\n'.repeat(200));
    expect(refusal(dbPath, { readonly: true }).message).toContain(dbPath);
  });

  it('not creatable: a parent is a file', () => {
    const file = temporaryFile();
    writeFileSync(file, 'a file');
    const { message } = refusal(join(file, 'visual.db'));
    expect(message).toContain(file);
    expect(message).toMatch(/not a directory|exists|folder/i);
    expect(readFileSync(file, 'utf8')).toBe('a file');
  });

  it('a NUL character in the path', () => {
    const folder = temporaryFolder();
    const error = refusal(join(folder, 'a\0b.db'));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/NUL/i);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a file of a newer version of this package', () => {
    const dbPath = temporaryFile();
    const newer = open({ dbPath });
    newer.db.exec('PRAGMA user_version = 90000');
    newer.close();
    const before = readFileSync(dbPath);
    expect(refusal(dbPath).message).toContain(dbPath);
    expect(readFileSync(dbPath).equals(before)).toBe(true);
  });
});

/** A folder that every user can reach. */
function openFolder() {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  return folder;
}

// Root may write everywhere, so these run as nobody; the folders lie open for that user to reach them.
describe.skipIf(process.platform === 'win32')('without permission', () => {
  const AS_NOBODY = `
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    try { new VisualDatabase({ dbPath, ...JSON.parse(process.env.CONFIG) }).close(); console.log('opened'); }
    catch (error) { console.log(error.message); }`;
  const refusedTo = async (dbPath, config = {}) =>
    (await runScript(AS_NOBODY, { dbPath, env: { CONFIG: JSON.stringify(config) } })).stdout.trim();

  it('not creatable: the folder may not be written', async () => {
    const folder = openFolder();
    chmodSync(folder, 0o555);
    const message = await refusedTo(join(folder, 'visual.db'));
    expect(message).toContain(join(folder, 'visual.db'));
    expect(message).toMatch(/permission|unable to open|readonly|read-only/i);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('not creatable: the parent folder cannot be made', async () => {
    const folder = openFolder();
    chmodSync(folder, 0o555);
    const message = await refusedTo(join(folder, 'data/visual.db'));
    expect(message).toContain(join(folder, 'data'));
    expect(message).toMatch(/permission/i);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['in a folder that may only be read too', 0o555, true],
    ['in a folder that may be written', 0o777, false],
  ])('not writable: a file that may only be read, %s', async (_, mode, inUse) => {
    const folder = openFolder();
    const dbPath = join(folder, 'visual.db');
    const db = open({ dbPath, mode: 0o644 });
    db.createWorktree(worktree());
    if (!inUse) db.close();
    chmodSync(dbPath, 0o444);
    chmodSync(folder, mode);
    const before = readFileSync(dbPath);
    const message = await refusedTo(dbPath);
    expect(message).toContain(dbPath);
    expect(message).toMatch(/permission|readonly|read-only|unable to open|not writable|only be read/i);
    expect(readFileSync(dbPath).equals(before)).toBe(true);
  });

  it('not readable: a file that is somebody else’s', async () => {
    const folder = openFolder();
    const dbPath = join(folder, 'visual.db');
    const db = open({ dbPath });
    db.createWorktree(worktree());
    db.close();
    chmodSync(dbPath, 0o600);
    const message = await refusedTo(dbPath, { readonly: true });
    expect(message).toContain(dbPath);
    expect(message).toMatch(/permission|unable to open/i);
  });

  it('readonly where nothing can be laid beside the file: opened or refused with a clear error, never changed', async () => {
    const folder = join(openFolder(), 'medium');
    mkdirSync(folder);
    const dbPath = join(folder, 'visual.db');
    const db = open({ dbPath, mode: 0o644 });
    db.createWorktree(worktree());
    db.close();
    const before = readFileSync(dbPath);
    chmodSync(folder, 0o555);
    const message = await refusedTo(dbPath, { readonly: true });
    if (message !== 'opened') expect(message).toContain(dbPath);
    expect(readFileSync(dbPath).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(['visual.db']);
  });
});
