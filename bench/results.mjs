// Reads the table of cases that report.mjs has written.
const UNITS = { ns: 1, µs: 1e3, ms: 1e6 };
const number = (text) => (text === '' ? undefined : Number(text.replaceAll(',', '')));

/**
 * The cases of results.md by name: each peer's time in nanoseconds, and as a multiple of ours;
 * `undefined` where a peer lacks the case.
 */
export function readCases(text) {
  const table = /^\| case \|.*?(?=\n\n)/ms.exec(text)[0].split('\n').slice(2);
  return new Map(
    table.map((row) => {
      const cells = row.split('|').map((cell) => cell.trim());
      const times = cells.slice(2, -3).map((cell) => {
        const [, value, unit] = /^([\d.,]+) (ns|µs|ms) /.exec(cell) ?? [];
        return value === undefined ? undefined : number(value) * UNITS[unit];
      });
      const [asWritten, tuned] = cells.slice(-3, -1).map((cell) => number(/^[\d.,]+(?=×)/.exec(cell)?.[0] ?? ''));
      return [cells[1], { times, asWritten, tuned }];
    }),
  );
}
