// Several processes and connections on one board of a server: no answer is older than what was acknowledged before it was asked
// for, nothing is lost, nobody waits for what doesn't concern them.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { sql } from './support/sql.mjs';
import { furnish, worktree, zone } from './support/samples.mjs';
import { open, temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const [ENTRY, READER, WRITER] = ['../lib/index.js', 'support/kept_reader.mjs', 'support/kept_writer.mjs'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);
const READS = 4000;

describe('answers that are kept', () => {
  it(`no read of ${READS} is older than the last acknowledgement before it began, whoever writes`, async () => {
    const at = temporarySchema();
    const db = open(at);
    db.createZone(zone(1, { id: 'zone' }));
    for (const n of [0, 1, 2]) {
      db.createWorktree(worktree(n, { id: `wt-${n}` }));
      db.assignWorktreeToZone(`wt-${n}`, 'zone');
    }
    const where = JSON.stringify(at);
    const acknowledged = join(temporaryFolder(), 'acknowledged');
    fs.writeFileSync(acknowledged, Buffer.alloc(24));
    const writers = [0, 1, 2].map((writer) =>
      spawn(process.execPath, [WRITER, ENTRY, where, acknowledged, String(writer)], {
        stdio: ['pipe', 'inherit', 'inherit'],
      }),
    );
    const read = () =>
      promisify(execFile)(process.execPath, [READER, ENTRY, where, acknowledged, '3', String(READS / 2)]);
    const readers = await Promise.all([read(), read()]);
    const ended = writers.map((writer) => once(writer, 'exit'));
    for (const writer of writers) writer.stdin.end();
    for (const [code] of await Promise.all(ended)) expect(code).toBe(0);
    for (const { stdout } of readers) expect(JSON.parse(stdout).stale).toBe(0);
    const written = new BigInt64Array(new Uint8Array(fs.readFileSync(acknowledged)).buffer);
    for (const [n, count] of [...written].entries()) {
      expect(count).toBeGreaterThan(20n);
      expect(db.getExecutionStats({ worktreeId: `wt-${n}` }).total).toBe(Number(count));
    }
  });

  it('see what a transaction has committed that began before they were kept', () => {
    const at = temporarySchema();
    const [writer, reader] = [furnish(open(at)), open(at)];
    writer.transaction(() => {
      writer.createWorktree(worktree(9));
      for (let n = 0; n < 3; n += 1) expect(reader.listWorktrees()).toHaveLength(3);
    });
    expect(reader.listWorktrees()).toHaveLength(4);
  });

  it('see what anybody wrote by SQL, also where triggers are turned off', () => {
    const db = furnish(open(temporarySchema()));
    for (let n = 0; n < 3; n += 1) expect(db.getWorktree('wt-1').status).toBe('active');
    sql(db).exec("UPDATE worktrees SET status = 'sql'");
    expect(db.getWorktree('wt-1').status).toBe('sql');
    sql(db).exec("SET session_replication_role = replica; UPDATE worktrees SET status = 'replicated'");
    expect(db.getWorktree('wt-1').status).toBe('replicated');
    sql(db).exec('TRUNCATE zones CASCADE');
    expect(db.listZones()).toEqual([]);
  });
});

describe('writers', () => {
  it('opening a board that is not there yet, eight at once, find one', async () => {
    const at = temporarySchema();
    const code = `
      const db = new VisualDatabase({ ...at, timeout: 30000 });
      console.log(db.getStats().worktrees);
      db.close();`;
    const ended = await Promise.all(Array.from({ length: 8 }, () => startScript(code, { at }).ended));
    expect(ended.map(({ code: status, stdout, stderr }) => `${status}${stderr}${stdout.trim()}`)).toEqual(
      ended.map(() => '00'),
    );
  });

  it('of single calls don’t wait for one another: each adds, from six processes, and none is locked out', async () => {
    const at = temporarySchema();
    const db = furnish(open(at));
    const code = `
      samples.then(({ execution }) => {
        const db = new VisualDatabase({ ...at, timeout: 30000 });
        for (let n = 0; n < 100; n++) db.recordExecution(execution());
        db.close();
      });`;
    const ended = await Promise.all(Array.from({ length: 6 }, () => startScript(code, { at }).ended));
    expect(ended.map(({ code: status, stderr }) => `${status}${stderr}`)).toEqual(ended.map(() => '0'));
    expect(db.getExecutionStats().total).toBe(601);
    expect(db.getStats().executions).toBe(601);
  });

  it('on two boards of one database don’t wait for each other at all', () => {
    const [one, two] = [temporarySchema(), temporarySchema()].map((at) => furnish(open({ ...at, timeout: 0 })));
    one.transaction(() => {
      one.createWorktree(worktree(9));
      expect(two.transaction(() => two.createWorktree(worktree(9)).id)).toBe('wt-9');
    });
    expect([one, two].map((db) => db.getStats().worktrees)).toEqual([4, 4]);
  });

  it('that are killed in a transaction leave nothing, and nobody waits for them', async () => {
    const at = temporarySchema();
    const db = furnish(open({ ...at, timeout: 5000 }));
    const code = `
      const db = new VisualDatabase(at);
      db.transaction(() => {
        db.createZone({ id: 'half', name: 'half' });
        process.kill(process.pid, 'SIGKILL');
      });`;
    expect((await startScript(code, { at }).ended).signal).toBe('SIGKILL');
    expect(db.transaction(() => db.getZone('half'))).toBeNull();
  });
});
