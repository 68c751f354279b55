// A process that writes with better-sqlite3, and knows nothing of this package. Argument: `{ file, name, seed }`.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../random.mjs';
import { statements } from './statements.mjs';

const { file, name, seed } = JSON.parse(process.argv[2]);
const Database = createRequire(new URL('../../../peer/package.json', import.meta.url))('better-sqlite3');
const dice = random(seed);
const db = new Database(file, { timeout: 60_000 });

process.stdout.write('{"isThere":true}\n');
let ended = false;
process.stdin.on('end', () => (ended = true)).resume();
for (let count = 0; !ended; count += 1) {
  for (const statement of statements(dice, name, count)) {
    try {
      db.exec(statement);
    } catch (error) {
      // A port that somebody has, a worktree that isn't there.
      if (/CONSTRAINT/.test(error.code)) continue;
      process.stdout.write(`${JSON.stringify({ finding: `${name}: ${statement}: ${error.message}` })}\n`);
    }
  }
  await sleep(dice.below(6));
}
db.close();
