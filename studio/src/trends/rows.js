// The answer of `getTrend`, arranged for charts.

export const TONES = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6', 'series-7', 'series-8'];

/** The rows of each key, the busiest first, and the buckets that all of them have. */
export function seriesOf(rows) {
  const keys = new Map();
  for (const row of rows) {
    if (!keys.has(row.key)) keys.set(row.key, []);
    keys.get(row.key).push(row);
  }
  const series = [...keys].map(([key, of]) => ({ key, rows: of, total: totalOf(of) }));
  series.sort((one, other) => other.total.runs - one.total.runs);
  return { starts: series[0]?.rows.map(({ start }) => start) ?? [], series };
}

const sum = (rows, of) => {
  const known = rows.map(of).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
};

function totalOf(rows) {
  const runs = sum(rows, (row) => row.runs) ?? 0;
  const succeeded = sum(rows, (row) => row.succeeded) ?? 0;
  return {
    runs,
    succeeded,
    failed: sum(rows, (row) => row.failed) ?? 0,
    successRate: runs === 0 ? null : (succeeded / runs) * 100,
    costMicros: sum(rows, (row) => row.costMicros),
    inputTokens: sum(rows, (row) => row.inputTokens),
    outputTokens: sum(rows, (row) => row.outputTokens),
    slowestMs: rows.reduce((most, { durationMs }) => Math.max(most ?? 0, durationMs.max ?? 0) || most, null),
  };
}
