'use strict';

const addon = require('../native/addon.js');
const { cell } = require('../native/rows.js');
const { gathered, valuesOf } = require('./bulk.js');
const { stateOf } = require('./state.js');

/** The id of a zone. */
const zoneId = { width: 1, make: (at) => cell(at), copy: (id) => id };

/** Which worktree is in which zone. */
const assignment = {
  width: 2,
  make: (at) => ({ worktreeId: cell(at), zoneId: cell(at + 1) }),
  copy: (object) => ({ ...object }),
};

/** The methods of VisualDatabase that are about which worktree is in which zone. */
const methods = {
  assignWorktreeToZone(worktree, zone) {
    const { connection, clock } = stateOf(this, 'assignWorktreeToZone');
    addon.assignWorktree(connection, clock(), worktree, zone);
    return true;
  },

  assignWorktreesToZone(worktreeIds, zone) {
    const state = stateOf(this, 'assignWorktreesToZone');
    const { connection } = state;
    const batches = valuesOf('assignWorktreesToZone', 'worktreeIds', worktreeIds, (id) => [id]);
    const assign = (ids, now) => addon.assignWorktrees(connection, now, zone, ...ids) ?? [];
    // The elements are the ids themselves, and the zone belongs to none of them.
    const fieldOf = (element, field) => (field === 'worktreeId' ? element : field);
    gathered(state, 'worktreeIds', batches, assign, fieldOf);
    return true;
  },

  getWorktreeZone(worktree) {
    const { connection, kept } = stateOf(this, 'getWorktreeZone');
    const known = kept.worktreeZone.get(worktree);
    return kept.worktreeZone.answer(
      worktree,
      known,
      addon.getWorktreeZone(connection, kept.worktreeZone.generationOf(known), worktree),
    );
  },

  removeWorktreeFromZone(worktree) {
    const { connection, clock } = stateOf(this, 'removeWorktreeFromZone');
    addon.removeAssignment(connection, clock(), worktree);
    return true;
  },

  getWorktreesInZone(zone) {
    const { connection, kept } = stateOf(this, 'getWorktreesInZone');
    const known = kept.worktreesInZone.get(zone);
    return kept.worktreesInZone.answer(
      zone,
      known,
      addon.listWorktreesInZone(connection, kept.worktreesInZone.generationOf(known), zone),
    );
  },
};

module.exports = { methods, assignment, zoneId };
