'use strict';

// What `doctor` checks in the schema. See checks.js for what a check returns.

const { note, ok, problem } = require('./checks.js');
const { many } = require('./output.js');

const STATES = {
  older: ({ version, latest }) =>
    note(`version ${version} of ${latest}`, 'the next opening migrates it, or npx --no -- visual-db migrate up'),
  pinned: ({ version }) => note(`kept at version ${version} on purpose`, 'npx --no -- visual-db migrate up ends that'),
  'javascript-layer': () =>
    note("the JavaScript layer's", 'the next opening adopts it, or npx --no -- visual-db migrate up'),
  empty: () => note('none: the file is empty', 'the next opening makes the tables'),
  newer: ({ version, latest, reasons }) => {
    const found = [`version ${version}; this package knows versions up to ${latest}`, ...reasons].join(': ');
    return (reasons.length === 0 ? note : problem)(found, 'use a newer package');
  },
  different: ({ reasons }) => problem(reasons.join('; '), 'the package refuses such a file: is it the right one?'),
  foreign: ({ reasons }) => problem(reasons.join('; '), 'the package refuses such a file: is it the right one?'),
};

function schema({ file }) {
  const { status, verify } = require('../entry/parts').schema;
  const found = status(file);
  if (found.state !== 'current') return STATES[found.state](found);
  // Problems that `counts` and `foreign keys` report are not repeated.
  const problems = verify(file).filter((text) => !/^execution_counts_of_\w+: |refer to rows/.test(text));
  if (problems.length === 0) return ok(`version ${found.version}: tables, indexes and triggers are as they must be`);
  return problem(problems.join('; '), 'restore a backup, or ask what changed the file: VisualDatabase never does that');
}

function counts({ file, fix }) {
  const { checkCounts, rebuildCounts, status } = require('../entry/parts').schema;
  const { state, version } = status(file);
  if (version < 3) return ok('this version of the schema has none');
  if (state === 'newer') return ok('left to the package of that version');
  const drift = checkCounts(file);
  if (drift.length === 0) return ok('what the executions are');
  const finding = drift.map(({ table, rows }) => `${table}: ${many(rows, 'row')} wrong`).join('; ');
  if (!fix) return problem(`${finding} (another program did that)`, 'npx --no -- visual-db doctor --fix');
  rebuildCounts(file);
  return note(`${finding}: rebuilt`);
}

module.exports = { SCHEMA: { schema, counts } };
