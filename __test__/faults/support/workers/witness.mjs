// A table beside ours in which a call is noted in its own transaction: its rows are the order in which calls took effect,
// whoever made them and whoever was killed in between.

export const SETUP = `
  CREATE TABLE witness (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    token INTEGER,
    what TEXT NOT NULL,
    detail TEXT
  )`;

/** Makes calls of `visual` so that they are noted: `witnessed(what, run, token, call)`; a call may give no run, `null`. */
export function witnessOf(visual) {
  const note = visual.db.prepare('INSERT INTO witness (run, token, what, detail) VALUES (?, ?, ?, ?)');
  return (what, run, token, call, detailOf = () => null) =>
    visual.transaction(() => {
      const answer = call();
      note.run(run, token, what, JSON.stringify(detailOf(answer)));
      return answer;
    });
}

/** Everything that was noted, in its order. */
export const witnessed = (visual) =>
  visual.db
    .prepare('SELECT seq, run, token, what, detail FROM witness ORDER BY seq')
    .all()
    .map((row) => ({ ...row, detail: JSON.parse(row.detail) }));
