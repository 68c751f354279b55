// Any number of processes open one old file at once: one migrates, the others wait for it, all succeed.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { fixture, recorded } from './support/fixtures.mjs';
import { LATEST, bare, schema } from './support/schema.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const PROCESSES = 20;
const ROUNDS = Number(process.env.VISUAL_DB_ROUNDS ?? 5);

/** Waits until all of them have loaded the package, then opens. */
const OPEN = `
  console.log('ready');
  process.stdin.once('data', () => {
    const db = new VisualDatabase({ dbPath, timeout: 100 });
    console.log(JSON.stringify(db.getStats()));
    db.close();
    process.exit();
  });`;

describe(`${PROCESSES} processes open one old file at the same moment`, () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'round %i: all of them see every row',
    async (round) => {
      const name = ['js-layer.db', 'js-layer-seven-indexes.db', 'js-layer-crashed'][round % 3];
      const dbPath = fixture(name);
      const scripts = Array.from({ length: PROCESSES }, () => startScript(OPEN, { dbPath }));
      await Promise.all(scripts.map((script) => script.printed('ready')));
      for (const { child } of scripts) child.stdin.write('go\n');
      const ended = await Promise.all(scripts.map((script) => script.ended));
      const expected = `ready\n${JSON.stringify(recorded(name).stats)}\n`;
      expect(ended.map(({ stdout, stderr }) => stdout + stderr)).toEqual(ended.map(() => expected));
      expect(schema.status(dbPath)).toMatchObject({ state: 'current', version: LATEST });
      expect(schema.verify(dbPath)).toEqual([]);
      const backups = readdirSync(join(dirname(dbPath), 'backups')).filter((file) => file.endsWith('.db'));
      expect(backups).toHaveLength(1);
    },
  );
});

describe('a migration that takes longer than timeout', () => {
  it('is waited for', async () => {
    const dbPath = fixture('js-layer.db');
    const other = bare(dbPath);
    other.exec('BEGIN IMMEDIATE');
    const waiting = startScript("const db = new VisualDatabase({ dbPath, timeout: 50 }); console.log('opened')", {
      dbPath,
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    other.exec('ROLLBACK');
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: 'opened\n' });
  });
});

describe('a process that is killed while it migrates', () => {
  it('leaves the old file or the new one, and the next one opens it', async () => {
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const dbPath = fixture('js-layer.db');
      const script = startScript(`console.log('ready'); new VisualDatabase({ dbPath }); console.log('opened');`, {
        dbPath,
      });
      await script.printed('ready');
      await new Promise((resolve) => setTimeout(resolve, attempt));
      script.child.kill('SIGKILL');
      await script.ended;
      expect(['javascript-layer', 'current']).toContain(schema.status(dbPath).state);
      expect(open({ dbPath }).getStats()).toEqual(recorded('js-layer.db').stats);
      expect(schema.verify(dbPath)).toEqual([]);
    }
  });
});
