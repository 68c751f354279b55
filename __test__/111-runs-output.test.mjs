// `appendOutput`, `getOutput`: what an agent prints, to be followed while it runs.
// Long because it is read as a specification: each rule of output is a test.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { board, claim, ended, everything, pause, queued, refusal, running } from './support/runs.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();
const out = (text, given) => ({ stream: 'stdout', text, ...given });
const texts = ({ items }) => items.map(({ text }) => text);
const sequences = ({ items }) => items.map(({ sequence }) => sequence);

/** All of a run's output, page by page. */
function allOf(db, id, limit = 1000) {
  const items = [];
  for (let after = 0; ;) {
    const page = db.getOutput(id, { after, limit });
    if (page.items.length === 0) return { ...page, items };
    items.push(...page.items);
    after = page.next;
  }
}

describe('appendOutput(id, token, chunks)', () => {
  it('appends, and returns the number that the next chunk will have', () => {
    const db = board();
    const { run, token } = running(db);
    expect(db.appendOutput(run.id, token, [out('a'), out('b')])).toBe(2);
    expect(db.appendOutput(run.id, token, [out('c')])).toBe(3);
    expect(db.appendOutput(run.id, token, [])).toBe(3);
    expect(texts(db.getOutput(run.id))).toEqual(['a', 'b', 'c']);
  });

  it('keeps stream, text and time of each chunk', () => {
    const db = board();
    const { run, token } = running(db);
    vi.advanceTimersByTime(5);
    db.appendOutput(run.id, token, [
      out('plain'),
      { stream: 'stderr', text: 'then', at: new Date(NOW - 1000) },
      { stream: 'event', text: '{"type":"tool"}', at: '2026-05-06T09:08:00+02:00' },
    ]);
    expect(db.getOutput(run.id)).toStrictEqual({
      items: [
        { sequence: 0, stream: 'stdout', text: 'plain', at: at(5) },
        { sequence: 1, stream: 'stderr', text: 'then', at: at(-1000) },
        { sequence: 2, stream: 'event', text: '{"type":"tool"}', at: '2026-05-06T07:08:00.000Z' },
      ],
      next: 3,
      truncated: false,
    });
  });

  it('keeps text to the letter, lone surrogates as U+FFFD', () => {
    const db = board();
    const { run, token } = running(db);
    const given = ['', 'a\0b', '\r\n\u001b[31mred\u001b[0m', 'ü\u{1F600}', 'x'.repeat(100_000)];
    db.appendOutput(
      run.id,
      token,
      given.map((text) => out(text)),
    );
    db.appendOutput(run.id, token, [out('a\ud83d'), out('\ude00b')]);
    expect(texts(db.getOutput(run.id))).toEqual([...given, 'a\ufffd', '\ufffdb']);
  });

  it('is all or nothing', () => {
    const db = board();
    const { run, token } = running(db);
    const before = everything(db);
    for (const [chunk, field] of [
      [{ stream: 'stdin', text: '' }, 'stream'],
      [{ text: 'x' }, 'stream'],
      [{ stream: 'stdout' }, 'text'],
      [{ stream: 'stdout', text: null }, 'text'],
      [{ stream: 'stdout', text: Buffer.from('x') }, 'text'],
      [out('x', { at: 'yesterday' }), 'at'],
      [out('x', { at: new Date(NaN) }), 'at'],
      [out('x', { sequence: 1 }), 'sequence'],
      [null, 'chunks'],
      ['x', 'chunks'],
    ])
      expect(refusal(() => db.appendOutput(run.id, token, [out('a'), chunk]))).toMatchObject({
        name: expect.stringMatching(/^(Type|Range)Error$/),
        method: 'appendOutput',
        field: expect.stringContaining(field),
      });
    for (const chunks of [undefined, null, 'x', out('x'), 5])
      expect(refusal(() => db.appendOutput(run.id, token, chunks))).toMatchObject({
        name: 'TypeError',
        method: 'appendOutput',
      });
    expect(everything(db)).toEqual(before);
  });

  it('goes on where an earlier attempt ended, whose output stays', async () => {
    const db = board();
    const first = running(db, { maxAttempts: 2 }, { leaseMs: 1 });
    db.appendOutput(first.run.id, first.token, [out('first attempt')]);
    await pause(10);
    const second = claim(db);
    expect(db.appendOutput(second.run.id, second.token, [out('second attempt')])).toBe(2);
    expect(refusal(() => db.appendOutput(first.run.id, first.token, [out('late')])).code).toBe('ERR_LEASE_LOST');
    expect(texts(db.getOutput(first.run.id))).toEqual(['first attempt', 'second attempt']);
  });

  it('is over with the run, whose output stays', () => {
    const db = board();
    const { run, token } = running(db);
    db.appendOutput(run.id, token, [out('a')]);
    db.finishRun(run.id, token, { status: 'succeeded' });
    expect(refusal(() => db.appendOutput(run.id, token, [out('b')])).code).toBe('ERR_LEASE_LOST');
    expect(texts(db.getOutput(run.id))).toEqual(['a']);
  });

  it('keeps the output of each run by itself', () => {
    const db = board();
    const [one, two] = [running(db), running(db)];
    for (let n = 0; n < 20; n += 1) {
      db.appendOutput(one.run.id, one.token, [out(`one ${n}`)]);
      db.appendOutput(two.run.id, two.token, [out(`two ${n}`)]);
    }
    expect(texts(db.getOutput(one.run.id))).toEqual(Array.from({ length: 20 }, (_, n) => `one ${n}`));
    expect(texts(db.getOutput(two.run.id))).toEqual(Array.from({ length: 20 }, (_, n) => `two ${n}`));
  });
});

