'use strict';

// Which file of src/ uses which, by the paths in it (`use` and elsewhere), without what is for tests only.
// `super` is resolved from the file's own module, since the only inline modules are those of tests.

const { filesUnder, read } = require('./files.js');

/** The module path of a file: `['engine', 'sqlite']` for `src/engine/sqlite/mod.rs`. */
function moduleOf(file) {
  const parts = file
    .replace(/^src\//, '')
    .replace(/\.rs$/, '')
    .split('/');
  return ['mod', 'lib'].includes(parts.at(-1)) ? parts.slice(0, -1) : parts;
}

const isForTests = (file) => /\/(tests|test_folder)(\/|\.rs$)/.test(file);

/** The code of a file without comments, string literals, and the module of tests at its end. */
function codeOf(text) {
  return text
    .replace(/\n#\[cfg\(test\)\]\n(?:#\[.*\]\n)*mod tests \{[\s\S]*$/, '\n')
    .replaceAll(/"(?:\\.|[^"\\])*"|\/\/.*|'(?:\\.|[^'\\])'/g, ' ');
}

/** The paths of a use tree: `a::{b, c::{d, self}}` gives `a::b`, `a::c::d`, `a::c`. */
function spread(tree) {
  const [, before, inner] = /^([^{]*)\{([\s\S]*)\}$/.exec(tree.trim()) ?? [];
  if (inner === undefined) {
    const [name] = tree.trim().split(/\s+as\s+/);
    return [name.split('::').filter((part) => part !== 'self' || name === 'self')];
  }
  const parts = [''];
  let depth = 0;
  for (const letter of inner) {
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
    depth += { '{': 1, '}': -1 }[letter] ?? 0;
  }
  const start = before.split('::').filter((part) => part.trim() !== '');
  return parts
    .filter((part) => part.trim() !== '')
    .flatMap(spread)
    .map((rest) => [...start, ...rest].map((part) => part.trim()));
}

/** The edges `[from, to]` of src/, both being files. */
function rustImports(root) {
  const files = filesUnder(root, ['src'], ['.rs']).filter((file) => !isForTests(file));
  const fileOf = new Map(files.map((file) => [moduleOf(file).join('::'), file]));
  const isModule = (parts) => fileOf.has(parts.join('::'));

  const modules = files.map((file) => {
    const code = codeOf(read(root, file));
    const uses = [...code.matchAll(/^\s*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/gm)];
    return {
      file,
      self: moduleOf(file),
      passedOn: uses.filter(([, visible]) => visible).flatMap(([, , tree]) => spread(tree)),
      used: uses.filter(([, visible]) => !visible).flatMap(([, , tree]) => spread(tree)),
      rest: code.replaceAll(
        /^\s*(pub(\([^)]*\))?\s+)?(use|mod)\s+[^;{]+;|^\s*(pub(\([^)]*\))?\s+)?use\s+[^;]+;/gm,
        ' ',
      ),
    };
  });
  const byModule = new Map(modules.map((module) => [module.self.join('::'), module]));

  /** The path from the crate's root for a path as it is written in a module; `undefined` for one of another crate. */
  function absolute(self, [first, ...rest]) {
    if (first === 'crate') return rest;
    if (first === 'self') return [...self, ...rest];
    if (first === 'super') return absolute(self.slice(0, -1), rest[0] === 'super' ? rest : ['self', ...rest]);
    return isModule([...self, first]) ? [...self, first, ...rest] : undefined;
  }

  /** The file that declares what a path names, also where other modules re-export it. */
  function declaredIn(parts, seen = new Set()) {
    let depth = parts.length;
    while (depth > 0 && !isModule(parts.slice(0, depth))) depth -= 1;
    const module = byModule.get(parts.slice(0, depth).join('::'));
    const name = parts[depth];
    const passed = module?.passedOn.find((path) => path.at(-1) === name);
    const key = parts.join('::');
    if (name === undefined || passed === undefined || seen.has(key)) return module?.file;
    const from = absolute(module.self, passed);
    return from === undefined ? module.file : declaredIn([...from, ...parts.slice(depth + 1)], seen.add(key));
  }

  return modules.flatMap(({ file, self, used, rest }) => {
    const inText = [...rest.matchAll(/(?<![\w:])\w+(?:::\w+)+/g)].map(([path]) => path.split('::'));
    const targets = [...used, ...inText]
      .map((path) => absolute(self, path))
      .filter((path) => path !== undefined)
      .map((path) => declaredIn(path.filter((part) => part !== '*')));
    return [...new Set(targets)].filter((to) => to !== undefined && to !== file).map((to) => [file, to]);
  });
}

module.exports = { rustImports };
