'use strict';

// The options of `createStudioHandler`, checked and with their defaults.

const KEYS = ['write', 'actor', 'basePath', 'token', 'authorize'];
const TOKEN = /^[\w-]{32,}$/;
const PATH = /^(?:\/[\w.-]+)*$/;

/** `{ db, writer, actor, write, basePath, token, authorize, once }`: what the rest of Studio works with. */
function optionsOf(db, options = {}) {
  if (typeof db?.getBoard !== 'function') throw refusal('db', 'must be an open VisualDatabase', db);
  if (options === null || typeof options !== 'object') throw refusal('options', 'must be an object', options);
  for (const key of Object.keys(options)) {
    if (!KEYS.includes(key)) throw refusal(key, `is no option of Studio: they are ${KEYS.join(', ')}`, options[key]);
  }
  const { write = false, actor = { kind: 'user', id: 'studio' }, basePath = '', token, authorize } = options;
  if (typeof write !== 'boolean') throw refusal('write', 'must be a boolean', write);
  if (typeof basePath !== 'string' || !PATH.test(basePath))
    throw refusal('basePath', "must be '' or a path such as '/studio'", basePath);
  if (token !== undefined && !(typeof token === 'string' && TOKEN.test(token)))
    throw refusal('token', 'must be at least 32 letters, digits, - and _', token);
  if (authorize !== undefined && typeof authorize !== 'function')
    throw refusal('authorize', 'must be a function', authorize);
  // Without either, everybody who reaches the server would be let in, and nobody would have said so.
  if ((token === undefined) === (authorize === undefined))
    throw refusal('authorize', 'or `token` must say who may come in, and not both', authorize);
  // `as` refuses a wrong actor. `once` has the tokens that let in one time: see server.js.
  return { db, writer: db.as(actor), actor, write, basePath, token, authorize, once: new Set() };
}

function refusal(field, wanted, value) {
  const error = new TypeError(`createStudioHandler: ${field} ${wanted}`);
  const facts = { code: 'ERR_INVALID_ARG_VALUE', method: 'createStudioHandler', field };
  // Not enumerable, as in the errors of the class: printing the error does not show the value, which may be a token.
  return Object.defineProperty(Object.assign(error, facts), 'value', { value, enumerable: false });
}

module.exports = { optionsOf };
