import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { body, filter, ofThisMachine, page, statusOf } from './http.mjs';
import { agentsOf, render } from './prompts.mjs';

const OPEN = ['queued', 'running', 'waiting'];

/** The routes of an orchestrator. The database checks all arguments; here is only which route calls what. */
export function api(db) {
  const app = new Hono();
  // A page in a browser on this machine can send requests here, too: it must not be able to drop anything.
  app.use(ofThisMachine, csrf());

  app.get('/board', (c) => c.json(board(db)));
  app.post('/zones', async (c) => c.json(db.createZone(await body(c)), 201));
  app.post('/worktrees', async (c) => c.json(db.createWorktree(await body(c)), 201));
  app.post('/worktrees/:id/drop', async (c) => c.json(drop(db, c.req.param('id'), await body(c)), 201));

  app.get('/queue', (c) => c.json(db.listRuns({ status: OPEN, fields: 'full', ...page(c) })));
  app.get('/history', (c) => c.json(db.listRuns({ ...filter(c), ...page(c) })));
  app.get('/budgets', (c) => c.json({ budgets: db.getBudgets(), limits: db.getRunLimits() }));

  app.get('/runs/:id', (c) => {
    const run = db.getRun(c.req.param('id'));
    return run === null ? c.notFound() : c.json(run);
  });
  app.get('/runs/:id/output', (c) =>
    c.json(db.getOutput(c.req.param('id'), { after: Number(c.req.query('after') ?? 0) })),
  );
  app.post('/runs/:id/cancel', async (c) => c.json(db.cancelRun(c.req.param('id'), await body(c))));
  app.post('/runs/:id/answer', async (c) => c.json(db.answerRun(c.req.param('id'), await body(c))));
  app.post('/runs/:id/retry', async (c) => c.json(db.retryRun(c.req.param('id'), await body(c)), 201));

  app.notFound((c) =>
    c.json({ error: { code: 'ERR_NOT_FOUND', message: 'There is no such thing', field: null } }, 404),
  );
  app.onError((error, c) => {
    const status = statusOf(error);
    if (status === 500) console.error(error);
    const { code = null, message, field = null } = error;
    return c.json({ error: { code, message: status === 500 ? 'Something went wrong' : message, field } }, status);
  });
  return app;
}

/** The zones with their worktrees and the open runs of each; worktrees in no zone come last. */
function board(db) {
  return db.transaction(() => {
    const { items: open } = db.listRuns({ status: OPEN, limit: 1000 });
    const withRuns = (worktree) => {
      const runs = open.filter(({ worktreeId }) => worktreeId === worktree.id);
      return {
        ...worktree,
        openRuns: runs.map(({ id, agentType, status, question }) => ({ id, agentType, status, question })),
      };
    };
    const zones = db.listZones().map((zone) => ({ ...zone, worktrees: db.getWorktreesInZone(zone.id).map(withRuns) }));
    const placed = new Set(zones.flatMap(({ worktrees }) => worktrees.map(({ id }) => id)));
    return {
      zones,
      unassigned: db
        .listWorktrees()
        .filter(({ id }) => !placed.has(id))
        .map(withRuns),
    };
  });
}

/** Drops a worktree into a zone: assigns it, and enqueues a run for each agent of the zone, all or nothing. */
function drop(db, worktreeId, { zoneId, variables = {}, ...wanted }) {
  return db.transaction(() => {
    const [worktree, zone] = [db.getWorktree(worktreeId), db.getZone(zoneId)];
    db.assignWorktreeToZone(worktreeId, zoneId);
    if (zone.trigger !== 'onDrop') return { worktree, runs: [] };
    const prompt = render(zone.promptTemplate, { ...variables, worktree, zone });
    const runs = agentsOf(zone).map((agentType) => {
      // Dropping twice, or a retry over a slow network, must enqueue the run once.
      const idempotencyKey = JSON.stringify([zoneId, worktreeId, agentType]);
      return db.enqueueRun({ ...wanted, zoneId, worktreeId, agentType, prompt, idempotencyKey });
    });
    return { worktree, runs };
  });
}
