// One of several processes on one file: looks at the board, moves cards and records what its agents did.
import { open } from '../peers/index.mjs';
import { WORKTREES, ZONES, execution, mix, worktreeId, zoneId } from '../workload.mjs';

const [peer, path, member, operations] = process.argv.slice(2);
const db = await open(peer, path);

function operate(n) {
  const dice = mix(n);
  const id = worktreeId(dice % WORKTREES);
  if (n % 10 === 0) return db.recordExecution(execution(dice % 1_000_000));
  if (n % 10 === 5) return db.updateWorktree(id, { position: { x: dice % 4000, y: n } });
  if (n % 10 === 7) return db.getExecutionHistory(zoneId(dice % ZONES), 50);
  if (n % 10 === 9) return db.getWorktreesInZone(zoneId(dice % ZONES));
  return db.getWorktree(id);
}

const WARM_UP = 1000;
for (let n = 0; n < WARM_UP; n++) operate(Number(member) * 1_000_003 - n);

process.once('message', () => {
  for (let n = 0; n < Number(operations); n++) operate(Number(member) * 1_000_003 + n);
  process.send('done');
  db.close();
  process.disconnect();
});
process.send('ready');
