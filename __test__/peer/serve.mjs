// The JavaScript layer on better-sqlite3, in a process of its own (Node 24): it performs the steps that it is sent.
import Database from 'better-sqlite3';
import { outcome, perform } from '../support/steps.mjs';
import { asWritten } from '../../bench/peers/as_written.mjs';

const VisualDatabase = asWritten(Database);
const SystemDate = Date;
let clock = SystemDate.now();

// Both sides of a comparison read the same clock: the one that the steps carry.
globalThis.Date = class extends SystemDate {
  constructor(...given) {
    super(...(given.length ? given : [clock]));
  }
  static now() {
    return clock;
  }
};

process.on('message', ({ dbPath, start, steps, rows }) => {
  clock = start;
  const tick = (milliseconds) => (clock += milliseconds);
  const db = new VisualDatabase({ dbPath });
  const outcomes = steps.map((step) => outcome(() => perform(db, step, tick)));
  const answers = rows.map((sql) => db.db.prepare(sql).all());
  db.close();
  process.send({ outcomes, answers, now: clock });
});
