'use strict';

// `npm run generate`: writes the JavaScript that has to agree with Rust, from the declarations that the addon exports
// (src/declarations.rs). `--check` writes nothing, and fails where a file differs from what would be written.

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { controls, head, layout, sizes } = require('./generated/constants.js');
const { lists } = require('./generated/lists.js');
const { ROOT, dependencies, addon } = require('./setup.js');

const quoted = (names) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
const capital = (name) => name[0].toUpperCase() + name.slice(1);
/** `position` of `position.x`, `undefined` of `path`. */
const groupOf = ({ name }) => (name.includes('.') ? name.split('.')[0] : undefined);
const unique = (names) => [...new Set(names)];
/** The keys of an object with the fields: `position.x` is in `position`. */
const keysOf = (fields) => unique(fields.map((field) => groupOf(field) ?? field.name));
const groupsOf = (fields) => unique(fields.map(groupOf).filter(Boolean));

/** The edits that any field belongs to. Only updates take the columns' spellings, as those of the JavaScript layer did. */
function edits(fields) {
  const all = [
    { edit: 'update', suffix: 'Changes', spellings: true },
    { edit: 'relocate', suffix: 'Relocation', spellings: false },
  ];
  return all
    .map((how) => ({
      ...how,
      taken: fields.filter(({ edit }) => edit === how.edit),
      fixed: fields.filter(({ edit }) => edit !== how.edit),
    }))
    .filter(({ taken }) => taken.length > 0);
}

/** The keys of the objects that methods take. */
function keys({ entities }) {
  const lists = [];
  for (const { name, fields } of entities) {
    const given = fields.filter((field) => field.given);
    const columns = (list) => list.filter((field) => field.column !== field.name).map((field) => field.column);
    const takenNew = keysOf(given);
    const others = (taken, names) => unique(names).filter((key) => !taken.includes(key));
    lists.push([`new${capital(name)}`, takenNew, others(takenNew, keysOf(fields))]);
    for (const { suffix, taken, fixed, spellings } of edits(fields)) {
      const keys = [...keysOf(taken), ...(spellings ? columns(taken) : [])];
      lists.push([`${name}${suffix}`, keys, others(keys, [...keysOf(fixed), ...(spellings ? columns(fixed) : [])])]);
    }
  }
  return `${head('The keys that methods take, and those that the object has, too, but they do not take.', 'src/model')}
module.exports = {
${lists.map(([name, taken, fixed]) => `  ${name}: { taken: ${quoted(taken)}, fixed: ${quoted(fixed)} },`).join('\n')}
};
`;
}

const isJson = ({ holds }) => holds === 'json' || holds === 'object';

/** The code for the value of a cell in the object. */
function read(field, index, entity) {
  const cell = index === 0 ? 'cell(at)' : `cell(at + ${index})`;
  if (field.holds === 'boolean') return `Boolean(${cell})`;
  if (!isJson(field)) return cell;
  // A field with a default holds settings, of which a board has few different ones: each is parsed once.
  const parse = field.hasDefault ? 'parseRepeated' : 'JSON.parse';
  return `json(${parse}, ${cell}, '${field.missing}', '${entity}', id, '${field.name}')`;
}

/** The code of an object literal: `value` gives that of each field; those of a group are in an object of their own. */
function literal(fields, value) {
  const parts = keysOf(fields).map((key) => {
    const members = fields.filter((field) => groupOf(field) === key);
    if (members.length === 0) {
      const field = fields.find(({ name }) => name === key);
      const written = value(field);
      return written === key ? key : `${key}: ${written}`;
    }
    return `${key}: { ${members.map((field) => `${field.name.split('.')[1]}: ${value(field)}`).join(', ')} }`;
  });
  return `{ ${parts.join(', ')} }`;
}

/** The same, with further members. */
const literalWith = (fields, value, more) =>
  `${literal(fields, value).slice(0, -2)}${more.map(([key, written]) => `, ${key}: ${written}`).join('')} }`;