describe('expectedSequence', () => {
  it('appends once what is told twice, and answers as the first time', () => {
    const db = board();
    const { run, token } = running(db);
    const append = (chunks, expectedSequence) => db.appendOutput(run.id, token, chunks, { expectedSequence });
    expect(append([out('a'), out('b')], 0)).toBe(2);
    const before = everything(db);
    expect(append([out('a'), out('b')], 0)).toBe(2);
    expect(everything(db)).toEqual(before);
    expect(append([out('c')], 2)).toBe(3);
    expect(append([out('a'), out('b')], 0)).toBe(2);
    expect(append([out('c')], 2)).toBe(3);
    expect(texts(db.getOutput(run.id))).toEqual(['a', 'b', 'c']);
  });

  it('is ERR_CONFLICT where it would leave a hole or overlap', () => {
    const db = board();
    const { run, token } = running(db);
    db.appendOutput(run.id, token, [out('a'), out('b')]);
    const before = everything(db);
    for (const [expectedSequence, chunks] of [
      [3, [out('d')]],
      [1, [out('b'), out('c')]],
      [1000, []],
    ]) {
      const call = () => db.appendOutput(run.id, token, chunks, { expectedSequence });
      expect(refusal(call)).toMatchObject({
        name: 'Error',
        code: 'ERR_CONFLICT',
        method: 'appendOutput',
        field: 'expectedSequence',
        value: expectedSequence,
      });
      expect(call).toThrow(expect.objectContaining({ current: 2 }));
    }
    expect(everything(db)).toEqual(before);
  });

  it('is a whole number', () => {
    const db = board();
    const { run, token } = running(db);
    const append = (options) => db.appendOutput(run.id, token, [out('a')], options);
    for (const expectedSequence of [-1, 0.5, NaN, 2 ** 53])
      expect(refusal(() => append({ expectedSequence }))).toMatchObject({
        name: 'RangeError',
        field: 'expectedSequence',
      });
    expect(refusal(() => append({ expectedSequence: '0' }))).toMatchObject({ name: 'TypeError' });
    expect(refusal(() => append({ sequence: 0 }))).toMatchObject({ code: 'ERR_UNKNOWN_KEY', field: 'sequence' });
    expect(append({ expectedSequence: null })).toBe(1);
    expect(append({})).toBe(2);
  });
});

