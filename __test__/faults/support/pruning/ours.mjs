// One of several processes of ours that read and write while another one prunes.
import { createRequire } from 'node:module';
import { work } from './clock.mjs';

const require = createRequire(import.meta.url);
const { VisualDatabase } = require('../../../../lib/index.js');
const [dbPath, name] = process.argv.slice(2);
const db = new VisualDatabase({ dbPath, retention: false });
let n = 0;

work(
  (timed) => {
    n += 1;
    const run = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: name, prompt: `kept ${n}`, success: true };
    const id = timed('recordExecution', () => db.recordExecution(run));
    timed('updateWorktree', () => db.updateWorktree('wt-1', { position: { x: n, y: 0 } }));
    timed('getExecution', () => db.getExecution(id));
    timed('getExecutionStats', () => db.getExecutionStats());
    if (n % 5 === 0) timed('getBoard', () => db.getBoard());
    if (n % 50 === 0) timed('getZoneHistory', () => db.getExecutionHistory('zone-1', 10));
    return id;
  },
  () => db.close(),
);
