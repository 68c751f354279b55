'use strict';

// What index.d.ts declares, and what the type tests use of it, as TypeScript's own compiler reads them.

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { ROOT, dependencies } = require('../setup.js');

/** Imports a part of the `typescript` package: its parser comes as ES modules. */
function part(name) {
  const home = path.join(ROOT, 'node_modules', 'typescript');
  const { exports } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'));
  return import(pathToFileURL(path.join(home, exports[`./unstable/${name}`])).href);
}

const nameOf = ({ name }) => name.text ?? name.getText().replaceAll(/[[\]]/g, '');

/**
 * Reads `types` (index.d.ts) and the other files of a project, whose tsconfig.json is `project`: `{ declared, used }`.
 *
 * `declared` has the members of every class and interface by its name; `used` the names that the other files use, as
 * `Class.member`.
 */
async function readTypes(types, project) {
  dependencies();
  const { API } = await part('sync');
  const { SyntaxKind } = await part('ast');
  const api = new API({ cwd: path.dirname(project) });
  try {
    const [{ program, checker }] = api.updateSnapshot({ openProject: project }).getProjects();
    const declared = {};
    for (const { name, members } of program.getSourceFile(types).statements) {
      if (name === undefined || members === undefined) continue;
      const named = members.filter((member) => member.name !== undefined);
      declared[name.text] = named.map((member) => ({
        name: nameOf(member),
        isMethod: [SyntaxKind.MethodDeclaration, SyntaxKind.MethodSignature].includes(member.kind),
        isOptional: member.postfixToken !== undefined,
        isStatic: member.modifiers?.some(({ kind }) => kind === SyntaxKind.StaticKeyword) ?? false,
        parameters: (member.parameters ?? []).map((parameter) => parameter.type?.getText() ?? ''),
        type: member.type?.getText() ?? '',
      }));
    }

    const names = [];
    const visit = (node) => {
      if (node.kind === SyntaxKind.PropertyAccessExpression) names.push(node.name);
      if (node.kind === SyntaxKind.QualifiedName) names.push(node.right);
      if (node.kind === SyntaxKind.BindingElement) names.push(node.propertyName ?? node.name);
      node.forEachChild(visit);
    };
    const folder = path.dirname(project) + path.sep;
    for (const file of program.getSourceFileNames().filter((name) => path.resolve(name).startsWith(folder))) {
      program.getSourceFile(file).forEachChild(visit);
    }
    const symbols = checker.getSymbolAtLocation(names).filter((symbol) => symbol !== undefined);
    return { declared, used: new Set(symbols.map((symbol) => `${symbol.getParent()?.name}.${symbol.name}`)) };
  } finally {
    api.close();
  }
}

module.exports = { readTypes };
