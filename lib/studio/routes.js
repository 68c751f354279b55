'use strict';

// Which address is which method of the class. The methods check their arguments, with the same words as everywhere.

const parts = require('../entry/parts');
const { eventsOf } = require('./events.js');
const { healthOf } = require('./health.js');
const { historyOf } = require('./history.js');
const { infoOf } = require('./info.js');
const { Refused, json } = require('./replies.js');
const { argumentsOf, bodyOf, numberOf } = require('./requests.js');
const { runOf } = require('./run.js');
const { sqlOf } = require('./sql.js');

/** The routes of one Studio: `find(method, pathname)` is a function of request, response and address, or undefined. */
function routesOf(studio) {
  const { db } = studio;
  const read =
    (answer) =>
    (_, response, { searchParams }) =>
      json(response, answer(argumentsOf(searchParams)));
  const home = parts.home.homeOf(db);
  const health = healthOf(db, home);
  const sql = sqlOf(home);

  const GET = {
    '/api/info': read(() => infoOf(studio, home)),
    '/api/board': read((options) => db.getBoard(options)),
    '/api/cards': read(() => cardsOf(db)),
    '/api/history': read(() => historyOf(db)),
    '/api/events': eventsOf(db),
    '/api/runs': read((filter) => db.listRuns(filter)),
    '/api/run': read(({ id }) => runOf(db, id)),
    '/api/output': read(({ id, after = '0', limit }) => db.getOutput(id, { after: numberOf(after), limit })),
    '/api/moves': read((filter) => db.getMoves(filter)),
    '/api/archived': read((options) => db.listArchived(options)),
    '/api/worktrees': read((filter) => db.findWorktrees(filter)),
    '/api/search': read(({ text, ...filter }) => db.searchRuns(text, filter)),
    '/api/trend': read((filter) => db.getTrend(filter)),
    '/api/flow': read((filter) => db.getFlow(filter)),
    // Always a dry run: nothing is pruned here.
    '/api/retention': read((given) => db.prune({ ...given, dryRun: true })),
    '/api/spending': read(() => ({ budgets: db.getBudgets(), limits: db.getRunLimits() })),
    '/api/sizes': read(() => health.sizes()),
    '/api/backups': read(() => health.backups()),
    '/api/doctor': answered(health.doctor),
  };

  /** Calls that take long and change nothing. */
  const ASK = {
    '/api/sql': asked(({ sql: text }, signal) => sql(text, signal)),
    '/api/verify': asked(({ name }, signal) => health.verify(name, signal)),
  };

  const POST = {
    '/api/move': writes(studio, (by, { worktreeId, zoneId, ...options }) =>
      by.moveWorktree(worktreeId, zoneId, options),
    ),
    '/api/undo': writes(studio, (by) => by.undo()),
    '/api/redo': writes(studio, (by) => by.redo()),
    '/api/retry': writes(studio, (by, { id }) => by.retryRun(id)),
    '/api/cancel': writes(studio, (by, { id, reason }) => by.cancelRun(id, { reason })),
    '/api/answer': writes(studio, (by, { id, answer }) => by.answerRun(id, { answer })),
  };

  const all = { GET, HEAD: {}, POST: { ...ASK, ...POST } };
  return {
    find(method, pathname) {
      const isApi = pathname.startsWith('/api/');
      const ofMethod = Object.hasOwn(all, method) ? all[method] : {};
      if (Object.hasOwn(ofMethod, pathname)) return ofMethod[pathname];
      if (isApi) throw new Refused(404, 'ERR_NOT_FOUND', 'There is nothing');
      return undefined;
    },
  };
}

/** What the runs of each worktree add up to, without the rest of the board: `[id, openRuns, latestRun, costMicros]`. */
function cardsOf(db) {
  const { worktrees } = db.getBoard({ runs: true });
  return worktrees.map(({ id, openRuns, latestRun, costMicros }) => [id, openRuns, latestRun, costMicros]);
}

/** An answer that comes later, and is given up once nobody waits for it. */
const answered = (work) => async (_, response) => json(response, await work(signalOf(response)));

const asked = (work) => async (request, response) =>
  json(response, await work(await bodyOf(request), signalOf(response)));

function signalOf(response) {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

/** Calls that change the board, refused unless Studio was started to write. */
const writes =
  ({ write, writer }, change) =>
  async (request, response) => {
    if (!write) throw new Refused(403, 'ERR_READONLY', 'Studio only looks here: it was started without --write');
    json(response, change(writer, await bodyOf(request)) ?? null);
  };

module.exports = { routesOf };
