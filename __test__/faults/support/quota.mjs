// Creates worktrees while some of its writes fail for want of quota: says what was acknowledged, the codes of the rest,
// and whether each failure left the board as it was. `node quota.mjs FILE`.
import { VisualDatabase } from '../../../lib/index.mjs';

const visual = new VisualDatabase(process.argv[2]);
const acknowledged = [];
const codes = [];
let lost = 0;
for (let port = 1; port <= 400; port += 1) {
  const id = `wt-${port}`;
  try {
    visual.createWorktree({ id, path: `/${id}${'x'.repeat(300)}`, port, branchName: 'main' });
    acknowledged.push(id);
  } catch (error) {
    codes.push(error.code);
  }
  if (visual.db.inTransaction || visual.listWorktrees().length !== acknowledged.length) lost += 1;
}
visual.close();
console.log(JSON.stringify({ acknowledged, codes, lost }));
