// `by_hand.mjs FILE`: the grouping query over the same runs, by days of UTC, without percentiles: along the index of when they ended, and
// over all rows.
import Database from 'better-sqlite3';
import { measure, MONTH } from './measure.mjs';

const db = new Database(process.argv[2], { readonly: true });
const range = [Date.parse(MONTH.since), Date.parse(MONTH.until)];

function grouped(table, key, isFailed, more = '') {
  const statement = db.prepare(
    `SELECT date(finished_at / 1000, 'unixepoch') AS day, ${key} AS key, count(*), sum(${isFailed}), avg(duration_ms), max(duration_ms),
       sum(input_tokens), sum(output_tokens), sum(cost_micros)
     FROM ${table} WHERE finished_at >= ? AND finished_at < ? ${more} GROUP BY 1, 2`,
  );
  return () => statement.all(...range);
}

/** `history_finished` only has runs that ended later than they were created. */
const alongIndex = (key) => grouped('history INDEXED BY history_finished', key, 'status = 4', 'AND finished_at <> at');

measure({
  'by hand, along an index: all': alongIndex('NULL'),
  'by hand, along an index: by zone': alongIndex('zone_id'),
  'by hand, over all runs: by zone': grouped('runs', 'zone_id', "status = 'failed'"),
});