/** The code of the function that makes an entity's object from cells. */
function maker({ name, fields }, more = []) {
  const cell = (field) => read(field, fields.indexOf(field), name);
  if (!fields.some(isJson)) return `(at) => (${literalWith(fields, cell, more)})`;
  const own = (field) => (field.name === 'id' ? 'id' : cell(field));
  return `(at) => {\n    const id = cell(at);\n    return ${literalWith(fields, own, more)};\n  }`;
}

/** The code of the function that copies such an object. */
function copier({ name, fields }, more = []) {
  const copied = (field) => (isJson(field) ? `copyJson(${name}.${field.name})` : `${name}.${field.name}`);
  return `(${name}) => (${literalWith(fields, copied, more)})`;
}

function entity(declared) {
  const { name, fields } = declared;
  return `
const ${name} = {
  /** How many cells a row has. */
  width: ${fields.length},
  /** The object of the cells from an index on. */
  make: ${maker(declared)},
  /** A caller's own copy of such an object. */
  copy: ${copier(declared)},
};
${lists(declared, { read, literal, groupOf })}${values(
    `new${capital(name)}`,
    fields.filter((field) => field.given),
    givenValue,
  )}${edits(fields)
    .map(({ suffix, taken, spellings }) => values(`${name}${suffix}`, taken, spellings ? changedValue : plainValue))
    .join('')}`;
}

/** The code of a function that reads a method's argument, each key once, into the values that the addon takes. */
function values(name, fields, value) {
  if (fields.length === 0) return '';
  const groups = groupsOf(fields).map(
    (group) =>
      `  const ${group} = group(method, fieldName(element, '${group}'), given.${group}, knownKeys.${group}, strict);\n`,
  );
  const body = `${groups.join('')}  return [${fields.map(value).join(', ')}];`;
  const [behind, parameter] = body.includes('(element') ? [' It may be an element of a list.', ', element'] : ['', ''];
  return `
/** The values that the addon takes, read from the argument \`name\` of \`method\`.${behind} */
function ${name}(method, name, argument, strict${parameter}) {
  const given = fields(method, name, argument, knownKeys.${name}, strict);
${body}
}
`;
}

function givenValue(field) {
  const { name, holds, hasDefault } = field;
  if (groupOf(field)) return name;
  if (holds === 'boolean') return `Boolean(given.${name})`;
  if (holds === 'instant') return `instant(method, fieldName(element, '${name}'), given.${name})`;
  if (holds === 'object') return `objectText(method, fieldName(element, '${name}'), given.${name})`;
  if (holds !== 'json') return `given.${name}`;
  return `${hasDefault ? 'jsonTextOrDefault' : 'jsonText'}(method, fieldName(element, '${name}'), given.${name})`;
}

const plainValue = ({ name }) => `given.${name}`;

function changedValue(field) {
  const { name, column, holds } = field;
  if (groupOf(field)) return `${name} ?? given.${column}`;
  if (holds === 'json') return `jsonText(method, fieldName(element, '${name}'), given.${name})`;
  return name === column ? `given.${name}` : `later(given, '${name}', given.${name}, '${column}', given.${column})`;
}

/** Imports that generated code may need, by file. */
const IMPORTS = {
  '../native/rows.js': ['cell'],
  './arguments.js': ['fieldName', 'fields', 'group', 'instant', 'jsonText', 'jsonTextOrDefault', 'later', 'objectText'],
  './json.js': ['copyJson', 'json', 'parseRepeated'],
};

/** The file for some of the entities: their objects, and the arguments of methods. */
const fields =
  (about, isThere) =>
  ({ entities }) => {
    const these = entities.filter(isThere);
    const body = these.map(entity).join('');
    const functions = [...body.matchAll(/^(?:function|const) (\w+)/gm)].map(([, name]) => name);
    const imports = Object.entries(IMPORTS).map(([file, names]) => {
      const used = names.filter((name) => new RegExp(`\\b${name}\\(|\\(${name},`).test(body));
      return `const { ${used.join(', ')} } = require('${file}');\n`;
    });
    return `${head(`${about}: their objects, and what methods are given of them.`, 'src/model')}
${imports.join('')}const knownKeys = require('./known_keys.js');
${body}
module.exports = { ${functions.join(', ')} };
`;
  };

