import { expect } from 'vitest';

/** A database is sound: its pages, indexes and references agree. */
export function expectSound(visual) {
  expect(visual.db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(visual.db.pragma('foreign_key_check')).toEqual([]);
  const all = 'SELECT (SELECT count(*) FROM zone_executions) + (SELECT count(*) FROM archived_executions)';
  const counted = visual.db.prepare(all).pluck().get();
  expect(visual.getStats().executions).toBe(counted);
}
