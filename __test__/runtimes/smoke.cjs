// CommonJS, worker threads and the ends of a process, on any runtime that loads Node-API addons: `<runtime> smoke.cjs`.
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { existsSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { VisualDatabase } = require('../../lib/index.js');

const WORKERS = 3;
const ROUNDS = 50;

/** One thread's part: its own connection on the same file, left open at its end. */
function work({ file, worker }) {
  const db = new VisualDatabase({ dbPath: file });
  for (let round = 0; round < ROUNDS; round++) {
    db.recordExecution({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: `worker-${worker}`, prompt: `${round}` });
  }
}

/** A process that never closes its database and ends in one of the ways that a process can. */
function leaveOpen(file, end) {
  const db = new VisualDatabase({ dbPath: file });
  db.updateWorktree('wt-1', { status: end });
  if (end === 'exit') process.exit(0);
  if (end === 'throw') throw new Error('thrown on purpose');
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'visual-db-smoke-'));
  const file = join(folder, 'visual.db');
  try {
    const db = new VisualDatabase({ dbPath: file });
    db.createWorktree({ id: 'wt-1', path: '/one', port: 3001, branchName: 'main' });
    db.createZone({ id: 'zone-1', name: 'Development' });
    await Promise.all(
      Array.from({ length: WORKERS }, (_, worker) => ended(new Worker(__filename, { workerData: { file, worker } }))),
    );
    assert.equal(db.getStats().executions, WORKERS * ROUNDS);
    assert.equal(db.getExecutionStats({ worktreeId: 'wt-1' }).uniqueAgents, WORKERS);
    db.close();
    assert.equal(existsSync(`${file}-wal`), false, 'a worker left its connection open');

    for (const end of ['end', 'exit', 'throw']) {
      const [executable, ...args] = [process.execPath, ...(process.versions.deno ? ['run', '--allow-all'] : [])];
      const { status } = spawnSync(executable, [...args, __filename, file, end]);
      assert.equal(status === 0, end !== 'throw');
      assert.equal(existsSync(`${file}-wal`), false, `a write-ahead log is left after '${end}'`);
      const again = new VisualDatabase({ dbPath: file });
      assert.equal(again.getWorktree('wt-1').status, end);
      again.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log('smoke.cjs passed');
}

function ended(worker) {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}

if (!isMainThread) work(workerData);
else if (process.argv.length > 2) leaveOpen(process.argv[2], process.argv[3]);
else main();
