'use strict';

// The process that sql.js starts: one statement on a connection that can't write, and its plan.

const fs = require('node:fs');
const { Database, home } = require('../entry/parts');

/** How much memory one statement may take, in bytes. */
const MEMORY = 256 * 1024 * 1024;
const LONGEST_TEXT = 10_000;

function answerOfServer({ server, sql, most, limitMs }) {
  const { plan, ...looked } = home.lookAt(server, sql, { most, limitMs });
  return { ...looked, rows: looked.rows.map((row) => row.map(shown)), plan: nested(plan) };
}

/** PostgreSQL's plan as steps `{ id, parent, detail }`; its lines nest by indentation. */
function nested(lines) {
  const above = [{ id: 0, depth: -1 }];
  return lines.map((line, n) => {
    const depth = line.search(/\S/);
    while (above.at(-1).depth >= depth) above.pop();
    const step = { id: n + 1, parent: above.at(-1).id, detail: line.trim() };
    above.push({ id: step.id, depth });
    return step;
  });
}

function answerOfFile({ file, sql, most }) {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    database.pragma(`hard_heap_limit = ${MEMORY}`);
    const statement = database.prepare(sql);
    // A pragma may change the connection; ATTACH opens other files. Neither is a query of the board.
    if (!statement.reader || !statement.readonly || /^(?:\s|--.*\n|\/\*[\s\S]*?\*\/)*pragma\b/i.test(sql))
      return { error: 'Only what reads is run here: SELECT, WITH, VALUES, EXPLAIN' };
    const columns = statement.columns().map(({ name }) => name);
    const isExplained = /^\s*explain\b/i.test(sql);
    const plan = isExplained ? [] : database.explain(`QUERY PLAN ${sql}`);
    const start = process.hrtime.bigint();
    const rows = [];
    let truncated = false;
    for (const row of statement.safeIntegers().raw().iterate()) {
      truncated = rows.length === most;
      if (truncated) break;
      rows.push(row.map(shown));
    }
    const durationMs = Number(process.hrtime.bigint() - start) / 1e6;
    return {
      columns,
      rows,
      truncated,
      durationMs,
      plan: plan.map(({ id, parent, detail }) => ({ id, parent, detail })),
    };
  } finally {
    database.close();
  }
}

/** A value for JSON: integers beyond 2⁵³ and blobs become text. */
function shown(value) {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Buffer.isBuffer(value)) return `x'${value.subarray(0, LONGEST_TEXT / 2).toString('hex')}'`;
  if (typeof value === 'string' && value.length > LONGEST_TEXT) return `${value.slice(0, LONGEST_TEXT)}…`;
  return value;
}

function main() {
  const given = JSON.parse(fs.readFileSync(0, 'utf8'));
  let told;
  try {
    told = given.server === null ? answerOfFile(given) : answerOfServer(given);
  } catch (error) {
    told = { error: error.message };
  }
  process.stdout.write(JSON.stringify(told));
}

main();
