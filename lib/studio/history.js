'use strict';

// How far back the board of a time can be asked for.

/** How far back is looked, in milliseconds: the log is kept for no longer, unless a retention policy says so. */
const KEPT = 7 * 86_400_000;
const EXACTLY = 60_000;

/** `{ from, to }` as ISO text; `from` is `null` where there is no history. */
function historyOf(db) {
  const to = new Date();
  const { items, gap } = db.getChanges({ limit: 1 });
  const from = gap ? earliest(db, to.getTime()) : (items[0]?.at ?? null);
  return { from, to: to.toISOString() };
}

/** Once the log has been cut, only trying tells how far back it goes: by bisection, to the minute. */
function earliest(db, now) {
  let gone = now - KEPT;
  let there = now;
  if (isKept(db, gone)) return iso(gone);
  while (there - gone > EXACTLY) {
    const middle = Math.floor((gone + there) / 2);
    if (isKept(db, middle)) there = middle;
    else gone = middle;
  }
  return iso(there);
}

function isKept(db, time) {
  try {
    db.getBoard({ at: iso(time) });
    return true;
  } catch (error) {
    if (error.code === 'ERR_HISTORY_PRUNED') return false;
    throw error;
  }
}

const iso = (time) => new Date(time).toISOString();

module.exports = { historyOf };
