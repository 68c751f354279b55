// `enableSearch`, `disableSearch` and `searchRuns`: what is found, how it is told, and in which order.
import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { board, ended, idsOf, queued, refusal, running, waiting } from './support/runs.mjs';
import { execution, worktree } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

/** A board whose runs are searched in both ways. */
function searching(config) {
  const db = board(config);
  db.enableSearch();
  db.enableSearch({ mode: 'substring' });
  return db;
}

const record = (db, prompt, given = {}) => db.recordExecution(execution({ prompt, ...given }));

/** What whoever doesn't search would pay for: tables and triggers of a file; triggers, and rows of tables that are always there. */
const MADE = inFiles
  ? "SELECT name FROM sqlite_schema WHERE name LIKE 'search%'"
  : `SELECT tgname FROM pg_trigger WHERE tgname LIKE 'search%' AND tgrelid IN ('runs'::regclass, 'zone_executions'::regclass)
     UNION ALL SELECT run::text FROM search_due UNION ALL SELECT run::text FROM search_runs`;
const madeOf = (db) => sql(db).prepare(MADE).all();

const found = (db, text, filter) => idsOf(db.searchRuns(text, filter).items.map(({ run }) => run));
const marked = ({ snippet, ranges }) => ranges.map(([from, to]) => snippet.slice(from, to));

