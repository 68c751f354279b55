'use strict';

// Checks the hand-written interfaces of index.d.ts against the entities that src/model declares: the names of fields in their
// order, which of them may be left out, whether they can be null, and what they hold.

const path = require('node:path');
const { ROOT, addon } = require('../setup.js');
const { report } = require('./files.js');
const { readTypes } = require('./types.js');

/** The type of a field in objects, by what it holds. */
const READ = {
  id: 'string',
  text: 'string',
  time: 'string',
  instant: 'string',
  port: 'number',
  integer: 'number',
  boolean: 'boolean',
  coordinate: 'number',
};
const GROUPS = { position: 'Position', size: 'Size', usage: 'Usage' };

const capital = (name) => name[0].toUpperCase() + name.slice(1);
const groupOf = ({ name }) => (name.includes('.') ? name.split('.')[0] : undefined);
const unique = (names) => [...new Set(names)];

/** Fields by their key in JavaScript, in order: those of `position.x` and `position.y` under `position`. */
function byKey(fields) {
  const keys = unique(fields.map((field) => groupOf(field) ?? field.name));
  return keys.map((key) => [key, fields.filter((field) => (groupOf(field) ?? field.name) === key)]);
}

/** The members of a union; the insides of object types are removed first, since they have unions of their own. */
const unionOf = (type) => type.replaceAll(/\{[^}]*\}/g, '{}').split(' | ');

/** Whether a type says what a field holds: by name, or by a parameter such as `Status`. */
const says = (type, { name, holds }) =>
  unionOf(type).includes(capital(name)) || (holds !== 'json' && unionOf(type).includes(READ[holds]));

/** The parts of an object type: `x` and `y` of `{ x?: number; y?: number }`, all of which may be left out. */
const partsOf = (type) => [...type.matchAll(/(\w+)\?:/g)].map(([, name]) => name);

/** What is wrong with a member of an interface, compared with the fields that it should declare. */
function wrong(key, fields, { type, isOptional }, { optional, nullable }) {
  const found = [];
  if (isOptional !== optional) found.push(`${key} ${optional ? 'may' : 'may not'} be left out`);
  if (unionOf(type).includes('null') !== nullable) found.push(`${key} ${nullable ? 'can' : 'can not'} be null`);
  if (groupOf(fields[0]) === undefined) {
    if (!says(type, fields[0])) found.push(`${key} holds ${fields[0].holds}`);
    return found;
  }
  const parts = fields.map(({ name }) => name.split('.')[1]);
  if (type !== GROUPS[key] && partsOf(type).join() !== parts.join()) found.push(`${key} has ${parts.join(' and ')}`);
  return found;
}

/** The members of the interface of objects that are read. A group is never null, whatever its parts are. */
const read = ({ fields }) =>
  byKey(fields).map(([key, of]) => [
    key,
    of,
    { optional: false, nullable: of[0].nullable && groupOf(of[0]) === undefined },
  ]);

function made({ fields }) {
  return byKey(fields.filter(({ given }) => given)).map(([key, of]) => {
    const [{ holds, hasDefault }] = of;
    const nullable = hasDefault || holds === 'boolean';
    // JSON has a null of its own.
    return [key, of, { optional: nullable || holds === 'json', nullable }];
  });
}

/** The members of the interface for an edit. An update takes both spellings. */
function changed({ fields }, edit) {
  const taken = fields.filter((field) => field.edit === edit);
  const columns = edit === 'update' ? taken.filter(({ name, column }) => name !== column) : [];
  const rule = (field) => ({ optional: true, nullable: field.nullable || groupOf(field) !== undefined });
  return [
    ...byKey(taken).map(([key, of]) => [key, of, rule(of[0])]),
    ...columns.map((field) => [field.column, [{ ...field, name: field.column }], rule(field)]),
  ];
}

/** What the interfaces of an entity should be: `[name, members]`, a member being `[key, fields, { optional, nullable }]`. */
function expected(entity) {
  const name = capital(entity.name);
  const interfaces = [
    [name, read(entity)],
    [`New${name}`, made(entity)],
    [`${name}Changes`, changed(entity, 'update')],
    [`${name}Relocation`, changed(entity, 'relocate')],
  ];
  return interfaces.filter(([, members]) => members.length > 0);
}

/** Where the interfaces of a checkout are not what `entities` declare, a line each. */
async function problems(root, entities) {
  const project = path.join(root, '__test__', 'types', 'tsconfig.json');
  const { declared } = await readTypes(path.join(root, 'index.d.ts'), project);
  return entities.flatMap(expected).flatMap(([name, members]) => {
    const found = declared[name] ?? [];
    const keys = members.map(([key]) => key);
    const names = found.map((member) => member.name);
    if (names.join() !== keys.join()) return [`${name} has ${names.join(', ')} instead of ${keys.join(', ')}`];
    return members
      .flatMap(([key, fields, rule], index) => wrong(key, fields, found[index], rule))
      .map((what) => `${name}: ${what}, says src/model`);
  });
}

/** The entities as the addon declares them. */
function entities() {
  addon();
  const native = require('../../lib/native/binary.js');
  return JSON.parse(native.declarations()).entities;
}

module.exports = { problems };
if (require.main === module) problems(ROOT, entities()).then(report);
