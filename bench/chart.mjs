// The README's picture, drawn without a browser: the package beside its peers, and cost against the length of the history.
import { View, parse } from 'vega';
import { compile } from 'vega-lite';
import { OURS, PEERS } from './peers/index.mjs';
import { median } from './statistics.mjs';
import { SIZES } from './workload.mjs';

const BESIDE = [
  'getWorktree, again',
  'getWorktree, cold',
  'getBoard, again',
  'listWorktrees, 2,000, cold',
  'getExecutionHistory, 50, cold',
  'getExecutionStats, zone, cold',
  'createWorktree',
  'assignWorktreeToZone',
  'recordExecution',
  'recordExecution, in a transaction',
];
const GROWING = ['getExecutionHistory, 50, cold', 'getExecutionStats, zone, cold', 'recordExecution'];
const COLOURS = ['#9aa0a6', '#5b8def', '#34a0a4', '#d9480f'];

const rowsOf = (result) =>
  Object.entries(result.medians).map(([peer, medians]) => ({
    call: result.name,
    executions: result.size,
    peer,
    microseconds: median(medians) / 1e3,
  }));

const colour = {
  field: 'peer',
  type: 'nominal',
  title: null,
  scale: { domain: PEERS, range: COLOURS },
  legend: { orient: 'top', columns: 4, labelLimit: 0, labelFontSize: 12 },
};
const shape = {
  ...colour,
  scale: { domain: PEERS, range: PEERS.map((peer) => (peer === OURS ? 'diamond' : 'circle')) },
};

const WITH_UNIT = `datum.value < 1 ? format(datum.value * 1e3, '~g') + ' ns'
  : datum.value < 1e3 ? format(datum.value, '~g') + ' µs' : format(datum.value / 1e3, ',') + ' ms'`;

/** An axis of times with a line at each power of ten between the shortest and the longest. */
function cost(rows, title) {
  const powers = rows.map((row) => Math.log10(row.microseconds));
  const [from, to] = [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
  const values = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const scale = { type: 'log', domain: [values[0], values.at(-1)] };
  return { field: 'microseconds', type: 'quantitative', title, scale, axis: { values, labelExpr: WITH_UNIT } };
}

function beside(results) {
  const rows = BESIDE.flatMap((name) => {
    const found = results.filter((r) => r.name === name);
    return found.filter((r) => r.size === SIZES[1] || found.length === 1).flatMap(rowsOf);
  });
  const lanes = { field: 'call', type: 'nominal', sort: BESIDE, title: null, axis: { grid: true, labelLimit: 0 } };
  const times = cost(rows, 'median');
  return {
    title: 'One call at 100,000 executions',
    width: 430,
    height: 330,
    data: { values: rows },
    layer: [
      {
        mark: { type: 'rule', color: '#c9ced6' },
        encoding: {
          y: lanes,
          x: { ...times, aggregate: 'min' },
          x2: { field: 'microseconds', aggregate: 'max' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: { y: lanes, x: times, color: colour, shape },
      },
    ],
  };
}

function growing(results, name) {
  const rows = results.filter((r) => r.name === name).flatMap(rowsOf);
  return {
    title: name,
    width: 260,
    height: 72,
    data: { values: rows },
    mark: { type: 'line', point: true, strokeWidth: 2 },
    encoding: {
      x: {
        field: 'executions',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { values: SIZES, format: ',' },
        title: name === GROWING.at(-1) ? 'executions in the file' : null,
      },
      y: cost(rows, null),
      color: colour,
    },
  };
}

/** The chart as SVG text. */
export async function chart(results) {
  const specification = {
    background: 'white',
    padding: 12,
    hconcat: [beside(results), { vconcat: GROWING.map((name) => growing(results, name)) }],
    resolve: { scale: { color: 'shared' } },
    config: {
      font: 'system-ui, sans-serif',
      axis: { gridColor: '#e9ecf1', domainColor: '#c9ced6' },
      view: { stroke: null },
    },
  };
  const view = new View(parse(compile(specification).spec), { renderer: 'none' });
  return view.toSVG();
}
