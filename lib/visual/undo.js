'use strict';

// Undo and redo of what somebody did to the canvas.

const addon = require('../native/addon.js');
const { within, BEGIN_IMMEDIATE } = require('../native/transaction.js');
const { actorText } = require('./actors.js');
const { describe, options } = require('./arguments.js');
const { ALL, readChanges } = require('./changes.js');
const { endPlace } = require('./cursors.js');
const { wrongType, wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

const ON_CONFLICT = new Set(['reject', 'skip']);

/** The methods of VisualDatabase that undo and redo changes. */
const methods = {
  undo(given) {
    return stepBack(this, 'undo', given);
  },

  redo(given) {
    return stepBack(this, 'redo', given);
  },
};

function stepBack(database, method, given) {
  const { connection, clock } = stateOf(database, method);
  const { by, onConflict } = options(method, 'options', given, knownKeys.undo);
  const actor = by === undefined || by === null ? undefined : actorText(method, 'by', by);
  const skip = skips(method, onConflict);
  try {
    return within(connection, BEGIN_IMMEDIATE, () => {
      const before = endPlace(connection);
      if (!addon.stepBack(connection, clock(), method === 'redo', actor, skip)) return null;
      return readChanges(connection, before, ALL, Infinity).found.map((row) => row.change);
    });
  } catch (error) {
    throw error.code === 'ERR_CONFLICT' ? withCurrent(database, error) : error;
  }
}

/** The addon's conflict names the entity that has changed; callers get the entity itself, `null` where it is gone. */
function withCurrent(database, error) {
  const named = error.current ?? '';
  const id = named.slice(named.indexOf(' ') + 1);
  if (named.startsWith('worktree ')) error.current = database.getWorktree(id);
  else error.current = named.startsWith('zone ') ? database.getZone(id) : null;
  return error;
}

function skips(method, given) {
  if (given === undefined || given === null) return false;
  if (ON_CONFLICT.has(given)) return given === 'skip';
  const refused = typeof given === 'string' ? wrongValue : wrongType;
  const message = `${method}: onConflict must be 'reject' or 'skip', got ${describe(given)}`;
  throw refused(method, 'onConflict', given, message);
}

module.exports = { methods };
