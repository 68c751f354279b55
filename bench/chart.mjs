// Draws the picture in the README from results.md, without a browser and without measuring anything.
import { View, parse, textMetrics } from 'vega';
import { compile } from 'vega-lite';
import { OURS, PEERS } from './peers/index.mjs';
import { readCases } from './results.mjs';

const WRITTEN = 'the JavaScript class as it was written';
const TUNED = 'the better of two hand-tuned peers';
const ORANGE = '#d9480f';
const COLOURS = { [WRITTEN]: '#b6bcc4', [TUNED]: ORANGE };
const WIDTH = 300;
const OWN_COLOURS = { scale: { color: 'independent' } };

const AGAIN = 'again: nobody has committed since the same call before';
const COLD = 'cold: another process has just committed';

/** What the chart shows of results.md: the title of each group, what its cases have in common, and the name of each case. */
const GROUPS = {
  repeated: {
    about: 'Reads that repeat',
    note: AGAIN,
    cases: {
      'getWorktree, again': 'one worktree',
      'getWorktreesInZone, 40, again': 'the 40 of a zone',
      'listWorktrees, 2,000, again': 'all 2,000 worktrees',
      'getBoard, again': 'the whole board',
      'getExecutionHistory, 50, again': '50 executions',
      'getExecutionHistory, 100, again': '100 executions',
    },
  },
  cold: {
    about: 'Reads after a commit',
    note: COLD,
    cases: {
      'getWorktree, cold': 'one worktree',
      'listWorktrees, 2,000, cold': 'all 2,000 worktrees',
      'getBoard, cold': 'the whole board',
      'getExecutionHistory, 50, cold (100,000)': '50 executions',
      'getWorktreeExecutions, 100, cold': '100 executions',
    },
  },
  statistics: {
    about: 'Statistics of 1,000,000 executions',
    note: COLD,
    cases: {
      'getExecutionStats, zone, cold (1,000,000)': 'of a zone',
      'getExecutionStats, none, cold (1,000,000)': 'of all',
      'getStats, cold (1,000,000)': 'rows in the tables',
    },
  },
  writes: {
    about: 'Single writes',
    note: 'each is a transaction of its own',
    cases: {
      createWorktree: 'a new worktree',
      'updateWorktree, position': 'a worktree is moved',
      assignWorktreeToZone: 'into another zone',
      'recordExecution (100,000)': 'an execution',
    },
  },
  others: {
    about: 'Many at once, and the start',
    note: '500 in one transaction; 8 processes on one file; until the first answer',
    cases: {
      'createWorktrees, 500': '500 worktrees',
      'recordExecutions, 500': '500 executions',
      '8 processes on one file, per call': '8 processes',
      'cold start to first answer': 'a process starts',
    },
  },
};
const GROWING = 'getExecutionStats, zone, cold';

// Without a canvas, Vega assumes that every letter is as wide as an M.
textMetrics.width = ({ fontSize }, text) => String(text).length * fontSize * 0.55;

const figure = (value) => value.toLocaleString('en', { maximumSignificantDigits: 2 });
const title = (text, subtitle) => ({
  text,
  subtitle,
  anchor: 'start',
  frame: 'group',
  fontSize: 13,
  subtitleFontSize: 11,
  subtitleColor: '#5f6670',
  offset: 8,
});

