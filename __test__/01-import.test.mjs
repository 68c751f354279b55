import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** An orchestrator's folder in which the package is installed. */
function orchestrator(files) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules/@ai-orchestra'), { recursive: true });
  symlinkSync(PACKAGE, join(folder, 'node_modules/@ai-orchestra/visual-db'), 'junction');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** What `name`, one of `files`, prints. */
const printed = (name, files) =>
  execFileSync(process.execPath, [name], { cwd: orchestrator(files), encoding: 'utf8' }).trim();

const TRY = `
const db = new VisualDatabase({ dbPath: ':memory:' });
console.log(VisualDatabase.name, JSON.stringify(db.getStats()));
db.close();`;
const ANSWER = 'VisualDatabase {"worktrees":0,"zones":0,"assignments":0,"executions":0}';

describe('import forms', () => {
  it("import { VisualDatabase } from '@ai-orchestra/visual-db'", () => {
    const text = `import { VisualDatabase } from '@ai-orchestra/visual-db';${TRY}`;
    expect(printed('main.mjs', { 'main.mjs': text })).toBe(ANSWER);
  });

  it("import VisualDatabase from '@ai-orchestra/visual-db': the default export is the class", () => {
    const text = `import VisualDatabase from '@ai-orchestra/visual-db';${TRY}`;
    expect(printed('main.mjs', { 'main.mjs': text })).toBe(ANSWER);
  });

  it("const { VisualDatabase } = require('@ai-orchestra/visual-db')", () => {
    const text = `const { VisualDatabase } = require('@ai-orchestra/visual-db');${TRY}`;
    expect(printed('main.cjs', { 'main.cjs': text })).toBe(ANSWER);
  });

  it('all three are one class, so `instanceof` holds across them', () => {
    const text = `
      import { createRequire } from 'node:module';
      import byDefault, { VisualDatabase, Database, SqliteError } from '@ai-orchestra/visual-db';
      const required = createRequire(import.meta.url)('@ai-orchestra/visual-db');
      console.log(byDefault === VisualDatabase, required.VisualDatabase === VisualDatabase,
        required.default === VisualDatabase, required.SqliteError === SqliteError, required.Database === Database);`;
    expect(printed('main.mjs', { 'main.mjs': text })).toBe('true true true true true');
  });

  it('an orchestrator swaps the layer by making its visual_db.js one line', () => {
    const files = {
      'package.json': '{ "type": "module" }',
      'visual_db.js': "export { VisualDatabase, default } from '@ai-orchestra/visual-db';\n",
      'main.js': `
        import byDefault, { VisualDatabase } from './visual_db.js';
        if (byDefault !== VisualDatabase) throw new Error('two classes');${TRY}`,
    };
    expect(printed('main.js', files)).toBe(ANSWER);
  });

  it('importing opens nothing and prints nothing', () => {
    expect(printed('main.cjs', { 'main.cjs': "require('@ai-orchestra/visual-db');" })).toBe('');
  });
});
