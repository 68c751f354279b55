'use strict';

// Every public method of index.d.ts has a suite that calls it, a step in the property tests' model, a benchmark case, a type
// test, and an entry in the reference. What need not have one stands in `EXCEPTIONS`, with the reason.

const path = require('node:path');
const { ROOT } = require('../setup.js');
const { filesUnder, read, report } = require('./files.js');
const { readTypes } = require('./types.js');

const FILES = 'it is about files, not about what is on the board';
const ONCE = 'it is called once in the life of a connection or a statement';
const SETS = 'it only sets what other calls go by';
const REFUSES = 'it only refuses';
const DEPENDS = 'what it costs is what the SQL, the function or the file costs that it is given';

/** What a method need not have, and why. */
const EXCEPTIONS = {
  model: {
    'VisualDatabase.backup': FILES,
    'VisualDatabase.backupSync': FILES,
    'VisualDatabase.verifyBackup': FILES,
    'VisualDatabase.listBackups': FILES,
    'VisualDatabase.pruneBackups': FILES,
    'VisualDatabase.restore': FILES,
    'VisualDatabase.close': ONCE,
    'VisualDatabase.Symbol.dispose': ONCE,
  },
  benchmark: {
    'VisualDatabase.backup': DEPENDS,
    'VisualDatabase.backupSync': DEPENDS,
    'VisualDatabase.verifyBackup': DEPENDS,
    'VisualDatabase.listBackups': DEPENDS,
    'VisualDatabase.pruneBackups': DEPENDS,
    'VisualDatabase.restore': DEPENDS,
    'VisualDatabase.close': ONCE,
    'VisualDatabase.Symbol.dispose': ONCE,
    'Database.explain': DEPENDS,
    'Database.backup': DEPENDS,
    'Database.aggregate': ONCE,
    'Database.function': ONCE,
    'Database.loadExtension': REFUSES,
    'Database.table': REFUSES,
    'Database.defaultSafeIntegers': SETS,
    'Database.unsafeMode': SETS,
    'Statement.toString': ONCE,
  },
};

const escaped = (text) => text.replaceAll(/[.$]/g, String.raw`\$&`);
const calls = (name) => (name === 'Symbol.dispose' ? /\[Symbol\.dispose\]/ : new RegExp(`\\.${escaped(name)}\\(`));

/** What a method has to have: `has(type, name)` of a class and its method. */
function requirements(root, used) {
  const texts = (folder, matches) =>
    filesUnder(root, [folder], ['.mjs', '.md'])
      .filter((file) => matches.test(file))
      .map((file) => read(root, file))
      .join('\n');
  const suites = {
    VisualDatabase: texts('__test__', /^__test__\/(?:[01279]|1[01])\d-.*\.test\.mjs$/),
    Database: texts('__test__', /^__test__\/[345]\d-.*\.test\.mjs$/),
  };
  const cases = { VisualDatabase: texts('bench', /^bench\/cases\//), Database: texts('bench', /^bench\/raw\//) };
  const steps = texts('__test__', /^__test__\/support\/calls\.mjs$/);
  const reference = read(root, 'README.md') + texts('docs', /^docs\/[^/]+\.md$/);
  const of = (kinds, type) => kinds[type] ?? kinds.Database;
  return {
    suite: (type, name) => calls(name).test(of(suites, type)),
    model: (type, name) => type !== 'VisualDatabase' || steps.includes(`'${name}'`),
    benchmark: (type, name) => calls(name).test(of(cases, type)),
    'type test': (type, name) => used.has(name === 'Symbol.dispose' ? 'SymbolConstructor.dispose' : `${type}.${name}`),
    reference: (type, name) => new RegExp(`(?<!\\w)${escaped(name)}[(\`\\]]`).test(reference),
  };
}

/** What the methods lack, a line each, and the exceptions that there is no more reason for. */
async function problems(root, exceptions) {
  const project = path.join(root, '__test__', 'types', 'tsconfig.json');
  const { declared, used } = await readTypes(path.join(root, 'index.d.ts'), project);
  const found = [];
  for (const [what, has] of Object.entries(requirements(root, used))) {
    const allowed = { ...exceptions[what] };
    for (const type of ['VisualDatabase', 'Database', 'Statement']) {
      const names = (declared[type] ?? []).filter(({ isMethod }) => isMethod).map(({ name }) => name);
      for (const name of new Set(names)) {
        const method = `${type}.${name}`;
        if (!has(type, name) && !allowed[method]) found.push(`${method} has no ${what}`);
        else if (!has(type, name)) delete allowed[method];
      }
    }
    for (const method of Object.keys(allowed)) {
      found.push(`${method} has a ${what} or is gone: take it off the exceptions in scripts/checks/methods.js`);
    }
  }
  return found;
}

module.exports = { problems };
if (require.main === module) problems(ROOT, EXCEPTIONS).then(report);
