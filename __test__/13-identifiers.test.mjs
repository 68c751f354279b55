import { describe, expect, it } from 'vitest';
import { thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, worktree, zone } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const LOOK_UPS = {
  getWorktree: (db, id) => db.getWorktree(id),
  updateWorktree: (db, id) => db.updateWorktree(id, { status: 'x' }),
  deleteWorktree: (db, id) => db.deleteWorktree(id),
  getZone: (db, id) => db.getZone(id),
  updateZone: (db, id) => db.updateZone(id, { name: 'x' }),
  deleteZone: (db, id) => db.deleteZone(id),
  getWorktreeZone: (db, id) => db.getWorktreeZone(id),
  removeWorktreeFromZone: (db, id) => db.removeWorktreeFromZone(id),
  getWorktreesInZone: (db, id) => db.getWorktreesInZone(id),
  getExecutionHistory: (db, id) => db.getExecutionHistory(id),
  getWorktreeExecutions: (db, id) => db.getWorktreeExecutions(id),
  getExecution: (db, id) => db.getExecution(id),
};

const NO_TEXT = [
  ['7', 7],
  ['0', 0],
  ['NaN', NaN],
  ['true', true],
  ['false', false],
  ['7n', 7n],
  ['a symbol', Symbol('wt-1')],
  ['a function', () => 'wt-1'],
  ['an object', { id: 'wt-1' }],
  ['an object that has toString', { toString: () => 'wt-1' }],
  ['a boxed string', Object('wt-1')],
  ['an array', ['wt-1']],
  ['a Date', new Date(0)],
];

describe.each(Object.entries(LOOK_UPS))('ids given to %s', (method, call) => {
  it.each(NO_TEXT)('%s is a TypeError that names the method, and changes nothing', (_, id) => {
    const db = furnish(open());
    const before = rows(db);
    const error = thrown(() => call(db, id));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(method);
    expect(error.message).toMatch(/id/i);
    expect(rows(db)).toEqual(before);
  });
});

describe('ids of what is created: a non-empty string', () => {
  const CREATIONS = {
    createWorktree: (db, id) => db.createWorktree(worktree(9, { id })),
    createZone: (db, id) => db.createZone(zone(9, { id })),
  };
  const WRONG = [...NO_TEXT, ['undefined', undefined], ['null', null], ['empty text', '']];

  describe.each(Object.entries(CREATIONS))('%s', (method, call) => {
    it.each(WRONG)('%s is a TypeError that names the field', (_, id) => {
      const db = furnish(open());
      const before = rows(db);
      const error = thrown(() => call(db, id));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain(method);
      expect(error.message).toMatch(/\bid\b/);
      expect(rows(db)).toEqual(before);
    });
  });

  it.each([...NO_TEXT, ['undefined', undefined], ['null', null]])(
    'recordExecution, assignWorktreeToZone: %s',
    (_, id) => {
      const db = furnish(open());
      const before = rows(db);
      for (const [field, call] of [
        ['zoneId', () => db.recordExecution(execution({ zoneId: id }))],
        ['worktreeId', () => db.recordExecution(execution({ worktreeId: id }))],
        ['worktreeId', () => db.assignWorktreeToZone(id, 'zone-1')],
        ['zoneId', () => db.assignWorktreeToZone('wt-1', id)],
      ]) {
        const error = thrown(call);
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toContain(field);
      }
      expect(rows(db)).toEqual(before);
    },
  );
});