describe('searchRuns(text, filter?)', () => {
  it('finds identifiers as developers type them', () => {
    const db = searching();
    const id = record(db, 'Fix getUserById in src/db.rs:42, it throws ERR_CURSOR');
    record(db, 'Something else');
    for (const text of [
      'getUserById',
      'getuserbyid',
      'src/db.rs:42',
      'ERR_CURSOR',
      'cursor',
      'fix src/db.rs',
      '(ERR_CURSOR)',
    ]) {
      expect(found(db, text), text).toEqual([id]);
      expect(found(db, 'serby', { mode: 'substring' })).toEqual([id]);
    }
    for (const text of ['getUser', 'src/db.rs:43', 'rs/db', 'ERR CURSER']) expect(found(db, text), text).toEqual([]);
  });

  it('takes what is typed for text, whatever it says', () => {
    const db = searching();
    const id = record(db, 'a AND b OR "c" NEAR(d) -e *f ^g col:h {i} + j');
    for (const text of [
      'AND',
      'OR "c"',
      '"',
      'NEAR(d)',
      '-e',
      '*f',
      '^g',
      'col:h',
      '{i}',
      '+ j',
      "' OR 1=1 --",
      'prompt : b',
    ])
      expect(() => db.searchRuns(`${text} a`), text).not.toThrow();
    expect(found(db, 'b OR "c" NEAR(d)')).toEqual([id]);
    expect(found(db, 'z OR a')).toEqual([]);
  });

  it('takes it for an expression of FTS5 where that is wanted, and says what is wrong with one', () => {
    const db = searching();
    const [one, other] = [record(db, 'the login form'), record(db, 'the search form', { result: { note: 'login' } })];
    expect(found(db, 'login NOT search', { syntax: true })).toEqual([one]);
    expect(found(db, 'sea* OR nothing', { syntax: true })).toEqual([other]);
    expect(found(db, 'result : login', { syntax: true })).toEqual([other]);
    expect(found(db, 'facets : z*', { syntax: true })).toEqual([]);
    const error = thrown(() => db.searchRuns('login AND (', { syntax: true }));
    expect(error.message).toMatch(/^searchRuns: text is no query: fts5: syntax error near/);
    expect(error).toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      method: 'searchRuns',
      field: 'text',
      cause: { code: 'SQLITE_ERROR' },
    });
  });

  it('looks into prompts, results, errors, questions and answers, or into some of them', () => {
    const db = searching();
    const asked = waiting(db, { prompt: 'one' });
    db.answerRun(asked.id, { answer: 'yes, the yellow one' });
    const { run, token } = running(db, { prompt: 'two' });
    const failed = db.finishRun(run.id, token, {
      status: 'failed',
      error: 'yellow alert',
      result: { colour: 'yellow' },
    });
    const fields = (filter) => db.searchRuns('yellow', filter).items.map((item) => [item.run.id, item.field]);
    expect(new Set(idsOf(db.searchRuns('yellow').items.map((item) => item.run)))).toEqual(
      new Set([failed.id, asked.id]),
    );
    expect(fields({ in: 'answer' })).toEqual([[asked.id, 'answer']]);
    expect(fields({ in: ['error', 'prompt'] })).toEqual([[failed.id, 'error']]);
    expect(fields({ in: 'result', mode: 'substring' })).toEqual([[failed.id, 'result']]);
    expect(found(db, 'May I?', { in: 'question' })).toEqual([asked.id]);
    expect(refusal(() => db.searchRuns('x', { in: 'output' }))).toMatchObject({
      field: 'in',
      code: 'ERR_INVALID_ARG_VALUE',
    });
  });

  it('reads the strings of a result as people do: what JSON escapes is no letter of a word', () => {
    const db = searching();
    const id = record(db, 'p', { result: { log: 'line one\nFailed: "quoted"\tend', größe: 'é' } });
    for (const text of ['failed', 'quoted', 'Failed: "quoted"', 'größe']) expect(found(db, text), text).toEqual([id]);
    const [{ snippet }] = db.searchRuns('failed').items;
    expect(snippet).toBe('{"log":"line one\nFailed: "quoted"\tend","größe":"é"}');
  });

  it('case and accents make no difference to words, case none to parts of them', () => {
    const db = searching();
    const id = record(db, 'Prüfe die STRASSE in Zürich');
    expect(found(db, 'prufe zurich')).toEqual([id]);
    expect(found(db, 'PRÜFE')).toEqual([id]);
    expect(found(db, 'ZÜRI', { mode: 'substring' })).toEqual([id]);
    expect(found(db, 'zuri', { mode: 'substring' })).toEqual([]);
  });

  it('shows where, in UTF-16 units of the snippet', () => {
    const db = searching();
    record(db, `🎉 ${'before '.repeat(40)}🎉 fix the cart, then fix the test ${'after '.repeat(60)}`);
    const [item] = db.searchRuns('fix test').items;
    expect(item.snippet).toMatch(/^…before .*🎉 fix the cart, then fix the test after .*…$/);
    expect(item.snippet.length).toBeLessThan(170);
    expect(marked(item)).toEqual(['fix', 'fix', 'test']);
    const [part] = db.searchRuns('🎉 FIX', { mode: 'substring' }).items;
    expect(marked(part)).toEqual(['🎉 fix']);
  });

  it('gives each run once, as lists do, with a score from 0 to 1', () => {
    const db = searching();
    record(db, 'cart cart cart', { result: { cart: 'cart' } });
    const run = ended(db, { prompt: 'the cart' });
    const { items, next } = db.searchRuns('cart');
    expect([items.length, next]).toEqual([2, null]);
    expect(items[1].run).toStrictEqual(db.listRuns().items.find(({ id }) => id === run.id));
    expect(Object.keys(items[0])).toEqual(['run', 'field', 'snippet', 'ranges', 'score']);
    expect(items[0].score).toBeGreaterThan(items[1].score);
    for (const { score } of items) expect(score > 0 && score < 1).toBe(true);
  });

  it('has the best first, and pages that go on where the last one ended, whoever writes', () => {
    const db = searching();
    for (let n = 0; n < 60; n += 1) record(db, `${'filler '.repeat(n % 7)}cart ${'cart '.repeat(n % 3)}`);
    const all = db.searchRuns('cart', { limit: 1000 }).items;
    expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).toSorted((one, other) => other - one));
    for (const mode of ['words', 'substring']) {
      const whole = found(db, 'cart', { mode, limit: 1000 });
      const seen = [];
      for (let after; after !== null;) {
        const page = db.searchRuns('cart', { mode, limit: 7, after });
        seen.push(...page.items.map(({ run }) => run.id));
        after = page.next;
        record(db, 'one more cart');
      }
      expect(seen.filter((id) => whole.includes(id))).toEqual(whole);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it('refuses a cursor of another search', () => {
    const db = searching();
    for (let n = 0; n < 3; n += 1) record(db, 'cart');
    const { next: after } = db.searchRuns('cart', { limit: 1 });
    for (const [text, filter] of [
      ['carts', {}],
      ['cart', { mode: 'substring' }],
      ['cart', { zoneId: 'zone-1' }],
      ['cart', { in: 'prompt' }],
    ])
      expect(refusal(() => db.searchRuns(text, { ...filter, after }))).toMatchObject({
        code: 'ERR_CURSOR',
        field: 'after',
      });
    expect(db.searchRuns('cart', { after }).items).toHaveLength(2);
  });

  it('narrows by every filter that lists of runs have', () => {
    const db = searching();
    const parent = ended(db, { prompt: 'cart', zoneId: 'zone-2', worktreeId: 'wt-2', agentType: 'qa' });
    const part = queued(db, { prompt: 'cart', parentRunId: parent.id });
    const old = record(db, 'cart', { success: false });
    sql(db).prepare('UPDATE zone_executions SET executed_at = ? WHERE id = ?').run('2020-01-02T03:04:05.000Z', old);
    db.recordUsage(part.id, { model: 'opus', inputTokens: 1, outputTokens: 1, costMicros: 1, costSource: 'reported' });
    const expected = [
      [{ zoneId: 'zone-2' }, parent.id],
      [{ zoneId: ['zone-2', 'x'], worktreeId: 'wt-2', agentType: 'qa' }, parent.id],
      [{ status: 'queued' }, part.id],
      [{ status: ['failed', 'lost'] }, old],
      [{ model: 'opus' }, part.id],
      [{ parentRunId: parent.id }, part.id],
      [{ branchName: 'feature/2' }, parent.id],
      [{ until: '2020-12-31' }, old],
      [{ since: '2020-01-02T03:04:05Z', until: new Date('2020-01-02T03:04:05Z') }, old],
      [{ since: '2021-01-01', status: 'succeeded' }, parent.id],
      [{ minDurationMs: 0 }, parent.id],
      [{ finishedUntil: '2020-12-31' }, old],
      [{ finishedSince: '2020-12-31' }, parent.id],
    ];
    for (const [filter, id] of expected)
      for (const mode of ['words', 'substring'])
        expect(found(db, 'cart', { ...filter, mode }), JSON.stringify(filter)).toEqual([id]);
    expect(found(db, 'cart', { since: '2031-01-01', until: '2030-01-01' })).toEqual([]);
  });

  it('finds the runs of what is archived, by the id that it had', () => {
    const db = searching();
    const id = record(db, 'cart');
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(1));
    const another = record(db, 'cart too');
    expect(new Set(found(db, 'cart'))).toEqual(new Set([id, another]));
    expect(found(db, 'cart', { worktreeId: 'wt-1' })).toEqual([another]);
    db.deleteZone('zone-1');
    expect(found(db, 'cart')).toEqual([]);
  });

  it('says what it can not look for', () => {
    const db = searching();
    const refused = (text, filter) => refusal(() => db.searchRuns(text, filter));
    for (const text of ['', '  \n', '!?', '-> "'])
      expect(refused(text)).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', field: 'text' });
    expect(refused('ab', { mode: 'substring' })).toMatchObject({ name: 'RangeError', field: 'text' });
    expect(refused('ab\0cd', { mode: 'substring' })).toMatchObject({ name: 'RangeError', field: 'text' });
    expect(refused('x'.repeat(1001))).toMatchObject({ name: 'RangeError', field: 'text' });
    expect(refused('abc', { mode: 'substring', syntax: true })).toMatchObject({ field: 'syntax' });
    expect(refused('abc', { feilds: 'prompt' })).toMatchObject({ name: 'TypeError' });
    expect(thrown(() => db.searchRuns('abc', { feild: 'prompt' })).message).toMatch(/unknown key "feild"/);
  });
});

