// Counts up in a worktree's position, with an execution for each, and acknowledges each commit in a file.
// Arguments: the package, where the board is, the file of acknowledgements, which writer. Ends when standard input does.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [entry, where, acknowledged, writer] = process.argv.slice(2);
const { VisualDatabase } = await import(pathToFileURL(entry));
const db = new VisualDatabase({ ...JSON.parse(where), timeout: 60_000 });
const file = fs.openSync(acknowledged, 'r+');
const slot = new BigInt64Array(1);
let running = true;
process.stdin.on('end', () => (running = false)).resume();
for (let count = 1; running; count += 1) {
  db.transaction(() => {
    db.recordExecution({ zoneId: 'zone', worktreeId: `wt-${writer}`, agentType: 'a', prompt: '' });
    db.updateWorktree(`wt-${writer}`, { position: { x: count } });
  });
  slot[0] = BigInt(count);
  fs.writeSync(file, slot, 0, 8, Number(writer) * 8);
  // Sometimes at once, sometimes after a while in which answers are kept.
  if (count % 3 === 0) await new Promise((resolve) => setTimeout(resolve, count % 5));
}
db.close();
