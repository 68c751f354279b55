import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fill } from './support/backups.mjs';
import { amount, figure, within } from './faults/support/torture.mjs';
import { startScript } from './support/child.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

/** Records executions without pause and prints each one's id when its call has returned: its acknowledgement. */
const WRITER = `
  const database = new VisualDatabase(dbPath);
  const run = { zoneId: 'zone', worktreeId: 'wt-0', agentType: process.env.WRITER, prompt: 'p'.repeat(200) };
  let acknowledged = [];
  const write = () => {
    for (let count = 0; count < 50; count += 1) acknowledged.push(database.recordExecution(run));
    process.stdout.write(acknowledged.join('\\n') + '\\n');
    acknowledged = [];
    setImmediate(write);
  };
  process.stdin.on('data', () => process.exit());
  write();
`;

test(
  'a backup while two processes write without pause holds everything that was acknowledged before it',
  within(60, 10),
  async () => {
    const dbPath = temporaryFile();
    fill(open({ dbPath }), { executions: 3000 }).close();
    const writers = ['a', 'b'].map((name) => startScript(WRITER, { dbPath, env: { WRITER: name } }));
    await Promise.all(writers.map(({ printed }) => printed('exec-')));
    const texts = ['', ''];
    writers.forEach(({ child }, index) => child.stdout.on('data', (data) => (texts[index] += data)));
    await new Promise((resolve) => setTimeout(resolve, 300));

    const database = open({ dbPath });
    const backups = [];
    for (let count = 0; count < amount(3, 15); count += 1) {
      const before = texts.join('');
      const { path } = await database.backup(join(temporaryFolder(), 'copy.db'));
      backups.push({
        path,
        acknowledged: before.match(/^exec-\S+(?=\n)/gm),
        during: texts.join('').length - before.length,
      });
    }
    for (const { child } of writers) child.stdin.write('end');
    const ended = await Promise.all(writers.map((writer) => writer.ended));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);

    const restored = join(temporaryFolder(), 'restored.db');
    for (const { path, acknowledged, during } of backups) {
      expect(during, 'writers went on').toBeGreaterThan(0);
      VisualDatabase.restore(path, { dbPath: restored });
      const copy = open({ dbPath: restored });
      const found = copy.getExecutionHistory('zone', -1);
      const ids = new Set(found.map(({ id }) => id));
      expect(acknowledged.length).toBeGreaterThan(100);
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      expect(copy.getExecutionStats().total).toBe(found.length);
      // One state of the file: of each writer's runs, which follow each other, there is no later one without an earlier.
      const all = new Set(database.getExecutionHistory('zone', -1).map(({ id }) => id));
      expect(found.every(({ id }) => all.has(id))).toBe(true);
      for (const agentType of ['a', 'b']) {
        const own = database.getExecutionHistory('zone', -1).filter((run) => run.agentType === agentType);
        const there = own.map(({ id }) => ids.has(id));
        expect(there.lastIndexOf(false)).toBe(there.indexOf(true) - 1);
      }
    }
    figure('backups under two writers, acknowledged rows in the last, missing', [
      backups.length,
      backups.at(-1).acknowledged.length,
      0,
    ]);
  },
);
