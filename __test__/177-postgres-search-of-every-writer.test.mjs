// Whoever writes to a server, a search finds what runs say: any history by another client's plain SQL and by this package, each read by
// who may write, by who may only read, and within a transaction.
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { other, temporarySchema } from './support/postgres/databases.mjs';
import { board } from './support/runs.mjs';
import { checkSearch, expectFound } from './support/searched_runs.mjs';
import { act, callsOf } from './support/searching_calls.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 180_000 });

const TEXTS = ['cart', 'cart login', 'getUserById', 'src/db.rs', 'new', 'say "no"', 'ERR_CURSOR', 'ogin'];
const WORDS = ['cart', 'login', 'getUserById', 'src/db.rs:42', 'Élan', 'say "no"', 'ERR_CURSOR', 'x', '\n'];
const text = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
const quoted = (value) => `'${value.replaceAll("'", "''")}'`;
const id = fc.constantFrom("'e1'", "'e2'", "'e3'", "'e4'", 'gen_random_uuid()::text');
const json = (value) => `to_json(${quoted(value)}::text)::text`;

/** SQL of any program. */
const statement = fc.oneof(
  fc
    .tuple(
      id,
      text,
      text,
      fc.constantFrom('', 'ON CONFLICT (id) DO NOTHING', 'ON CONFLICT (id) DO UPDATE SET prompt = excluded.prompt'),
    )
    .map(
      ([name, prompt, result, otherwise]) =>
        `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, executed_at)
         VALUES (${name}, 'zone-1', 'wt-1', 'a', ${quoted(prompt)}, ${json(result)}, '2026-01-01T00:00:00.000Z') ${otherwise}`,
    ),
  fc
    .tuple(id, text)
    .map(([name, prompt]) => `UPDATE zone_executions SET prompt = ${quoted(prompt)} WHERE id = ${name}`),
  fc.tuple(id, text).map(([name, said]) => `UPDATE zone_executions SET result = ${json(said)} WHERE id > ${name}`),
  fc.tuple(id, id).map(([one, another]) => `UPDATE zone_executions SET id = ${one} WHERE id = ${another}`),
  id.map((name) => `DELETE FROM zone_executions WHERE id = ${name}`),
  text.map((said) => `UPDATE runs SET error = ${quoted(said)} WHERE NOT recorded`),
  text.map((said) => `UPDATE runs SET prompt = ${quoted(said)} WHERE status = 'queued'`),
  fc.constantFrom('BEGIN', 'COMMIT', 'ROLLBACK', 'TRUNCATE zone_executions', "DELETE FROM zones WHERE id = 'zone-2'"),
);
const history = fc.array(statement, { minLength: 5, maxLength: 25, size: 'max' });

/** The history as another client writes it. */
function live(at, statements) {
  for (const each of statements) {
    try {
      other().query(at, each);
    } catch {
      // What can't be done: in a transaction, nothing can be until that has ended.
    }
  }
  other().query(at, 'COMMIT');
}

it('what is found is what runs say, after any history by another client and by us', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(history, callsOf(text), history, async (first, made, second) => {
      const at = temporarySchema();
      const db = board(at);
      db.enableSearch();
      db.enableSearch({ mode: 'substring' });
      const reading = open({ ...at, readonly: true });
      live(at, first);
      count += expectFound([reading, db, reading], TEXTS);
      act(db, made);
      count += expectFound([reading], TEXTS);
      db.transaction(() => {
        act(db, made);
        count += expectFound([db], TEXTS);
      });
      live(at, second);
      count += expectFound([reading, db], TEXTS);
      expect(checkSearch(at)).toEqual({ unfinished: false, wrong: [] });
      reading.close();
      db.close();
    }),
    { numRuns: 20, endOnFailure: true },
  );
  expect(count).toBeGreaterThan(200);
});
