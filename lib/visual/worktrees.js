'use strict';

const addon = require('../native/addon.js');
const { one, list } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { counted, filter, flag, instant, name, names, objectText, oneOf, options } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { gathered, valuesOf } = require('./bulk.js');
const { worktree, newWorktree, worktreeChanges, worktreeRelocation } = require('./fields.js');
const knownKeys = require('./known_keys.js');
const { limitOf, pageOf, positionOf } = require('./pages.js');
const { revisionOf, updated } = require('./revisions.js');
const { stateOf } = require('./state.js');

/** The orders of a list; the addon takes the index. */
const ORDERS = ['newest', 'oldest', 'branch', 'updated'];
/** How many worktrees one call of the addon gives: their rows fit one batch. */
const BATCH = 500;
/** The position before the first worktree. */
const START = [null, null];
/** A worktree, and the position after it in the list. */
const FOUND = {
  width: worktree.width + 2,
  make: (at) => ({ item: worktree.make(at), position: [cell(at + worktree.width), cell(at + worktree.width + 1)] }),
};

/** The methods of VisualDatabase that are about worktrees. */
const methods = {
  createWorktree(argument) {
    const { connection, log, strict, clock } = stateOf(this, 'createWorktree');
    try {
      const values = newWorktree('createWorktree', 'worktree', argument, strict);
      const created = one(worktree, addon.createWorktree(connection, clock(), ...values));
      log.info('[VisualDB] Worktree created', { id: created.id });
      return created;
    } catch (error) {
      log.error('[VisualDB] Failed to create worktree', error, { worktree: argument });
      throw error;
    }
  },

  createWorktrees(worktrees) {
    const state = stateOf(this, 'createWorktrees');
    const { connection, strict } = state;
    const batches = valuesOf('createWorktrees', 'worktrees', worktrees, (argument, name) =>
      newWorktree('createWorktrees', name, argument, strict, name),
    );
    return gathered(state, 'worktrees', batches, (values, now) =>
      list(worktree, addon.createWorktrees(connection, now, ...values), connection),
    );
  },

  getWorktree(id) {
    const { connection, kept } = stateOf(this, 'getWorktree');
    const known = kept.worktree.get(id);
    return kept.worktree.answer(id, known, addon.getWorktree(connection, kept.worktree.generationOf(known), id));
  },

  listWorktrees(given) {
    const { connection, kept, strict } = stateOf(this, 'listWorktrees');
    const { status } = filter('listWorktrees', given, knownKeys.worktreeFilter, strict);
    const key = status || '';
    const known = kept.worktrees.get(key);
    return kept.worktrees.answer(
      key,
      known,
      addon.listWorktrees(connection, kept.worktrees.generationOf(known), status),
    );
  },

  findWorktrees(asked) {
    const { connection } = stateOf(this, 'findWorktrees');
    const given = options('findWorktrees', 'filter', asked, knownKeys.findFilter);
    const most = limitOf('findWorktrees', given.limit);
    const of = ['status', 'zoneId'].map((field) => names('findWorktrees', field, given[field]));
    const more = [
      instant('findWorktrees', 'createdSince', given.createdSince) ?? null,
      instant('findWorktrees', 'updatedSince', given.updatedSince) ?? null,
      flag('findWorktrees', 'hasOpenRuns', given.hasOpenRuns),
      objectText('findWorktrees', 'metadata', given.metadata) ?? null,
      name('findWorktrees', 'branchName', given.branchName),
      ORDERS.indexOf(oneOf('findWorktrees', 'orderBy', given.orderBy, ORDERS)),
      flag('findWorktrees', 'archived', given.archived),
    ];
    const key = JSON.stringify([of, more]);
    const position = positionOf('findWorktrees', key, given.after, START);
    const read = (behind, count) =>
      list(FOUND, addon.findWorktrees(connection, count, ...behind, ...more, ...counted(...of)), connection);
    return inSnapshot(connection, () => pageOf(key, position, most, BATCH, read));
  },

  updateWorktree(id, changes, given) {
    const { connection, strict, clock } = stateOf(this, 'updateWorktree');
    const values = worktreeChanges('updateWorktree', 'changes', changes, strict);
    const revision = revisionOf('updateWorktree', given);
    if (revision !== undefined) {
      const text = addon.updateWorktreeIf(connection, clock(), id, ...values, revision);
      return updated('updateWorktree', worktree, 'worktree', text, revision);
    }
    return one(worktree, addon.updateWorktree(connection, clock(), id, ...values));
  },

  relocateWorktree(id, location) {
    const { connection, clock } = stateOf(this, 'relocateWorktree');
    const values = worktreeRelocation('relocateWorktree', 'location', location, true);
    return one(worktree, addon.relocateWorktree(connection, clock(), id, ...values));
  },

  deleteWorktree(id) {
    const { connection, log, clock } = stateOf(this, 'deleteWorktree');
    try {
      addon.deleteWorktree(connection, clock(), id);
    } catch (error) {
      log.error('[VisualDB] Failed to delete worktree', error, { id });
      throw error;
    }
    log.info('[VisualDB] Worktree deleted', { id });
    return true;
  },
};

module.exports = { methods };
