// node worker.mjs <command of an agent> [its arguments]: claims runs, one at a time, and has the agent do them.
import { hostname } from 'node:os';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { runAgent } from './agent.mjs';

const command = process.argv.slice(2);
const db = new VisualDatabase({ dbPath: process.env.VISUAL_DB_PATH, fileMustExist: true });
const worker = { workerId: `${hostname()}-${process.pid}`, leaseMs: Number(process.env.LEASE_MS ?? 60_000) };
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

for (let claimed; (claimed = await next());) await work(claimed);
db.close();

/** Waits for the next run; gives nothing where this worker is to stop. */
async function next() {
  try {
    return await db.waitForRun({ ...worker, signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

async function work({ run, token }) {
  const unwanted = new AbortController();
  const heart = setInterval(() => {
    try {
      if (db.heartbeatRun(run.id, token).cancelRequested) unwanted.abort();
    } catch {
      unwanted.abort();
    }
  }, worker.leaseMs / 3);
  try {
    const outcome = await runAgent(command, {
      folder: db.getWorktree(run.worktreeId).path,
      prompt: run.prompt,
      signal: AbortSignal.any([stop.signal, unwanted.signal]),
      print: (stream, text) => db.appendOutput(run.id, token, [{ stream, text }]),
      use: (usage) => db.recordUsage(run.id, usage),
    });
    if (unwanted.signal.aborted) db.finishRun(run.id, token, { ...outcome, status: 'cancelled' });
    else if (stop.signal.aborted) db.releaseRun(run.id, token);
    else db.finishRun(run.id, token, outcome);
  } catch (error) {
    // Another worker has the run by now, or it was deleted: what was done here doesn't count.
    if (error.code !== 'ERR_LEASE_LOST') throw error;
  } finally {
    clearInterval(heart);
  }
}
