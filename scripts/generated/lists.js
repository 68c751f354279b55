'use strict';

// The generated code that makes the objects of lists of runs.

/** The long fields of a run, which lists leave out unless they are asked for. */
const BODIES = new Set(['prompt', 'result']);

/** Runs that were recorded as executions only: the fields in cells of a list, in their order, and the fields that are the same for all. */
const OF_RECORDED = {
  cells: ['id', 'zoneId', 'worktreeId', 'agentType', 'prompt', 'status', 'createdAt', 'result'],
  same: { priority: '0', attempt: '1', maxAttempts: '1', availableAt: 'createdAt', finishedAt: 'createdAt' },
};

/** Runs as lists have them. */
function lists({ name, fields }, { read, literal, groupOf }) {
  if (name !== 'run') return '';
  const cell = (field) => read(field, fields.indexOf(field), name);
  const own = (field) => (field.name === 'id' ? 'id' : cell(field));
  const short = fields.filter((field) => !BODIES.has(field.name));
  const { cells, same } = OF_RECORDED;
  const usage = fields.filter((field) => groupOf(field) === 'usage');
  const behind = [...usage.map((field) => field.name), 'metadata', 'bodiesPrunedAt'];
  const ofRecorded = (field) => {
    const nth = behind.indexOf(field.name);
    if (nth >= 0) return read(field, cells.length + nth, name);
    if (field.name === 'result') return read(field, cells.indexOf('result'), name);
    return cells.includes(field.name) ? field.name : (same[field.name] ?? 'null');
  };
  const first = (names) =>
    names
      .map((key) => `    const ${key} = cell(at${cells.indexOf(key) ? ` + ${cells.indexOf(key)}` : ''});`)
      .join('\n');
  const made = (list) =>
    `(at) => {\n${first(cells.filter((key) => key !== 'result' && list.some((field) => field.name === key)))}\n    return ${literal(list, ofRecorded)};\n  }`;
  return `
/** A run without prompt and result, whose cells are empty. */
const ${name}Summary = {
  width: ${fields.length},
  make: (at) => {\n    const id = cell(at);\n    return ${literal(short, own)};\n  },
};

/** What was recorded as an execution only, in a list: a run that began and ended at once. */
const recorded = {
  full: ${made(fields)},
  summary: ${made(short)},
};
`;
}

module.exports = { lists };
