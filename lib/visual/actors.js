'use strict';

const addon = require('../native/addon.js');
const { describe, fields } = require('./arguments.js');
const { withoutHandle } = require('./engines.js');
const { wrongType, wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { Stateful, stateOf } = require('./state.js');

const KINDS = ['user', 'agent', 'system'];

/** The method of VisualDatabase that says who does it. */
const methods = {
  as(actor) {
    const state = stateOf(this, 'as');
    const text = actorText('as', 'actor', actor);
    // It inherits all of the state but the connection, through which calls say who made them.
    const seen = Object.create(state);
    seen.connection = addon.actAs(state.connection, text);
    const database = Reflect.construct(Stateful, [seen]);
    if (state.server !== null) withoutHandle(database);
    else database.db = this.db;
    return Object.setPrototypeOf(database, Object.getPrototypeOf(this));
  },
};

/** An actor as text, as the database stores it. */
function actorText(method, name, actor) {
  const { kind, id } = fields(method, name, actor, knownKeys.actor, true);
  check(method, 'kind', kind, `one of ${KINDS.join(', ')}`, KINDS.includes(kind));
  check(method, 'id', id, 'a non-empty string', id !== '');
  return JSON.stringify({ kind, id });
}

function check(method, field, value, must, holds) {
  if (typeof value === 'string' && holds) return;
  const refused = typeof value === 'string' ? wrongValue : wrongType;
  throw refused(method, field, value, `${method}: ${field} must be ${must}, got ${describe(value)}`);
}

module.exports = { actorText, methods };
