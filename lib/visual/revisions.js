'use strict';

// Updates that are made only where nobody else has changed the entity meanwhile.

const { one } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { options } = require('./arguments.js');
const { metadataOf } = require('./beside.js');
const { conflict } = require('./errors.js');
const knownKeys = require('./known_keys.js');

/** The revision that an update asks for; `undefined` where it asks for none. */
function revisionOf(method, given) {
  const { ifRevision } = options(method, 'options', given, knownKeys.update);
  return ifRevision === null ? undefined : ifRevision;
}

/** The addon's answer to an update that asks for a revision: the entity as it is now, or a conflict. */
function updated(method, entity, name, text, revision) {
  const answer = one(
    {
      width: 1 + entity.width,
      make: (at) => {
        if (cell(at) === 0) return { object: entity.make(at + 1) };
        const current = entity.make(at + 1);
        current.revision = cell(at + 1 + entity.width);
        current.metadata = metadataOf(cell(at + 2 + entity.width));
        return { current };
      },
    },
    text,
  );
  if (answer === null) return null;
  if (answer.current === undefined) return answer.object;
  const message = `${method}: the ${name} was changed since it had the revision that ifRevision asks for`;
  throw conflict(method, 'ifRevision', revision, message, answer.current);
}

module.exports = { revisionOf, updated };
