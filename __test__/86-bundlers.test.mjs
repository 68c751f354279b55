// esbuild, webpack and Vite on a program that uses the package, packed or from a folder: a bundle that has swallowed it says
// what to write, and with what docs/bundlers.md has it works.

import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import * as vite from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import webpack from 'webpack';
import { NAME, ROOT, removeTemporaryFolders, unpacked } from './install/consumer.mjs';
import { temporaryFolder } from './support/temporary.mjs';

// webpack takes its time to make small what it has swallowed.
vi.setConfig({ testTimeout: 120_000 });

const PAGE = readFileSync(join(ROOT, 'docs/bundlers.md'), 'utf8');
const CONFIGURATIONS = Object.fromEntries(
  Array.from(PAGE.matchAll(/^```mjs\n\/\/ (\w+)\.config\.mjs\n.*?^```$/gms), ([block, bundler]) => [
    bundler,
    block.slice('```mjs\n'.length, -'```'.length),
  ]),
);
const WORKS = '{"worktrees":0,"zones":0,"assignments":0,"executions":0}';

/** Where the package lies, in each form that it has. */
const FORMS = { 'in one file': '', 'in many files': ROOT };
let folder;

beforeAll(async () => {
  FORMS['in one file'] = await unpacked();
}, 60_000);
afterAll(removeTemporaryFolders);

/** A project in which the package is installed. */
function prepare(form) {
  folder = temporaryFolder();
  for (const part of ['lib', 'prebuilds', 'schema', 'package.json']) {
    cpSync(join(FORMS[form], part), join(folder, 'node_modules', NAME, part), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'app.js'),
    `import { VisualDatabase } from '${NAME}';
    const db = new VisualDatabase(':memory:');
    console.log(JSON.stringify(db.getStats()));
    db.close();`,
  );
}

/** How each bundler is called with a configuration. What it makes is alone in `dist`. */
const BUNDLERS = {
  esbuild: (configuration) => esbuild.build({ absWorkingDir: folder, logLevel: 'silent', ...configuration }),
  webpack: (configuration) =>
    new Promise((resolve, reject) => {
      const { output } = configuration;
      webpack(
        { context: folder, ...configuration, output: { path: join(folder, 'dist'), ...output } },
        (error, stats) => {
          if (error) reject(error);
          else if (stats.hasErrors()) reject(new Error(stats.toString()));
          else resolve();
        },
      );
    }),
  vite: (configuration) => vite.build({ root: folder, configFile: false, logLevel: 'silent', ...configuration }),
};

/** What the bundle prints that lies in `dist`, or the error that its import throws. */
function run() {
  const [file] = readdirSync(join(folder, 'dist'));
  const url = pathToFileURL(join(folder, 'dist', file));
  const script = `import('${url}').catch(({ code, message }) => console.log(JSON.stringify({ code, message })))`;
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim();
}

async function fromPage(bundler) {
  const file = join(folder, `${bundler}.config.mjs`);
  writeFileSync(file, CONFIGURATIONS[bundler]);
  return (await import(pathToFileURL(file))).default;
}

describe.each(Object.keys(FORMS))('with the configuration in docs/bundlers.md, a package %s', (form) => {
  beforeEach(() => prepare(form));

  test.each(Object.keys(BUNDLERS))('%s leaves it out, and the bundle works', async (bundler) => {
    await BUNDLERS[bundler](await fromPage(bundler));
    expect(run()).toBe(WORKS);
  });

  test('esbuild and webpack do in ES modules too', async () => {
    await BUNDLERS.esbuild({ ...(await fromPage('esbuild')), format: 'esm', outfile: 'dist/app.mjs' });
    expect(run()).toBe(WORKS);

    rmSync(join(folder, 'dist'), { recursive: true });
    await BUNDLERS.webpack({
      ...(await fromPage('webpack')),
      output: { filename: 'app.mjs', module: true },
      externals: { [NAME]: `module ${NAME}` },
    });
    expect(run()).toBe(WORKS);
  });
});

describe.each(Object.keys(FORMS))('a bundle that has the package %s in it', (form) => {
  beforeEach(() => prepare(form));

  const ESBUILD = { entryPoints: ['app.js'], bundle: true, platform: 'node' };
  const WEBPACK = { mode: 'production', target: 'node', entry: './app.js' };
  const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

  test.each([
    ['esbuild, CommonJS', 'esbuild', { ...ESBUILD, outfile: 'dist/app.cjs' }],
    ['esbuild, CommonJS, minified', 'esbuild', { ...ESBUILD, outfile: 'dist/app.cjs', minify: true }],
    ['esbuild, ES modules', 'esbuild', { ...ESBUILD, format: 'esm', outfile: 'dist/app.mjs' }],
    [
      'esbuild, ES modules with a require of their own',
      'esbuild',
      { ...ESBUILD, format: 'esm', outfile: 'dist/app.mjs', banner: { js: REQUIRE } },
    ],
    ['webpack, CommonJS', 'webpack', { ...WEBPACK, output: { filename: 'app.cjs' } }],
    ['webpack, for development', 'webpack', { ...WEBPACK, mode: 'development', output: { filename: 'app.cjs' } }],
    ['webpack, ES modules', 'webpack', { ...WEBPACK, output: { filename: 'app.mjs', module: true } }],
    ['Vite', 'vite', { build: { ssr: 'app.js' }, ssr: { noExternal: true } }],
  ])(
    '%s: the import throws ERR_VISUAL_DB_BUNDLED, which says what to write for each',
    async (_, bundler, configuration) => {
      await BUNDLERS[bundler](configuration);
      const { code, message } = JSON.parse(run());
      expect(code).toBe('ERR_VISUAL_DB_BUNDLED');
      expect(message).toContain(`esbuild, Rollup: external: ['${NAME}']`);
      expect(message).toContain(`webpack: externals: { '${NAME}': 'commonjs ${NAME}' }`);
      expect(message).toContain(`Vite: ssr: { external: ['${NAME}'] }`);
      expect(message).toContain(`Next.js: serverExternalPackages: ['${NAME}']`);
      expect(message).not.toContain('visual-db build');
    },
  );
});