describe('enableSearch(options?)', () => {
  it('is what makes it: until then the search is off, and costs nothing', () => {
    const db = board();
    const id = record(db, 'cart');
    expect(refusal(() => db.searchRuns('cart'))).toMatchObject({
      name: 'Error',
      code: 'ERR_SEARCH_OFF',
      method: 'searchRuns',
    });
    expect(madeOf(db)).toEqual([]);
    const told = [];
    expect(db.enableSearch({ progress: (counts) => told.push(counts) })).toEqual({ modes: ['words'], indexed: 1 });
    expect(told.at(-1)).toEqual({ indexed: 1, total: 1 });
    expect(found(db, 'cart')).toEqual([id]);
    expect(refusal(() => db.searchRuns('cart', { mode: 'substring' })).code).toBe('ERR_SEARCH_OFF');
    expect(db.enableSearch({ mode: 'substring' })).toEqual({ modes: ['words', 'substring'], indexed: 1 });
    expect(db.enableSearch({ mode: 'substring' })).toEqual({ modes: ['words', 'substring'], indexed: 1 });
    expect(db.disableSearch()).toBe(true);
    expect(db.disableSearch()).toBe(false);
    expect(refusal(() => db.searchRuns('cart')).code).toBe('ERR_SEARCH_OFF');
    expect(madeOf(db)).toEqual([]);
  });

  it('of substrings only, that is what is searched', () => {
    const db = board();
    const id = record(db, 'cart');
    db.enableSearch({ mode: 'substring' });
    expect(found(db, 'art')).toEqual([id]);
  });

  it('is refused within a transaction, and on a read-only connection', () => {
    const at = place();
    const db = board(at);
    expect(() => db.transaction(() => db.enableSearch())).toThrow(/within a transaction/);
    expect(() => db.transaction(() => db.disableSearch())).toThrow(/within a transaction/);
    const reading = open({ ...at, readonly: true });
    expect(thrown(() => reading.enableSearch()).code).toMatch(/^SQLITE_READONLY/);
    expect(refusal(() => db.enableSearch({ mode: 'letters' }))).toMatchObject({ field: 'mode' });
    expect(refusal(() => db.enableSearch({ progress: 5 }))).toMatchObject({ field: 'progress' });
  });

  it('what progress throws ends it, and it goes on with the next search', () => {
    const at = place();
    const db = board(at);
    const ids = db.recordExecutions(Array.from({ length: 700 }, (_, n) => execution({ prompt: `cart number ${n}` })));
    const mine = new Error('mine');
    const refuse = () => {
      throw mine;
    };
    expect(thrown(() => db.enableSearch({ progress: refuse }))).toBe(mine);
    const reading = open({ ...at, readonly: true });
    expect(thrown(() => reading.searchRuns('cart')).message).toMatch(/^searchRuns: the index is not built to its end/);
    expect(db.searchRuns('cart', { limit: 1000 }).items).toHaveLength(ids.length);
    expect(reading.searchRuns('cart', { limit: 1000 }).items).toHaveLength(ids.length);
  });
});
