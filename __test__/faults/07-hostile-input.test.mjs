import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VisualDatabase } from '../../lib/index.mjs';
import { folder, newFile } from './support/folder.mjs';
import { expectSound } from './support/sound.mjs';
import { amount, figure, within } from './support/torture.mjs';

/** A board with something on it, in a folder of its own inside one that has to stay as it is. */
function fenced() {
  const around = folder();
  const inside = path.join(around, 'inside');
  fs.mkdirSync(inside);
  const visual = new VisualDatabase(path.join(inside, 'visual.db'));
  visual.createZone({ id: 'zone', name: 'Zone' });
  visual.createWorktree({ id: 'wt', path: '/wt', port: 1, branchName: 'main' });
  return { around, inside, visual };
}

describe('A database path', () => {
  it.each(['a\0b.db', '\0', 'visual.db\0.txt'])('with NUL is refused: %j', (name) => {
    const inside = folder();
    expect(() => new VisualDatabase(path.join(inside, 'x') + name)).toThrow(/NUL/);
    expect(fs.readdirSync(inside)).toEqual([]);
  });

  it('that goes up is the file that it names', () => {
    const { around, inside } = fenced();
    const visual = new VisualDatabase(path.join(inside, 'none/../../up.db').replace('none/../', ''));
    visual.close();
    expect(fs.readdirSync(around).toSorted()).toEqual(['inside', 'up.db']);
  });

  it.each(['file:uri.db', 'file:uri.db?mode=memory', 'file::memory:', 'a%20b.db', "it's.db", '-wal', 'ümläut 🚀.db'])(
    'is a name and no language: %j',
    (name) => {
      const inside = folder();
      const dbPath = `${inside}/${name}`;
      const visual = new VisualDatabase(dbPath);
      visual.createZone({ id: 'zone', name: 'Zone' });
      visual.backupSync();
      visual.close();
      expect(fs.readdirSync(inside).toSorted()).toEqual(['backups', name].toSorted());
      const again = new VisualDatabase({ dbPath, readonly: true });
      expect(again.listZones()).toHaveLength(1);
      again.close();
    },
  );

  it.each(['/dev/null', '/dev/zero', '/dev/full', '/dev/tty', '/proc/self/mem', '/proc/self/status', '/sys'])(
    'that is no file is refused: %s',
    (dbPath) => {
      expect(() => new VisualDatabase(dbPath)).toThrow(`'${dbPath}'`);
    },
  );

  it('that is a pipe or a socket is refused, and not waited for', () => {
    const inside = folder();
    const pipe = path.join(inside, 'pipe');
    spawnSync('mkfifo', [pipe]);
    expect(() => new VisualDatabase(pipe)).toThrow(/not a regular file/);
    expect(fs.readdirSync(inside)).toEqual(['pipe']);
  });

  it('that leads through links in a circle is refused', () => {
    const inside = folder();
    fs.symlinkSync(path.join(inside, 'b'), path.join(inside, 'a'));
    fs.symlinkSync(path.join(inside, 'a'), path.join(inside, 'b'));
    expect(() => new VisualDatabase(path.join(inside, 'a'))).toThrow(/links/);
  });
});

describe('A backup’s path', () => {
  it.each(['with\0nul.db', ''])('that is none is refused: %j', async (name) => {
    const { around, visual } = fenced();
    await expect(visual.backup(name && `${around}/${name}`)).rejects.toThrow(TypeError);
    expect(() => visual.backupSync(name && `${around}/${name}`)).toThrow(TypeError);
    visual.close();
    expect(fs.readdirSync(around)).toEqual(['inside']);
  });

  it.each(['/dev/null', '/dev/full', '/dev/zero'])('that is a device is refused: %s', async (target) => {
    const { inside, visual } = fenced();
    await expect(visual.backup(target)).rejects.toThrow(target);
    expect(() => VisualDatabase.verifyBackup(target)).toThrow(target);
    expect(() => VisualDatabase.restore(target, { dbPath: visual.db.name })).toThrow(target);
    expect(visual.listZones()).toHaveLength(1);
    visual.close();
    expect(fs.readdirSync(inside)).toEqual(['visual.db']);
  });

  it('is a name and no language', async () => {
    const { inside, visual } = fenced();
    const { path: made } = await visual.backup(`${inside}/file:copy.db?mode=memory`);
    expect(path.basename(made)).toBe('file:copy.db?mode=memory');
    expect(VisualDatabase.verifyBackup(made)).toMatchObject({ path: made });
    visual.close();
  });
});

