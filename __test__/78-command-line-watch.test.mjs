// `visual-db watch`: what anybody changes, as it happens.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COMMAND, bash, visualDb } from './support/backups.mjs';
import { board, pause, running } from './support/runs.mjs';
import { zone } from './support/samples.mjs';
import { elsewhere } from './support/schema.mjs';
import { temporaryFile } from './support/temporary.mjs';

/** A board, and `watch` on it in a process of its own, which has begun. */
async function watching(...args) {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const { next } = db.getBoard();
  return { db, dbPath, ...follow(dbPath, '--after', next, ...args) };
}

function follow(dbPath, ...args) {
  const child = spawn(process.execPath, [COMMAND, 'watch', '--db', dbPath, ...args]);
  onTestFinished(() => child.kill());
  const told = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].setEncoding('utf8').on('data', (text) => (told[stream] += text));
  const until = async (text) => {
    while (!told.stdout.includes(text)) await once(child.stdout, 'data');
  };
  return { child, told, until, end: once(child, 'close').then(([status, signal]) => status ?? signal) };
}

const linesOf = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('watch', () => {
  test('shows a line for each change, and who made it', async () => {
    const { db, dbPath, told, until, child, end } = await watching();
    db.as({ kind: 'user', id: 'anna' }).assignWorktreeToZone('wt-1', 'zone-2');
    elsewhere(dbPath, "UPDATE zones SET name = 'a\u001b[31m\nb' WHERE id = 'zone-1'");
    db.setRunLimit({}, 3);
    await until('limit=3');
    const [assigned, named, limited] = told.stdout.split('\n');
    expect(assigned).toMatch(
      /^\d{4}-\S+Z {2}user anna {2}insert {2}assignment {2}wt-1 {2}worktreeId="wt-1" {2}zoneId="zone-2" {2}assignedAt=/,
    );
    expect(named).toMatch(/ {2}- {2}update {2}zone {2}zone-1 {2}name="a\S+31m\\nb"$/);
    expect(named).not.toContain('\u001b');
    expect(limited).toMatch(/update {2}limit {2}zoneId=null {2}agentType=null {2}limit=3$/);
    child.kill();
    expect([await end, told.stderr]).toEqual(['SIGTERM', '']);
  });

  test('--json is a line for each, as getChanges has it, with the place behind it', async () => {
    const { db, dbPath, told, until, child } = await watching('--json');
    const { next } = db.getBoard();
    db.createZone(zone(7));
    db.createZone(zone(8));
    await until('zone-8');
    const lines = linesOf(told.stdout);
    expect(lines.map(({ next: _, ...change }) => change)).toEqual(db.getChanges({ after: next }).items);
    child.kill();
    db.createZone(zone(9));
    const again = follow(dbPath, '--json', '--after', lines[0].next);
    await again.until('zone-9');
    expect(linesOf(again.told.stdout).map(({ id }) => id)).toEqual(['zone-8', 'zone-9']);
  });

  test('--entities shows only those, output among them', async () => {
    const { db, told, until } = await watching('--json', '--entities', 'output,zone');
    db.updateZone('zone-1', { name: 'It has begun' });
    await until('It has begun');
    const { run, token } = running(db);
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'x' }]);
    await until('output');
    db.deleteZone('zone-2');
    await until('zone-2');
    expect(linesOf(told.stdout).map(({ entity }) => entity)).toEqual(['zone', 'output', 'zone']);
  });

  test('begins now without --after', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const { told, until } = follow(dbPath, '--json');
    for (let n = 0; !told.stdout; n += 1) {
      db.updateZone('zone-1', { position: { x: n } });
      await pause(20);
    }
    await until('\n');
    expect(linesOf(told.stdout)[0]).toMatchObject({ entity: 'zone', op: 'update' });
  });

  test('ends well where its reader goes away', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const { next } = db.getBoard();
    for (let n = 10; n < 20; n += 1) db.createZone(zone(n));
    const changing = setInterval(() => db.updateZone('zone-1', { position: { x: Date.now() % 1e6 } }), 20);
    onTestFinished(() => clearInterval(changing));
    const child = spawn('bash', [
      '-c',
      `set -o pipefail; "$0" "$1" watch --json --db "$2" --after "$3" | head -2; echo "ended with $?"`,
      process.execPath,
      COMMAND,
      dbPath,
      next,
    ]);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    await once(child, 'close');
    expect(stdout.trimEnd().split('\n').slice(2)).toEqual(['ended with 0']);
  });

  test('says where a place is no longer known, and what is no place', () => {
    const dbPath = temporaryFile();
    board({ dbPath });
    const lost = visualDb('watch', '--db', dbPath, '--after', board().getBoard().next);
    expect([lost.status, lost.stderr]).toEqual([1, expect.stringContaining('read getBoard()')]);
    expect(visualDb('watch', '--db', dbPath, '--after', 'x').status).toBe(2);
    const wrong = visualDb('watch', '--db', dbPath, '--entities', 'zones');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('entities must be of worktree, zone')]);
    expect(bash('"$1" "$2" watch --db /nowhere/x.db', process.execPath, COMMAND).status).toBe(1);
  });
});
