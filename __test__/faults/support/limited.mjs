// Records runs until there is no more room for them, in a process whose files may only become so large: says with what
// code it ended, and what was acknowledged. `node limited.mjs FILE`.
import { VisualDatabase } from '../../../lib/index.mjs';

const visual = new VisualDatabase(process.argv[2]);
visual.createZone({ id: 'zone', name: 'Zone' });
visual.createWorktree({ id: 'wt', path: '/wt', port: 1, branchName: 'main' });
const board = visual.getStats();
for (;;) {
  try {
    visual.recordExecution({ zoneId: 'zone', worktreeId: 'wt', agentType: 'a', prompt: 'x'.repeat(2000) });
    board.executions += 1;
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, board }));
    break;
  }
}