describe('Data comes back as data', () => {
  const SQL = ["'; DROP TABLE zones; --", '" OR 1=1 --', "x'); DELETE FROM worktrees; --", '?1', ':id', '${id}', '%s%n', '\\'];

  it.each(SQL)('text that is SQL, in every field: %j', (text) => {
    const visual = new VisualDatabase(newFile());
    const zone = visual.createZone({ id: text, name: text, description: text, trigger: text, agents: [text], promptTemplate: text, actions: { [text]: text } });
    expect(zone).toMatchObject({ id: text, name: text, description: text, trigger: text, agents: [text], promptTemplate: text, actions: { [text]: text } });
    const worktree = visual.createWorktree({ id: text, path: text, port: 1, branchName: text, issueUrl: text, taskId: text, status: text });
    expect(visual.listWorktrees({ status: text })).toEqual([worktree]);
    visual.assignWorktreeToZone(text, text);
    const id = visual.recordExecution({ zoneId: text, worktreeId: text, agentType: text, prompt: text, result: text });
    expect(visual.getExecution(id)).toMatchObject({ zoneId: text, worktreeId: text, agentType: text, prompt: text, result: text });
    expect(visual.updateWorktree(text, { status: `${text}${text}` }).status).toBe(text + text);
    expect(visual.getExecutionStats({ zoneId: text, worktreeId: text }).total).toBe(1);
    expectSound(visual);
    visual.close();
  });

  it('keys that are special to JavaScript are keys', () => {
    const visual = new VisualDatabase(':memory:');
    const result = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "toString": null}');
    const hostile = JSON.parse('{"id": "zone", "name": "Zone", "__proto__": {"id": "other", "polluted": 1}}');
    visual.createZone({ ...hostile, actions: result });
    expect(JSON.stringify(visual.getZone('zone').actions)).toBe(JSON.stringify(result));
    expect(Object.hasOwn(visual.getZone('zone').actions, '__proto__')).toBe(true);
    expect({}.polluted).toBeUndefined();
    visual.close();
  });

  it('JSON that is nested a million deep, put there by another program, is an error or a value', () => {
    const visual = new VisualDatabase(':memory:');
    visual.createZone({ id: 'zone', name: 'Zone' });
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    visual.db.prepare('UPDATE zones SET actions = ?').run(deep);
    let depth = 0;
    for (let value = visual.getZone('zone').actions; Array.isArray(value); [value] = value) depth += 1;
    expect(depth).toBe(1_000_000);
    visual.db.prepare('UPDATE zones SET actions = ?').run('['.repeat(1_000_000));
    expect(() => visual.getZone('zone')).toThrow(/actions of zone 'zone' are stored as text that is not JSON/);
    visual.close();
  });
});

describe('Whatever is passed to whichever method', () => {
  const METHODS = Object.getOwnPropertyNames(VisualDatabase.prototype).filter(
    (name) => !['constructor', 'close', 'backup', 'backupSync'].includes(name) && typeof VisualDatabase.prototype[name] === 'function',
  );
  const KEYS = ['id', 'path', 'port', 'branchName', 'issueUrl', 'taskId', 'status', 'position', 'createdAt', 'name', 'agents'];
  const MORE = ['actions', 'size', 'zoneId', 'worktreeId', 'agentType', 'prompt', 'result', 'success', 'limit', 'trigger'];
  const known = fc.constantFrom('zone', 'wt', 'main', 1, -1, 0, '3001', null, undefined);
  const anything = fc.oneof(known, fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }));
  const record = fc.dictionary(fc.constantFrom(...KEYS, ...MORE, '__proto__', 'constructor'), anything);

  it(`is an error or an answer, and leaves the board sound (${METHODS.length} methods)`, within(120, 20), () => {
    const { around, visual } = fenced();
    const prototype = Reflect.ownKeys(Object.prototype).length;
    const runs = amount(1500, 100_000);
    const call = fc.tuple(fc.constantFrom(...METHODS), fc.array(fc.oneof(anything, record), { maxLength: 3 }));
    const property = fc.property(call, ([method, given]) => {
      const before = visual.getStats();
      try {
        const answer = visual[method](...given);
        answer?.catch?.(() => {});
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect(error.message).not.toMatch(/SELECT|INSERT|src\//);
        expect(visual.getStats()).toEqual(before);
      }
      expect(visual.db.inTransaction).toBe(false);
    });
    fc.assert(property, { numRuns: runs, seed: 1 });
    expectSound(visual);
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(prototype);
    visual.close();
    expect(fs.readdirSync(around)).toEqual(['inside']);
    figure('calls with whatever fast-check thinks of', `${runs} calls: 0 crashes, every failure left the board as it was`);
  });
});