/** What a board's entities have beside their fields, from the cells after those: the code for each key, and for copying it. */
const BESIDE = {
  worktree: (cell, runs) => [
    ['revision', cell(0)],
    ['metadata', `metadataOf(${cell(1)})`, 'copyJson'],
    ['openRuns', runs ? cell(2) : 'null'],
    ['latestRun', runs ? `latestRun(${cell(3)}, ${cell(4)})` : 'null', 'copyJson'],
    ['costMicros', runs ? cell(5) : 'null'],
  ],
  zone: (cell) => [
    ['revision', cell(0)],
    ['metadata', `metadataOf(${cell(1)})`, 'copyJson'],
    ['wipLimit', cell(2)],
  ],
};

/** An entity as a board has it, in one literal: adding keys to an object later takes twice as long. */
function ofBoard(declared, called, width, runs) {
  const { name, fields: own } = declared;
  const beside = BESIDE[name]((nth) => `cell(at + ${own.length + nth})`, runs);
  const copied = beside.map(([key, , copy]) => [key, copy ? `${copy}(${name}.${key})` : `${name}.${key}`]);
  return `
const ${called} = {
  width: ${own.length + width},
  make: ${maker(declared, beside)},
  copy: ${copier(declared, copied)},
};
`;
}

/** Worktrees and zones as a board has them. */
function boardFields({ entities }) {
  const [worktree, zone] = ['worktree', 'zone'].map((name) => entities.find((entity) => entity.name === name));
  return `${head('Worktrees and zones as a board has them, with what is beside them.', 'src/model')}
const { cell } = require('../native/rows.js');
const { latestRun, metadataOf } = require('./beside.js');
const { copyJson, json, parseRepeated } = require('./json.js');
${ofBoard(worktree, 'boardWorktree', 2, false)}${ofBoard(worktree, 'boardWorktreeWithRuns', 6, true)}${ofBoard(zone, 'boardZone', 3, false)}
module.exports = { boardWorktree, boardWorktreeWithRuns, boardZone };
`;
}

const isRun = ({ name }) => name === 'run';

/** Where the values of columns belong in objects, for the entities whose columns are in the log of changes. */
function columns({ entities }) {
  const part = (field) => {
    const [key, member] = field.name.split('.');
    if (member) return `['${key}', '${member}']`;
    return isJson(field) ? `['${key}', null, '${field.missing}']` : `['${key}']`;
  };
  const maps = ['worktree', 'zone'].map((name) => {
    const { fields: all } = entities.find((entity) => entity.name === name);
    return `  ${name}: { ${all.map((field) => `${field.logged}: ${part(field)}`).join(', ')} },`;
  });
  return `${head('Where the values of columns belong, as the log calls them: the key, the key within that, and what stands for missing JSON.', 'src/model')}
module.exports = {
${maps.join('\n')}
};
`;
}

const FILES = {
  'lib/native/layout.js': layout,
  'lib/native/controls.js': controls,
  'lib/visual/sizes.js': sizes,
  'lib/visual/keys.js': keys,
  'lib/visual/columns.js': columns,
  'lib/visual/fields.js': fields('The entities of the board', (entity) => !isRun(entity)),
  'lib/visual/board_fields.js': boardFields,
  'lib/visual/run_fields.js': fields('Runs', isRun),
};

async function main() {
  const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
  dependencies();
  addon();
  // Asked of the binary itself: lib/ may need the very files that are to be written.
  const declared = JSON.parse(require('../lib/native/binary.js').declarations());
  const prettier = await import('prettier');
  const options = await prettier.resolveConfig(path.join(ROOT, 'package.json'));
  const stale = [];
  for (const [file, write] of Object.entries(FILES)) {
    const text = await prettier.format(write(declared), { ...options, parser: 'babel' });
    const at = path.join(ROOT, file);
    if (fs.existsSync(at) && fs.readFileSync(at, 'utf8') === text) continue;
    stale.push(file);
    if (!check) fs.writeFileSync(at, text);
  }
  if (!check) console.log(stale.length === 0 ? 'Nothing has changed.' : `Written: ${stale.join(', ')}`);
  else if (stale.length > 0) {
    console.error(`Not what Rust declares: ${stale.join(', ')}. Run: npm run generate`);
    process.exitCode = 1;
  }
}

main();
