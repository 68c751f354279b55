'use strict';

// How far back the board of a time can be asked for.

/** How far back is looked first, in milliseconds: the log is kept for that long, unless a retention policy says otherwise. */
const WEEK = 7 * 86_400_000;
const EXACTLY = 60_000;

/** `{ from, to }` as ISO text; `from` is `null` where there is no history. */
function historyOf(db) {
  const to = new Date();
  const { items, gap } = db.getChanges({ limit: 1 });
  const from = gap ? earliest(db, to.getTime()) : (items[0]?.at ?? null);
  return { from, to: to.toISOString() };
}

/**
 * Once the log has been cut, only trying tells how far back it goes: each time twice as far, until no board is kept, then
 * by bisection, to the minute.
 */
function earliest(db, now) {
  let gone = now - WEEK;
  let there = now;
  while (gone > 0 && isKept(db, gone)) {
    there = gone;
    gone = Math.max(0, now - 2 * (now - gone));
  }
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
