// Another program that knows the four tables only, as the JavaScript layer does: reads and writes them with better-sqlite3.
// Told 'delete <table> <id>' on its standard input, it deletes that. Ends when standard input does.
// Argument: `{ file, seed }`.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../random.mjs';

const { file, seed } = JSON.parse(process.argv[2]);
const Database = createRequire(new URL('../../../peer/package.json', import.meta.url))('better-sqlite3');
const dice = random(seed);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const find = (finding) => say({ finding: `better-sqlite3: ${finding}` });
const db = new Database(file, { timeout: 60_000 });
const moved = db.prepare('UPDATE worktrees SET position_x = position_x + 1, updated_at = ? WHERE id = ?');
const assigned = db.prepare(
  'INSERT OR REPLACE INTO worktree_zones (worktree_id, zone_id, assigned_at) VALUES (?, ?, ?)',
);
const recorded =
  db.prepare(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at)
  VALUES (?, ?, ?, 'theirs', 'Theirs', '{}', 1, ?)`);
const found = db.prepare("SELECT count(*) FROM zone_executions WHERE agent_type = 'theirs'").pluck();
const removed = db.prepare("DELETE FROM zone_executions WHERE id = ? AND agent_type = 'theirs'");

const mine = [];
const now = () => new Date().toISOString();

const write = db.transaction(() => {
  const worktree = `wt-${dice.below(4)}`;
  const zone = dice.pick(['zone-a', 'zone-b', 'zone-c']);
  moved.run(now(), worktree);
  assigned.run(worktree, zone, now());
  const id = `theirs-${mine.length}-${seed}`;
  recorded.run(id, zone, worktree, now());
  return id;
});

let ended = false;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [, table, id] = line.split(' ');
    db.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
    say({ deleted: id });
  })
  .on('close', () => (ended = true));
say({ isThere: true });
while (!ended) {
  try {
    mine.push(write.immediate());
    if (dice.chance(0.2)) removed.run(mine.pop());
    if (found.get() !== mine.length) find(`${found.get()} of its executions are there, not ${mine.length}`);
    say({ counted: { 'transactions of better-sqlite3': 1 } });
  } catch (error) {
    find(`${error.code ?? error.name}: ${error.message}`);
  }
  await sleep(5 + dice.below(20));
}
db.close();
