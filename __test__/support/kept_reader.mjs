// Reads while others write, and holds every answer against what had been acknowledged before the read began.
// Arguments: the package, where the board is, the file of acknowledgements, how many writers, how many reads, and `board` where the board is read, too.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [entry, where, acknowledged, writers, reads, board] = process.argv.slice(2);
const { VisualDatabase } = await import(pathToFileURL(entry));
const db = new VisualDatabase(JSON.parse(where));
const slots = new BigInt64Array(Number(writers));
const file = fs.openSync(acknowledged, 'r');
let stale = 0;
let read = 0;
// On a loaded machine a writer may come late: the test is about reads while others write. One that has died never comes.
const late = () => performance.now() < 60_000 && slots.some((count) => count <= 20n);
for (; read < Number(reads) || late(); read += 1) {
  // Looking at the file costs more than a kept answer: several reads for each look, so that answers are kept.
  if (read % 8 === 0) fs.readSync(file, slots, 0, slots.byteLength, 0);
  const writer = read % Number(writers);
  const at = slots[writer];
  const seen = [
    () => db.getWorktree(`wt-${writer}`).position.x,
    () => db.listWorktrees({ status: 'active' }).find(({ id }) => id === `wt-${writer}`).position.x,
    () => db.getExecutionStats({ worktreeId: `wt-${writer}` }).total,
    () => db.getWorktreesInZone('zone').find(({ id }) => id === `wt-${writer}`).position.x,
    () => (board ? db.getBoard().worktrees : db.listWorktrees()).find(({ id }) => id === `wt-${writer}`).position.x,
  ][read % 40 < 35 ? 0 : (read % 40) - 35]();
  if (BigInt(seen) < at) stale += 1;
}
db.close();
console.log(JSON.stringify({ reads: read, stale }));
