'use strict';

/** The results `{ name, passed, seconds }` of checks as a table: the longest first, then the sum. */
function summary(results) {
  const failed = results.filter(({ passed }) => !passed).length;
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = results
    .toSorted((one, other) => other.seconds - one.seconds)
    .map(({ name, passed, seconds }) => [name, seconds, passed ? 'passed' : 'FAILED']);
  rows.push(['all', total, `${results.length - failed} passed, ${failed} failed`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, seconds, how]) => `${name.padEnd(width)}  ${seconds.toFixed(1).padStart(7)} s  ${how}`)
    .join('\n');
}

module.exports = { summary };
