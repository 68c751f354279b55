'use strict';

// A worker: a process of its own that claims runs and works on them, and hears of nothing but through the database. Its arguments are
// the database and its name. It ends when the process that started it closes its input, or is gone.

const { VisualDatabase } = require('../../lib/index.js');
const { AGENTS, usageOf } = require('./agents.js');
const { must, run: runCommand } = require('./run.js');

/** For how long a run is held without a heartbeat, and how often there is one, in milliseconds. */
const LEASE = 5000;
const HEARTBEAT = 500;

async function main(dbPath, workerId) {
  const db = new VisualDatabase({ dbPath, fileMustExist: true });
  const stop = new AbortController();
  process.once('disconnect', () => stop.abort());
  const options = { workerId, leaseMs: LEASE, signal: stop.signal };
  for (let claimed; (claimed = await next(db, options)) !== null;) await work(db, claimed, stop.signal);
  db.close();
}

/** Waits for the next run; `null` where this worker is to stop. */
async function next(db, options) {
  try {
    return await db.waitForRun(options);
  } catch (error) {
    if (options.signal.aborted) return null;
    throw error;
  }
}

/** Works on a run, and says how it ended. */
async function work(db, { run, token }, stopped) {
  const worktree = db.getWorktree(run.worktreeId);
  const unwanted = new AbortController();
  const heart = setInterval(() => {
    try {
      if (db.heartbeatRun(run.id, token).cancelRequested) unwanted.abort();
    } catch {
      // The lease is lost: what is done here doesn't count any more.
      unwanted.abort();
    }
  }, HEARTBEAT);
  try {
    const { question, commands } = AGENTS[run.agentType](run, worktree);
    if (question) return db.waitRun(run.id, token, { question });
    const commitBefore = head(worktree);
    const print = (chunk) => db.appendOutput(run.id, token, [chunk]);
    const exitCode = await runAll(commands, worktree.path, {
      print,
      signal: AbortSignal.any([stopped, unwanted.signal]),
    });
    db.recordUsage(run.id, usageOf(run.agentType, run.prompt, outputOf(db, run.id)));
    const changes = changesSince(worktree, commitBefore);
    return db.finishRun(run.id, token, { status: exitCode === 0 ? 'succeeded' : 'failed', exitCode, ...changes });
  } catch (error) {
    if (stopped.aborted) return db.releaseRun(run.id, token);
    // Whoever holds the run now ends it.
    if (error.code === 'ERR_LEASE_LOST') return undefined;
    return db.finishRun(run.id, token, {
      status: unwanted.signal.aborted ? 'cancelled' : 'failed',
      error: error.message,
    });
  } finally {
    clearInterval(heart);
  }
}

/** Runs commands until one fails, and returns the exit code of the last. */
async function runAll(commands, folder, settings) {
  let exitCode = 0;
  for (const command of commands) {
    exitCode = await runCommand(command, folder, settings);
    if (exitCode !== 0) break;
  }
  return exitCode;
}

const head = ({ path: place }) => must(['git', 'rev-parse', 'HEAD'], place);

/** The changes that were committed since, as fields of a run. */
function changesSince(worktree, commitBefore) {
  const told = must(['git', 'diff', '--shortstat', commitBefore, 'HEAD'], worktree.path);
  const count = (noun) => Number(new RegExp(`(\\d+) ${noun}`).exec(told)?.[1] ?? 0);
  const [filesChanged, insertions, deletions] = ['file', 'insertion', 'deletion'].map(count);
  return { commitBefore, commitAfter: head(worktree), filesChanged, insertions, deletions };
}

function outputOf(db, id) {
  return db
    .getOutput(id, { limit: 1000 })
    .items.map(({ text }) => text)
    .join('');
}

void main(...process.argv.slice(2));
