// `setWipLimit`: how many worktrees a zone is to have at most. Only a move asks.
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from './support/sql.mjs';
import { board, everything, refusal } from './support/runs.mjs';

let db;
beforeEach(() => (db = board()));

const limits = () => Object.fromEntries(sql(db).prepare('SELECT zone_id, most FROM wip_limits').raw().all());
const logged = () =>
  sql(db).prepare(`SELECT id, op, zone_id, worktree_id, data, "by" FROM changes WHERE entity = 7 ORDER BY seq`).all();

describe('setWipLimit(zoneId, limit)', () => {
  it('sets it, changes it and lifts it', () => {
    expect(db.setWipLimit('zone-1', 2)).toBeUndefined();
    db.setWipLimit('zone-2', 0);
    expect(limits()).toEqual({ 'zone-1': 2, 'zone-2': 0 });
    db.setWipLimit('zone-1', 5);
    db.setWipLimit('zone-2', null);
    expect(limits()).toEqual({ 'zone-1': 5 });
  });

  it('is told to the log, with who it was, and only where it is another', () => {
    db.setWipLimit('zone-1', null);
    db.as({ kind: 'user', id: 'anna' }).setWipLimit('zone-1', 2);
    db.setWipLimit('zone-1', 2);
    db.setWipLimit('zone-1', null);
    const row = { id: 'wipLimit', op: 2, zone_id: 'zone-1', worktree_id: null };
    expect(logged()).toStrictEqual([
      { ...row, data: '{"wipLimit":2}', by: '{"kind":"user","id":"anna"}' },
      { ...row, data: '{"wipLimit":null}', by: null },
    ]);
  });

  it('refuses nobody who assigns', () => {
    db.setWipLimit('zone-1', 1);
    db.assignWorktreesToZone(['wt-1', 'wt-2'], 'zone-1');
    db.assignWorktreeToZone('wt-3', 'zone-1');
    expect(db.getWorktreesInZone('zone-1')).toHaveLength(3);
  });

  it('goes with the zone, whoever deletes it', () => {
    for (const remove of [() => db.deleteZone('zone-1'), () => sql(db).exec(`DELETE FROM zones WHERE id = 'zone-1'`)]) {
      db.setWipLimit('zone-1', 3);
      remove();
      expect(limits()).toEqual({});
      db.createZone({ id: 'zone-1', name: 'Z' });
    }
  });

  it('is undone with the transaction', () => {
    const before = everything(db);
    expect(() =>
      db.transaction(() => {
        db.setWipLimit('zone-1', 3);
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(everything(db)).toStrictEqual(before);
  });

  it('of a zone that isn’t there: ERR_NOT_FOUND', () => {
    for (const limit of [1, null])
      expect(refusal(() => db.setWipLimit('wt-1', limit))).toEqual({
        name: 'Error',
        code: 'ERR_NOT_FOUND',
        method: 'setWipLimit',
        field: 'zoneId',
        value: 'wt-1',
      });
    expect(logged()).toEqual([]);
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('refuses %o', (limit) => {
    expect(refusal(() => db.setWipLimit('zone-1', limit))).toMatchObject({
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      method: 'setWipLimit',
      field: 'limit',
      value: limit,
    });
  });

  it.each([undefined, '3', true, {}])('refuses %o', (limit) => {
    expect(refusal(() => db.setWipLimit('zone-1', limit))).toMatchObject({
      name: 'TypeError',
      method: 'setWipLimit',
      field: 'limit',
    });
  });
});
