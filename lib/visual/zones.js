'use strict';

const addon = require('../native/addon.js');
const { one } = require('../native/objects.js');
const { zone, newZone, zoneChanges } = require('./fields.js');
const { revisionOf, updated } = require('./revisions.js');
const { stateOf } = require('./state.js');

/** The methods of VisualDatabase that are about zones. */
const methods = {
  createZone(argument) {
    const { connection, strict, clock } = stateOf(this, 'createZone');
    const values = newZone('createZone', 'zone', argument, strict);
    return one(zone, addon.createZone(connection, clock(), ...values));
  },

  getZone(id) {
    const { connection, kept } = stateOf(this, 'getZone');
    const known = kept.zone.get(id);
    return kept.zone.answer(id, known, addon.getZone(connection, kept.zone.generationOf(known), id));
  },

  listZones() {
    const { connection, kept } = stateOf(this, 'listZones');
    const known = kept.zones.get('');
    return kept.zones.answer('', known, addon.listZones(connection, kept.zones.generationOf(known)));
  },

  updateZone(id, changes, options) {
    const { connection, strict, clock } = stateOf(this, 'updateZone');
    const values = zoneChanges('updateZone', 'changes', changes, strict);
    const revision = revisionOf('updateZone', options);
    if (revision !== undefined) {
      const text = addon.updateZoneIf(connection, clock(), id, ...values, revision);
      return updated('updateZone', zone, 'zone', text, revision);
    }
    return one(zone, addon.updateZone(connection, clock(), id, ...values));
  },

  deleteZone(id) {
    const { connection, log, clock } = stateOf(this, 'deleteZone');
    try {
      addon.deleteZone(connection, clock(), id);
    } catch (error) {
      log.error('[VisualDB] Failed to delete zone', error, { id });
      throw error;
    }
    log.info('[VisualDB] Zone deleted', { id });
    return true;
  },
};

module.exports = { methods };
