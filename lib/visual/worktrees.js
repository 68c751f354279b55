'use strict';

const addon = require('../native/addon.js');
const { one, list } = require('../native/objects.js');
const { filter } = require('./arguments.js');
const { allOrNothing, valuesOf } = require('./bulk.js');
const { worktree, newWorktree, worktreeChanges, worktreeRelocation } = require('./fields.js');
const knownKeys = require('./known_keys.js');
const { revisionOf, updated } = require('./revisions.js');
const { stateOf } = require('./state.js');

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
    const created = [];
    allOrNothing(state, 'worktrees', batches, (values, now) => {
      const text = addon.createWorktrees(connection, now, ...values);
      for (const object of list(worktree, text, connection)) created.push(object);
    });
    return created;
  },

  getWorktree(id) {
    const { connection, kept } = stateOf(this, 'getWorktree');
    const known = kept.worktree.get(id);
    return kept.worktree.answer(id, known, addon.getWorktree(connection, kept.worktree.generationOf(known), id));
  },

  listWorktrees(options) {
    const { connection, kept, strict } = stateOf(this, 'listWorktrees');
    const { status } = filter('listWorktrees', options, knownKeys.worktreeFilter, strict);
    const key = status || '';
    const known = kept.worktrees.get(key);
    return kept.worktrees.answer(
      key,
      known,
      addon.listWorktrees(connection, kept.worktrees.generationOf(known), status),
    );
  },

  updateWorktree(id, changes, options) {
    const { connection, strict, clock } = stateOf(this, 'updateWorktree');
    const values = worktreeChanges('updateWorktree', 'changes', changes, strict);
    const revision = revisionOf('updateWorktree', options);
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
