// The cases: the four calls of a statement with 1, 5 and 20 columns, inserts in a transaction, the modes of a statement, and
// the content of a whole database.

const ROWS = 1000;

/** The kinds of columns, in turn, as the tables of the canvas have them. */
const KINDS = [
  { type: 'TEXT', value: (n) => `feature/branch-of-a-worktree-${n}` },
  { type: 'INTEGER', value: (n) => 3000 + n },
  { type: 'REAL', value: (n) => n * 1.25 },
  { type: 'TEXT', value: (n) => (n % 3 === 0 ? null : `2026-01-01T00:00:00.${String(n).padStart(3, '0')}Z`) },
  { type: 'TEXT', value: (n) => (n % 8 === 0 ? `Überprüfung ${n} 🧭` : `review ${n}`) },
];
const BLOBS = [{ type: 'BLOB', value: (n) => Buffer.alloc(16, n) }];

const columnsOf = (width, kinds) => Array.from({ length: width }, (_, i) => kinds[i % kinds.length]);

function table(db, name, columns) {
  db.exec(`CREATE TABLE ${name} (${columns.map(({ type }, i) => `c${i} ${type}`).join(', ')})`);
  return db.prepare(`INSERT INTO ${name} VALUES (${columns.map(() => '?').join(', ')})`);
}

/** The cases with one number of columns. `round` makes `calls` calls; all see the same rows. */
function casesOf(db, width, kinds, suffix = '') {
  const columns = columnsOf(width, kinds);
  const name = `read_${width}${suffix}`;
  const rows = Array.from({ length: ROWS }, (_, n) => columns.map(({ value }) => value(n)));
  const fill = table(db, name, columns);
  db.transaction(() => rows.forEach((row) => fill.run(row)))();
  const written = `written_${width}${suffix}`;
  const insert = table(db, written, columns);
  const insertMany = db.transaction((some) => {
    for (const row of some) insert.run(...row);
  });
  const byRowid = db.prepare(`SELECT * FROM ${name} WHERE rowid = ?`);
  const everything = db.prepare(`SELECT * FROM ${name}`);
  const labelled = (label) => `${label}, ${width} ${suffix === '' ? '' : 'blob '}column${width === 1 ? '' : 's'}`;
  return [
    {
      name: labelled('get()'),
      calls: 20_000,
      round(calls) {
        for (let i = 0; i < calls; i += 1) byRowid.get((i % ROWS) + 1);
      },
    },
    {
      name: labelled(`all() of ${ROWS}`),
      calls: 40,
      round(calls) {
        for (let i = 0; i < calls; i += 1) everything.all();
      },
    },
    {
      name: labelled(`iterate() of ${ROWS}`),
      calls: 30,
      round(calls) {
        let seen = 0;
        for (let i = 0; i < calls; i += 1) for (const row of everything.iterate()) seen += row ? 1 : 0;
        if (seen !== calls * ROWS) throw new Error(`${seen} rows`);
      },
    },
    {
      name: labelled('run()'),
      calls: 1000,
      before: () => db.exec(`DELETE FROM ${written}`),
      round(calls) {
        for (let i = 0; i < calls; i += 1) insert.run(...rows[i % ROWS]);
      },
    },
    {
      name: labelled(`${ROWS} inserts in a transaction`),
      calls: 20,
      before: () => db.exec(`DELETE FROM ${written}`),
      round(calls) {
        for (let i = 0; i < calls; i += 1) insertMany(rows);
      },
    },
  ];
}

/** The modes of a statement, each on a statement of its own, and calls on the whole database. */
function settingsOf(db) {
  const all = () => db.prepare('SELECT * FROM read_5');
  const set = {
    'pluck(), 1 column': db.prepare('SELECT c0 FROM read_5').pluck(),
    'raw(), 5 columns': all().raw(),
    'expand(), 5 columns': all().expand(),
    'safeIntegers(), 5 columns': all().safeIntegers(),
  };
  const bound = db.prepare('SELECT * FROM read_5 WHERE rowid = ?').bind(7);
  const repeated = (name, calls, call) => ({
    name,
    calls,
    round(times) {
      for (let i = 0; i < times; i += 1) call();
    },
  });
  return [
    ...Object.entries(set).map(([name, statement]) =>
      repeated(`all() of ${ROWS} after ${name}`, 40, () => statement.all()),
    ),
    repeated('get() after bind(), 5 columns', 20_000, () => bound.get()),
    repeated('columns() of 5', 5_000, () => bound.columns()),
    repeated('serialize()', 20, () => db.serialize()),
  ];
}

/** All cases, ready to run on this database. */
export const prepare = (db) => [
  ...[1, 5, 20].flatMap((width) => casesOf(db, width, KINDS)),
  ...casesOf(db, 5, BLOBS, '_blobs').slice(0, 3),
  ...settingsOf(db),
];
