'use strict';

// From a row of the log of changes to the change that callers see.

const { cell } = require('../native/rows.js');
const columns = require('./columns.js');

/** The entities that change, in the order of `CHANGED` in src/engine/feed.rs. */
const ENTITIES = ['worktree', 'zone', 'assignment', 'execution', 'run', 'metadata', 'limit', 'budget'];
const OPS = [undefined, 'insert', 'update', 'delete', 'archived', 'restored'];

/** After these operations the entity has no values any more. */
const GONE = new Set(['delete', 'archived']);

/** Fields that are never shown, whoever wrote them there: they may be long or private. */
const BODIES = ['prompt', 'result', 'output'];

/** A change and its place (number and stamp). The last row of all is no change, but says whether there are more. */
const change = {
  width: 12,
  make: (at) => {
    const [seq, stamp, when, by, entity, op, id, zoneId, worktreeId, agentType, success, data] = cells(at);
    const place = [seq, stamp];
    if (entity === null) return { place, isFull: op === 1 };
    const name = ENTITIES[entity];
    const of = { zoneId, worktreeId, agentType, success, data, isNew: op === 1 };
    return {
      place,
      change: {
        seq,
        at: when,
        by: parsed(by),
        entity: name,
        id: name === 'limit' || name === 'budget' ? null : id,
        op: OPS[op],
        fields: GONE.has(OPS[op]) ? {} : FIELDS[name](of),
      },
    };
  },
};

/** The cells of a row, which are read in their order. */
function cells(at) {
  const values = new Array(change.width);
  for (let index = 0; index < change.width; index += 1) values[index] = cell(at + index);
  return values;
}

/** The fields of a change, by entity. */
const FIELDS = {
  worktree: ({ data }) => placed(columns.worktree, parsed(data)),
  zone: ({ data }) => placed(columns.zone, parsed(data)),
  assignment: ({ worktreeId, zoneId, data }) => ({ worktreeId, zoneId, assignedAt: data }),
  execution: ({ zoneId, worktreeId, agentType, success }) => ({
    zoneId,
    worktreeId,
    agentType,
    success: Boolean(success),
  }),
  run: ({ isNew, zoneId, worktreeId, agentType, data }) => ({
    ...(isNew && { zoneId, worktreeId, agentType }),
    ...without(BODIES, parsed(data)),
  }),
  metadata: ({ data }) => ({ ...parsed(data) }),
  limit: ({ zoneId, agentType, data }) => {
    const { wipLimit, limit = null } = { ...parsed(data) };
    return wipLimit === undefined ? { zoneId, agentType, limit } : { zoneId, wipLimit };
  },
  budget: ({ zoneId, worktreeId, agentType, data }) => {
    const { period = null, limitMicros = null } = { ...parsed(data) };
    return { zoneId, worktreeId, agentType, period, limitMicros };
  },
};

/** The values of columns, under the keys of the object. */
function placed(map, values) {
  const object = {};
  for (const [column, value] of Object.entries(values ?? {})) {
    if (!Object.hasOwn(map, column)) continue;
    const [key, member, missing] = map[column];
    if (member) (object[key] ??= {})[member] = value;
    else object[key] = missing === undefined ? value : value ? parsed(value) : parsed(missing);
  }
  return object;
}

/** The value of JSON text; `null` where there is none, or another program wrote what is no JSON: one row must not end a feed. */
function parsed(text) {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function without(keys, object) {
  const rest = { ...object };
  for (const key of keys) delete rest[key];
  return rest;
}

module.exports = { ENTITIES, change };