function bars(cases, { about, note, cases: shown }) {
  const rows = Object.entries(shown).flatMap(([name, call]) => {
    if (!cases.has(name)) throw new Error(`results.md has no case '${name}', which the chart shows`);
    const { asWritten, tuned } = cases.get(name);
    return [
      { call, beside: TUNED, times: tuned },
      { call, beside: WRITTEN, times: asWritten },
    ].map((row) => ({ ...row, label: `${row.times.toLocaleString('en')}×` }));
  });
  const times = rows.filter(({ beside }) => beside === TUNED).map((row) => row.times);
  const finding = `${about}: ${figure(Math.min(...times))} to ${figure(Math.max(...times))} times as fast`;
  const y = { field: 'call', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } };
  const x = { field: 'times', type: 'quantitative', scale: { type: 'log', domain: [0.06, 40_000] }, axis: null };
  const common = { y, x, yOffset: { field: 'beside', sort: [TUNED, WRITTEN] } };
  const label = (filter, mark) => ({
    transform: [{ filter }],
    mark: { type: 'text', baseline: 'middle', fontSize: 10, ...mark },
    encoding: { ...common, text: { field: 'label' } },
  });
  return {
    title: title(finding, note),
    width: WIDTH,
    height: { step: 13 },
    data: { values: rows },
    layer: [
      {
        mark: { type: 'bar', height: 10 },
        encoding: {
          ...common,
          x2: { datum: 1 },
          color: {
            field: 'beside',
            type: 'nominal',
            scale: { domain: [TUNED, WRITTEN], range: [COLOURS[TUNED], COLOURS[WRITTEN]] },
            legend: null,
          },
        },
      },
      { mark: { type: 'rule', color: '#5f6670' }, encoding: { x: { ...x, field: undefined, datum: 1 } } },
      label('datum.times >= 1', { align: 'left', dx: 4 }),
      label('datum.times < 1', { align: 'right', dx: -4 }),
    ],
  };
}

const microseconds = (value) => `${figure(value)} µs`;

function growing(cases) {
  const rows = [...cases.entries()]
    .filter(([name]) => name.startsWith(`${GROWING} (`))
    .flatMap(([name, { times }]) => {
      const executions = Number(/\(([\d,]+)\)$/.exec(name)[1].replaceAll(',', ''));
      return PEERS.map((peer, i) => ({ peer, executions, cost: times[i] / 1e3 }));
    });
  const sizes = [...new Set(rows.map(({ executions }) => executions))].toSorted((a, b) => a - b);
  const ours = (size) => rows.find(({ peer, executions }) => peer === OURS && executions === size).cost;
  const [first, last] = [sizes[0], sizes.at(-1)];
  const x = { field: 'executions', type: 'quantitative', scale: { type: 'log', domain: [first, last] } };
  const y = { field: 'cost', type: 'quantitative', scale: { type: 'log' }, title: null };
  const color = {
    field: 'peer',
    type: 'nominal',
    scale: { domain: PEERS, range: [COLOURS[WRITTEN], '#5b8def', '#34a0a4', ORANGE] },
    legend: { orient: 'bottom', columns: 2, title: null, labelLimit: 0 },
  };
  return {
    title: title(
      `Statistics of a zone: ${microseconds(ours(first))} at ${first.toLocaleString('en')} executions, ` +
        `${microseconds(ours(last))} at ${last.toLocaleString('en')}`,
      'what a call costs, against the executions in the file',
    ),
    width: WIDTH,
    height: 130,
    data: { values: rows },
    mark: { type: 'line', point: true, strokeWidth: 2 },
    encoding: {
      x: { ...x, title: null, axis: { values: sizes, format: ',' } },
      y: {
        ...y,
        axis: {
          values: [10, 100, 1e3, 1e4],
          labelExpr: "datum.value < 1e3 ? datum.value + ' µs' : datum.value / 1e3 + ' ms'",
        },
      },
      color,
    },
  };
}

/** The chart as SVG, from the text of results.md. */
export async function chart(results) {
  const cases = readCases(results);
  const column = (...charts) => ({ vconcat: charts, spacing: 22, resolve: OWN_COLOURS });
  const specification = {
    background: 'white',
    padding: 14,
    title: {
      ...title('How many times as fast visual-db is', [
        `orange: beside ${TUNED}: the same queries, prepared once, with every index, on better-sqlite3 and on node:sqlite`,
        `grey: beside ${WRITTEN}, which compiles its SQL at each call, on better-sqlite3`,
        'The line is 1×, where both take as long. Lengths are logarithmic.',
      ]),
      fontSize: 17,
      offset: 16,
    },
    hconcat: [
      column(...[GROUPS.repeated, GROUPS.cold, GROUPS.writes].map((group) => bars(cases, group))),
      column(bars(cases, GROUPS.statistics), growing(cases), bars(cases, GROUPS.others)),
    ],
    spacing: 40,
    resolve: OWN_COLOURS,
    config: {
      font: 'system-ui, sans-serif',
      axis: { gridColor: '#e9ecf1', domainColor: '#c9ced6' },
      view: { stroke: null },
    },
  };
  const view = new View(parse(compile(specification).spec), { renderer: 'none' });
  return view.toSVG();
}
