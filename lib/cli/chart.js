'use strict';

// Lines of a few series on a terminal.

const { colour } = require('./output.js');

/** The library's names, and those of `colour`. */
const COLOURS = [
  ['ansiCyan', 'cyan'],
  ['ansiYellow', 'yellow'],
  ['ansiGreen', 'green'],
  ['ansiMagenta', 'magenta'],
  ['ansiBlue', 'blue'],
  ['ansiRed', 'red'],
];
const HEIGHT = 10;
/** The width where there is no terminal, and the least width. */
const COLUMNS = 80;
const LEAST = 30;
/** The width of what stands left of the lines. */
const AXIS = 16;

/**
 * The chart: the lines, when they begin and end, and a legend. `series` has a name and a value for each of `starts`; where a value is
 * `null`, the line goes on to the next one that is known.
 */
function chart(starts, series, format) {
  const { plot } = require('simple-ascii-chart');
  const width = Math.max((process.stdout.columns || COLUMNS) - AXIS, LEAST);
  const shown = series.slice(0, COLOURS.length);
  const known = ({ values }) => values.flatMap((value, at) => (value === null ? [] : [[at, value]]));
  const lines = shown.map(known);
  if (lines.every((points) => points.length === 0)) return 'Nothing is known.';
  const highest = Math.max(...lines.flat().map(([, value]) => value));
  const drawn = plot(
    lines.map((points) => (points.length > 0 ? points : [[0, 0]])),
    {
      width,
      height: HEIGHT,
      yRange: [0, Math.max(highest, 1)],
      hideXAxisTicks: true,
      color: colour('red', '') === '' ? undefined : shown.map((_, nth) => COLOURS[nth][0]),
      formatter: (value, { axis }) => (axis === 'y' ? format(value) : String(value)),
    },
  );
  const [from, to] = [starts[0], starts.at(-1)].map(String);
  const more = series.length - shown.length;
  return [
    drawn.replace(/^\n|\n+$/g, ''),
    from === to ? from : `${from} … ${to}`,
    ...(series.length > 1 ? [shown.map(({ name }, nth) => colour(COLOURS[nth][1], `━━ ${name}`)).join('   ')] : []),
    ...(more > 0 ? [`(${more} more: --json and --csv have all)`] : []),
  ].join('\n');
}

module.exports = { chart };
