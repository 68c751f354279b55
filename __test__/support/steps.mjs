// A step is one call as data, so that the same calls can be sent to the package, to the model and to the JavaScript
// layer in another process: { after, method, args } or { after, method: 'transaction', steps, tolerant, fails }.

/** How a call ended, in what callers rely on: the value, or the name, code and message of the error, a bulk call's index. */
export function outcome(fn) {
  try {
    return { value: fn() };
  } catch ({ name, code, message, index }) {
    // The words of a TypeError or RangeError are free, SQLite's and the contract's own are not.
    if (name === 'TypeError' || name === 'RangeError') return { error: { name, index } };
    // The code of any other error is this package's own (16-errors).
    return { error: name === 'SqliteError' ? { name, code, message, index } : { name, message, index } };
  }
}

/** Performs one step on anything that has the methods; `tick` moves its clock. */
export function perform(db, step, tick) {
  tick(step.after);
  if (step.method === 'getExecution') {
    // Each side makes up the ids itself, so a step says which of a zone's history it means.
    const [zoneId, n] = step.args;
    return db.getExecution(db.getExecutionHistory(zoneId, -1)[n]?.id);
  }
  if (step.method === 'getBoard') {
    // Each side has a log of its own, the model none.
    const board = db.getBoard();
    return { ...board, next: typeof board.next };
  }
  if (step.method !== 'transaction') return db[step.method](...step.args);
  return db.transaction(() => {
    const done = step.steps.map((inner) =>
      step.tolerant ? outcome(() => perform(db, inner, tick)) : perform(db, inner, tick),
    );
    if (step.fails) throw new Error('undone on purpose');
    return done;
  });
}

/** The ids of executions are made up by each side, and revisions are opaque: the rest of the outcome is comparable. */
export function withoutExecutionIds(value, name) {
  if (name === 'revision' && /^[\w-]{11}$/.test(value)) return 'revision';
  if (typeof value === 'string') return /^exec-\d+-[0-9a-z]+$/.test(value) ? 'exec' : value;
  if (Array.isArray(value)) return value.map((inner) => withoutExecutionIds(inner));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutExecutionIds(inner, key)]));
}
