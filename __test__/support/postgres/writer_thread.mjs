// A thread that writes to a board until it is told to stop, and says what it was told of each write.
import { VisualDatabase } from '../visual_database.mjs';
import { given, serve } from './thread.mjs';

const { config, name, firstPort } = given;
const db = new VisualDatabase(config);
const at = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa' };

const worktree = (key, n) => ({ id: key, path: `/${key}`, port: firstPort + n, branchName: key });

/** Each leaves something that has the key. */
const WRITES = {
  recordExecution: (key) => db.recordExecution({ ...at, prompt: key }),
  enqueueRun: (key) => db.enqueueRun({ ...at, agentType: key, prompt: 'Look' }),
  createWorktree: (key, n) => db.createWorktree(worktree(key, n)),
  createWorktrees: (key, n) => db.createWorktrees([worktree(key, n)]),
  updateWorktree: (key) => db.updateWorktree(name, { taskId: key }),
  setMetadata: (key) => db.setMetadata('worktree', name, { key }),
  moveWorktree: (_, n) => db.moveWorktree(name, `zone-${1 + (n % 2)}`),
  transaction: (key) => db.transaction(() => db.recordExecution({ ...at, prompt: key })),
};

const told = [];
let isStopping = false;
let ended;

async function write() {
  const writes = Object.entries(WRITES);
  for (let n = 1; !isStopping; n += 1) {
    const [call, make] = writes[n % writes.length];
    const key = `${name}-${n}`;
    try {
      make(key, n);
      told.push({ call, key });
    } catch ({ code, message }) {
      told.push({ call, key, code, message });
    }
    await new Promise(setImmediate);
  }
}

serve({
  start() {
    db.createWorktree(worktree(name, 0));
    ended = write();
  },
  count: () => told.length,
  async stop() {
    isStopping = true;
    await ended;
    db.close();
    return told;
  },
});
