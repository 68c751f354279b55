import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { furnish, without, zone } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const NOW = '2026-05-06T07:08:09.010Z';
beforeEach(() => vi.useFakeTimers({ now: new Date(NOW), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const GIVEN = {
  id: 'zone-dev',
  name: 'Development',
  description: 'Active development work',
  trigger: 'manual',
  agents: ['frontend', 'backend'],
  promptTemplate: 'Implement: {{ github.title }}',
  actions: [{ run: 'tests' }],
  position: { x: 50, y: 60 },
  size: { width: 350, height: 450 },
  createdAt: '2026-01-02T03:04:05.006Z',
};

describe('createZone(z)', () => {
  it('returns the stored Zone: a plain object, every key, in this order', () => {
    const stored = open().createZone(GIVEN);
    expect(JSON.stringify(stored)).toBe(
      '{"id":"zone-dev","name":"Development","description":"Active development work","trigger":"manual",' +
        '"agents":["frontend","backend"],"promptTemplate":"Implement: {{ github.title }}","actions":[{"run":"tests"}],' +
        '"position":{"x":50,"y":60},"size":{"width":350,"height":450},' +
        '"createdAt":"2026-01-02T03:04:05.006Z","updatedAt":null}',
    );
    for (const object of [stored, stored.position, stored.size])
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  });

  it('the defaults', () => {
    expect(open().createZone(zone())).toStrictEqual({
      id: 'zone-1',
      name: 'Zone 1',
      description: null,
      trigger: 'onDrop',
      agents: [],
      promptTemplate: '',
      actions: [],
      position: { x: 0, y: 0 },
      size: { width: 300, height: 200 },
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: null,
    });
  });

  it.each([undefined, null, '', 0, false, NaN])('%s counts as absent for every optional field', (falsy) => {
    const optional = ['description', 'trigger', 'agents', 'promptTemplate', 'actions'];
    const stored = open().createZone(zone(1, Object.fromEntries(optional.map((key) => [key, falsy]))));
    expect(stored).toStrictEqual(open().createZone(zone()));
    const parts = { position: { x: falsy, y: falsy }, size: { width: falsy, height: falsy } };
    expect(open().createZone(zone(1, parts))).toStrictEqual(open().createZone(zone()));
  });

  it('no position and no size at all', () => {
    for (const missing of [undefined, null, {}])
      expect(open().createZone(zone(1, { position: missing, size: missing }))).toStrictEqual(open().createZone(zone()));
  });

  it.each([
    [{ position: { x: 5 } }, { position: { x: 5, y: 0 } }],
    [{ position: { y: 5 } }, { position: { x: 0, y: 5 } }],
    [{ size: { width: 5 } }, { size: { width: 5, height: 200 } }],
    [{ size: { height: 5 } }, { size: { width: 300, height: 5 } }],
  ])('parts alone: %o', (given, stored) => expect(open().createZone(zone(1, given))).toMatchObject(stored));

  it.each([undefined, null, ''])('createdAt %s is now', (createdAt) => {
    expect(open().createZone(zone(1, { createdAt })).createdAt).toBe(NOW);
    expect(open().createZone({ id: 'z', name: 'n' }).createdAt).toBe(NOW);
  });

  it('missing name keeps the NOT NULL error; an empty one is text', () => {
    const db = furnish(open());
    const before = rows(db);
    for (const given of [without(zone(9), 'name'), zone(9, { name: null }), zone(9, { name: undefined })])
      expect(failure(() => db.createZone(given))).toEqual({
        name: 'SqliteError',
        code: 'SQLITE_CONSTRAINT_NOTNULL',
        message: 'NOT NULL constraint failed: zones.name',
      });
    expect(rows(db)).toEqual(before);
    expect(db.createZone(zone(9, { name: '' })).name).toBe('');
  });

  it('two zones of one id: SQLITE_CONSTRAINT_PRIMARYKEY', () => {
    const db = furnish(open());
    const before = rows(db);
    expect(failure(() => db.createZone(zone(1)))).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
      message: 'UNIQUE constraint failed: zones.id',
    });
    expect(rows(db)).toEqual(before);
  });
});

describe('getZone(id) and listZones()', () => {
  it('the Zone as createZone returned it', () => {
    const db = open();
    const stored = db.createZone(GIVEN);
    expect(db.getZone('zone-dev')).toStrictEqual(stored);
  });

  it.each(['nowhere', '', undefined, null])('%o finds nothing: null', (id) =>
    expect(furnish(open()).getZone(id)).toBeNull(),
  );

  it('newest createdAt first, equal ones in order of insertion', () => {
    const db = open();
    for (const [n, createdAt] of ['b', 'c', 'a', 'c', 'b'].entries()) db.createZone(zone(n, { createdAt }));
    expect(db.listZones().map(({ id }) => id)).toEqual(['zone-1', 'zone-3', 'zone-0', 'zone-4', 'zone-2']);
    expect(db.listZones()[0]).toStrictEqual(db.getZone('zone-1'));
    expect(open().listZones()).toStrictEqual([]);
  });
});

describe('updateZone(id, changes)', () => {
  it.each([
    [{ name: 'Dev' }, { name: 'Dev' }],
    [{ description: 'd' }, { description: 'd' }],
    [{ trigger: 'onDrop' }, { trigger: 'onDrop' }],
    [{ agents: ['qa'] }, { agents: ['qa'] }],
    [{ agents: null }, { agents: null }],
    [{ actions: { run: [] } }, { actions: { run: [] } }],
    [{ actions: null }, { actions: null }],
    [
      { agents: false, actions: 0 },
      { agents: false, actions: 0 },
    ],
    [{ promptTemplate: 'p' }, { promptTemplate: 'p' }],
    [{ prompt_template: 'p' }, { promptTemplate: 'p' }],
    [{ description: null }, { description: null }],
    [{ position: { x: 7 } }, { position: { x: 7, y: 60 } }],
    [{ position: { y: 7 } }, { position: { x: 50, y: 7 } }],
    [{ position_x: 7 }, { position: { x: 7, y: 60 } }],
    [{ position_y: 7 }, { position: { x: 50, y: 7 } }],
    [{ size: { width: 7 } }, { size: { width: 7, height: 450 } }],
    [{ size: { height: 7 } }, { size: { width: 350, height: 7 } }],
    [{ size_width: 7 }, { size: { width: 7, height: 450 } }],
    [{ size_height: 7 }, { size: { width: 350, height: 7 } }],
    [{ size: { width: 0, height: 0 } }, { size: { width: 0, height: 0 } }],
    [
      { name: '', description: '', trigger: '', promptTemplate: '' },
      { name: '', description: '', trigger: '', promptTemplate: '' },
    ],
  ])('%o: the stored Zone, changed in this alone, updatedAt now', (changes, changed) => {
    const db = open();
    const before = db.createZone(GIVEN);
    const after = db.updateZone('zone-dev', changes);
    expect(after).toStrictEqual({ ...before, ...changed, updatedAt: NOW });
    expect(db.getZone('zone-dev')).toStrictEqual(after);
  });

  it.each([
    [{ promptTemplate: 'a', prompt_template: 'b' }, { promptTemplate: 'b' }],
    [{ prompt_template: 'b', promptTemplate: 'a' }, { promptTemplate: 'a' }],
    [{ prompt_template: 'b', promptTemplate: undefined }, { promptTemplate: 'b' }],
    [{ position: { x: 10 }, position_x: 11 }, { position: { x: 10, y: GIVEN.position.y } }],
    [{ position_x: 11, position: { x: null, y: 12 } }, { position: { x: 11, y: 12 } }],
    [{ size_width: 11, size: { width: 10 }, size_height: 12 }, { size: { width: 10, height: 12 } }],
    [{ size: { width: null, height: 10 }, size_width: 11, size_height: 12 }, { size: { width: 11, height: 10 } }],
  ])('of two spellings the later key wins, a part over its column: %o', (changes, changed) => {
    const db = open();
    const before = db.createZone(GIVEN);
    expect(db.updateZone('zone-dev', changes)).toStrictEqual({ ...before, ...changed, updatedAt: NOW });
  });

  it.each([
    [{}],
    [{ id: 'other', createdAt: 'x', updatedAt: 'x', status: 'x', taskId: 't' }],
    [{ name: undefined, description: undefined, trigger: undefined, agents: undefined, actions: undefined }],
    [{ promptTemplate: undefined, prompt_template: undefined, position: undefined, size: undefined }],
    [{ position: {}, size: {} }],
    [{ position: null, size: null }],
    [{ position: { x: null }, size: { width: null, height: undefined } }],
    [{ position_x: null, position_y: null, size_width: null, size_height: null }],
  ])('nothing to change (%o): the row as it is, updatedAt untouched', (changes) => {
    const db = open();
    const before = db.createZone(GIVEN);
    expect(db.updateZone('zone-dev', changes)).toStrictEqual(before);
  });

  it('name: null keeps the NOT NULL error', () => {
    const db = furnish(open());
    const before = rows(db);
    expect(failure(() => db.updateZone('zone-1', { trigger: 'x', name: null }))).toEqual({
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_NOTNULL',
      message: 'NOT NULL constraint failed: zones.name',
    });
    expect(rows(db)).toEqual(before);
  });

  it.each(['trigger', 'promptTemplate', 'prompt_template'])('%s: null is a TypeError', (field) => {
    const db = furnish(open());
    const before = rows(db);
    const error = thrown(() => db.updateZone('zone-1', { name: 'x', [field]: null }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(new RegExp(`(${field}|promptTemplate).*null`));
    expect(rows(db)).toEqual(before);
  });

  it.each(['nowhere', '', undefined, null])('null where there is none: %o', (id) => {
    const db = furnish(open());
    const before = rows(db);
    expect(db.updateZone(id, { name: 'x' })).toBeNull();
    expect(db.updateZone(id, {})).toBeNull();
    expect(rows(db)).toEqual(before);
  });
});

describe('deleteZone(id)', () => {
  it('true; assignments and executions go with it, worktrees stay', () => {
    const db = furnish(open());
    expect(db.deleteZone('zone-1')).toBe(true);
    expect(db.getZone('zone-1')).toBeNull();
    expect(db.getWorktreeZone('wt-1')).toBeNull();
    expect(db.getStats()).toEqual({ worktrees: 3, zones: 1, assignments: 0, executions: 0 });
  });

  it.each(['nowhere', '', undefined, null])('%o: an Error, Zone not found', (id) => {
    const db = furnish(open());
    const before = rows(db);
    const error = thrown(() => db.deleteZone(id));
    expect(error.constructor).toBe(Error);
    expect(error.message).toBe(`Zone not found: ${id}`);
    expect(rows(db)).toEqual(before);
  });
});
