import { describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { open, place } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const LIMIT = 64 * 1024 * 1024;

describe('text of up to 64 MiB in UTF-8', () => {
  it('is stored and comes back', () => {
    const db = furnish(open(place()));
    const prompt = 'p'.repeat(LIMIT);
    const id = db.recordExecution(execution({ prompt }));
    expect(db.getExecution(id).prompt === prompt).toBe(true);
  });

  it('one byte more is a RangeError that names the field and its size, not its text', () => {
    const db = furnish(open());
    const before = rows(db);
    const text = 'p'.repeat(LIMIT + 1);
    for (const [field, call] of [
      ['path', () => db.createWorktree(worktree(9, { path: text }))],
      ['id', () => db.createWorktree(worktree(9, { id: text }))],
      ['status', () => db.updateWorktree('wt-1', { status: text })],
      ['promptTemplate', () => db.createZone(zone(9, { promptTemplate: text }))],
      ['prompt', () => db.recordExecution(execution({ prompt: text }))],
      ['result', () => db.recordExecution(execution({ result: text }))],
      ['agents', () => db.updateZone('zone-1', { agents: [text] })],
    ]) {
      const error = thrown(call);
      expect(error, field).toBeInstanceOf(RangeError);
      expect(error.message).toContain(field);
      expect(error.message.length).toBeLessThan(500);
    }
    expect(rows(db)).toEqual(before);
  });

  it('bytes count, not characters', () => {
    const db = furnish(open());
    const error = thrown(() => db.recordExecution(execution({ prompt: 'ü'.repeat(LIMIT / 2 + 1) })));
    expect(error).toBeInstanceOf(RangeError);
    expect(db.getStats().executions).toBe(1);
  });

  it('a look-up by such a text finds nothing or is a RangeError', () => {
    const db = furnish(open());
    const text = 'x'.repeat(LIMIT + 1);
    try {
      expect(db.getWorktree(text)).toBeNull();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  });

  it('an error shows the beginning of a long value only', () => {
    const error = thrown(() => furnish(open()).createWorktree(worktree(9, { port: 'x'.repeat(LIMIT) })));
    expect(error.message).toContain('port');
    expect(error.message.length).toBeLessThan(500);
  });
});

describe('many rows', () => {
  it('ten thousand runs come back whole, newest first', () => {
    const db = furnish(open());
    db.transaction(() => {
      for (let n = 0; n < 10_000; n++) db.recordExecution(execution({ prompt: String(n), result: { n } }));
    });
    const history = db.getExecutionHistory('zone-1', -1);
    expect(history).toHaveLength(10_001);
    const order = history.slice(0, -1).map(({ prompt, result }) => Number(prompt) === result.n && result.n);
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, n) => 9_999 - n));
    expect(db.getExecutionStats().total).toBe(10_001);
  });

  it('rows of very different sizes', () => {
    const db = furnish(open());
    const sizes = [0, 1, 100_000, 3, 1_000_000, 7, 65_535, 65_536, 0, 16];
    for (const size of sizes) db.recordExecution(execution({ prompt: 'ü'.repeat(size), result: 'x'.repeat(size) }));
    const read = db.getExecutionHistory('zone-1', sizes.length).toReversed();
    expect(read.map(({ prompt, result }) => [prompt.length, result.length])).toEqual(sizes.map((size) => [size, size]));
  });
});
