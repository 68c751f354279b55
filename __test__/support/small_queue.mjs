// A queue of runs as small as one can be: what `waitForRun` stands on, without what makes a run. `zone` is what a claim asks
// for; a run may be claimed from `due` on. Its log says of each change whether it was one of the queue.
const TABLES = `
  CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, zone TEXT NOT NULL, due INTEGER NOT NULL DEFAULT 0, worker TEXT);
  CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, of_runs INTEGER NOT NULL);
  CREATE TRIGGER IF NOT EXISTS enqueued AFTER INSERT ON queue BEGIN INSERT INTO log (of_runs) VALUES (1); END;
  CREATE TRIGGER IF NOT EXISTS named AFTER UPDATE ON main.zones BEGIN INSERT INTO log (of_runs) VALUES (0); END;`;

export const ENQUEUE = 'INSERT INTO queue (zone, due) VALUES (?, ?)';

/** The queue on a database: what `Claimants` needs, how often each was asked, and the tables' content. */
export function smallQueue({ db }) {
  db.exec(TABLES);
  const asked = { claims: [], news: 0, dues: 0 };
  const free = 'worker IS NULL AND due <= @now AND zone = @zone';
  const claim = db.prepare(
    `UPDATE queue SET worker = @worker WHERE id = (SELECT id FROM queue WHERE ${free} ORDER BY id LIMIT 1) RETURNING id`,
  );
  const news = db.prepare(
    'SELECT coalesce(max(seq), 0) AS last, coalesce(max(of_runs AND seq > @after), 0) AS any FROM log',
  );
  const due = db.prepare('SELECT min(due) FROM queue WHERE worker IS NULL AND due > ?').pluck();
  return {
    asked,
    claim({ zone, worker }) {
      asked.claims.push(worker);
      const claimed = claim.get({ zone, worker, now: Date.now() });
      return claimed === undefined ? null : claimed.id;
    },
    news(after = 0) {
      asked.news += 1;
      const { last, any } = news.get({ after });
      return { last, any: Boolean(any) || last < after };
    },
    nextDue() {
      asked.dues += 1;
      const next = due.get(Date.now());
      return next === null ? null : next - Date.now();
    },
    enqueue: (zone, at = 0) => Number(db.prepare(ENQUEUE).run(zone, at).lastInsertRowid),
    workers: () => db.prepare('SELECT worker FROM queue ORDER BY id').pluck().all(),
  };
}