describe('getOutput(id, { after, limit }?)', () => {
  it('of a run without output has none', () => {
    const db = board();
    for (const { id } of [queued(db), running(db).run, ended(db)])
      expect(db.getOutput(id)).toStrictEqual({ items: [], next: 0, truncated: false });
  });

  it('gives 50 chunks unless a limit says otherwise, and goes on after `next`', () => {
    const db = board();
    const { run, token } = running(db);
    db.appendOutput(
      run.id,
      token,
      Array.from({ length: 130 }, (_, n) => out(`${n}`)),
    );
    const first = db.getOutput(run.id);
    expect([first.items.length, first.next]).toEqual([50, 50]);
    const second = db.getOutput(run.id, { after: first.next });
    expect([second.items[0].text, second.next]).toEqual(['50', 100]);
    expect(sequences(db.getOutput(run.id, { after: 100, limit: 3 }))).toEqual([100, 101, 102]);
    expect(db.getOutput(run.id, { after: 100 })).toMatchObject({ next: 130 });
    expect(db.getOutput(run.id, { after: 130 })).toStrictEqual({ items: [], next: 130, truncated: false });
    for (const limit of [1, 7, 1000])
      expect(sequences(allOf(db, run.id, limit))).toEqual(Array.from({ length: 130 }, (_, n) => n));
  });

  it('follows a run while it is worked on', () => {
    const db = board();
    const { run, token } = running(db);
    let after = 0;
    const seen = [];
    for (let n = 0; n < 10; n += 1) {
      db.appendOutput(run.id, token, [out(`${n} a`), out(`${n} b`)]);
      const page = db.getOutput(run.id, { after });
      seen.push(...texts(page));
      after = page.next;
      expect(db.getOutput(run.id, { after })).toMatchObject({ items: [], next: after });
    }
    expect(seen).toHaveLength(20);
    expect(seen.slice(-2)).toEqual(['9 a', '9 b']);
  });

  it('of a run that there is none of is ERR_NOT_FOUND', () => {
    expect(refusal(() => board().getOutput('nowhere'))).toMatchObject({
      code: 'ERR_NOT_FOUND',
      method: 'getOutput',
      field: 'id',
      value: 'nowhere',
    });
  });

  it('takes whole numbers', () => {
    const db = board();
    const { id } = queued(db);
    for (const [options, name, field] of [
      [{ limit: 0 }, 'RangeError', 'limit'],
      [{ limit: 1001 }, 'RangeError', 'limit'],
      [{ limit: '5' }, 'TypeError', 'limit'],
      [{ after: -1 }, 'RangeError', 'after'],
      [{ after: 0.5 }, 'RangeError', 'after'],
      [{ after: '0' }, 'TypeError', 'after'],
      [{ from: 0 }, 'TypeError', 'from'],
    ])
      expect(refusal(() => db.getOutput(id, options))).toMatchObject({ name, method: 'getOutput', field });
  });
});

describe('maxOutputBytes', () => {
  const chunk = (n) => out(String(n).padStart(4, '0').repeat(25));
  const bytesOf = ({ items }) => items.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

  it.each([1, 10])(
    'lets the oldest of the middle go, %i chunks a call: the beginning and the newest stay',
    (together) => {
      const db = board({ maxOutputBytes: 2000 });
      const { run, token } = running(db);
      for (let n = 0; n < 100; n += together)
        db.appendOutput(
          run.id,
          token,
          Array.from({ length: together }, (_, m) => chunk(n + m)),
        );
      const output = allOf(db, run.id);
      expect(output.truncated).toBe(true);
      expect(bytesOf(output)).toBeLessThanOrEqual(2000);
      expect(bytesOf(output)).toBeGreaterThan(500);
      const kept = sequences(output);
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBe(99);
      expect(output.next).toBe(100);
      // One hole, in the middle: what is kept has its own numbers and its own text.
      expect(kept.filter((sequence, n) => n > 0 && sequence !== kept[n - 1] + 1)).toHaveLength(1);
      for (const { sequence, text } of output.items) expect(text).toBe(chunk(sequence).text);
      expect(db.appendOutput(run.id, token, [chunk(100)], { expectedSequence: 100 })).toBe(101);
    },
  );

  it('is 8 MiB unless it is given', () => {
    const db = board();
    const { run, token } = running(db);
    const mebibyte = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 8; n += 1) db.appendOutput(run.id, token, [out(mebibyte)]);
    expect(db.getOutput(run.id, { limit: 1 }).truncated).toBe(false);
    for (let n = 0; n < 4; n += 1) db.appendOutput(run.id, token, [out(mebibyte)]);
    const output = allOf(db, run.id, 2);
    expect(output.truncated).toBe(true);
    expect(bytesOf(output)).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(sequences(output)).toEqual(expect.arrayContaining([0, 11]));
  });

  it('is for each run by itself', () => {
    const db = board({ maxOutputBytes: 1000 });
    const [one, two] = [running(db), running(db)];
    db.appendOutput(two.run.id, two.token, [chunk(0)]);
    for (let n = 0; n < 50; n += 1) db.appendOutput(one.run.id, one.token, [chunk(n)]);
    expect(db.getOutput(one.run.id).truncated).toBe(true);
    expect(db.getOutput(two.run.id)).toMatchObject({ truncated: false, items: [{ sequence: 0 }] });
  });

  it.each([-1, 0.5, NaN, '8 MiB', true])('is a whole number of bytes: %o is refused', (maxOutputBytes) => {
    expect(() => board({ maxOutputBytes })).toThrow(/maxOutputBytes must be/);
  });
});
