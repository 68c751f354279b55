// One of several that read and write the same file as fast as they can, in a process or a worker thread of its own.
// Told `{ file, name, milliseconds, timeout, deferred }` it opens the file and says 'ready'; told 'go' it begins; at the
// end it says how often it counted, how long it waited for the write lock, and what went wrong.
import { isMainThread, parentPort } from 'node:worker_threads';
import { VisualDatabase } from '../../../lib/index.mjs';

const port = isMainThread ? process : parentPort;
const tell = (message) => (isMainThread ? process.send(message) : parentPort.postMessage(message));

let visual;
let task;
port.on('message', (message) => {
  if (message === 'go') {
    const result = task.moves ? contendForPlaces() : contend();
    visual.close();
    // A long result takes a while to go through the pipe.
    if (isMainThread) process.send(result, () => process.disconnect());
    else {
      parentPort.postMessage(result);
      parentPort.close();
    }
    return;
  }
  task = message;
  visual = new VisualDatabase({ dbPath: task.file, timeout: task.timeout });
  tell('ready');
});

/** Moves worktrees from where it sees them, whoever else does so: how often it was first, and how often somebody was faster. */
function contendForPlaces() {
  const [errors, zones] = [[], ['zone-0', 'zone-1', 'zone-2', null]];
  let [moved, faster, n] = [0, 0, 0];
  for (const end = performance.now() + task.milliseconds; performance.now() < end; n += 1) {
    const id = `wt-${n % 3}`;
    const expectedZoneId = visual.getWorktreeZone(id);
    const zoneId = zones[(zones.indexOf(expectedZoneId) + 1 + (n % 3)) % zones.length];
    try {
      visual.moveWorktree(id, zoneId, { expectedZoneId, position: { x: zones.indexOf(zoneId) }, enqueue: true });
      moved += 1;
    } catch (error) {
      if (error.code === 'ERR_CONFLICT') faster += 1;
      else if (errors.length < 100) errors.push(`${error.code ?? error.name}: ${error.message}`);
    }
  }
  return { moved, faster, errors };
}

function contend() {
  const { milliseconds, name } = task;
  const waits = [];
  const errors = [];
  let counted = 0;
  let reads = 0;
  let latest = 0;
  const see = () => {
    const { x } = visual.getWorktree('counter').position;
    if (x < latest) errors.push(`the counter went back from ${latest} to ${x}`);
    latest = x;
    reads += 1;
  };
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    try {
      waits.push(count(`${name} ${counted}`));
      counted += 1;
      see();
      if (counted % 8 === 0) reads += visual.listWorktrees().length;
      if (counted % 8 === 4) visual.getExecutionHistory(`zone-${counted % 3}`, 10);
      const { executions } = visual.getStats();
      if (executions < latest) errors.push(`${executions} executions after ${latest} were counted`);
    } catch (error) {
      // One that is told at once may be told a hundred thousand times.
      if (errors.length < 100) errors.push(`${error.code ?? error.name}: ${error.message}`);
    }
  }
  return { counted, reads, waits, errors };
}

/** Adds one to the counter in a transaction with nested ones; gives the milliseconds until it held the write lock. */
function count(prompt) {
  const begin = performance.now();
  let waited;
  transaction(() => {
    waited = performance.now() - begin;
    const { x } = visual.getWorktree('counter').position;
    visual.transaction(() => {
      visual.updateWorktree('counter', { position: { x: x + 1 } });
      visual.recordExecution({ zoneId: `zone-${x % 3}`, worktreeId: 'counter', agentType: task.name, prompt });
    });
    try {
      visual.transaction(() => {
        visual.updateWorktree('counter', { position: { x: -1 } });
        throw new Error('on purpose');
      });
    } catch (error) {
      if (error.message !== 'on purpose') throw error;
    }
  });
  return waited;
}

/** The package's own transaction, or, for the control, one that takes its locks only when it needs them. */
function transaction(body) {
  if (task.deferred) visual.db.transaction(body)();
  else visual.transaction(body);
}
