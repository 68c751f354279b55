// The package as it is published: from a registry, by every package manager that users have, with the scripts of
// dependencies blocked and no Rust in reach. And the tarball that holds all binaries, from a file.

import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ALL_FORMS_WORK,
  FORMS,
  NAME,
  bareMachine,
  cleanEnv,
  must,
  removeTemporaryFolders,
  run,
  temporaryFolder,
} from './install/consumer.mjs';
import { managers, packages, registry } from './install/registry.mjs';

const { platformName } = createRequire(import.meta.url)('../lib/native/platform.js');

let made;
let server;

beforeAll(async () => {
  made = await packages();
  server = await registry(made.published);
});
afterAll(async () => {
  server?.stop();
  removeTemporaryFolders();
});

/** An empty project of a package manager, on a machine without Rust. */
async function project(manager) {
  const folder = realpathSync(temporaryFolder());
  const files = { 'package.json': JSON.stringify({ name: 'orchestrator', private: true }), ...manager.files(server) };
  for (const [name, text] of Object.entries({ ...files, ...FORMS })) writeFileSync(join(folder, name), text);
  // What another test has downloaded is no proof that this one could have.
  const home = join(folder, '.home');
  mkdirSync(home);
  const env = {
    ...cleanEnv(),
    PATH: await bareMachine(),
    HOME: home,
    XDG_CACHE_HOME: home,
    DENO_DIR: join(home, 'deno'),
  };
  const command = ([file, ...args]) => run(file, args, { cwd: folder, env });
  return {
    folder,
    add: (name) => command(manager.add(name)),
    async imports() {
      const results = [];
      for (const file of Object.keys(FORMS)) results.push((await command(manager.program(file))).output.trim());
      return results;
    },
  };
}

/** The platforms' packages that are in a project, wherever its package manager has put them. */
function platformPackages(folder) {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^visual-db\..+\.node$/.test(entry.name))
    .map(({ name }) => name);
  return [...new Set(found)];
}

describe.each(Object.keys(managers))('from a registry, by %s', (name) => {
  test('the package comes with the binary of this platform alone, and works at once', async () => {
    const consumer = await project(managers[name]);
    const added = await consumer.add(NAME);
    expect(added.status, added.output).toBe(0);
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
    // Deno looks at the system and the processor, and not at the C library.
    const [, machine] = /^(\w+-\w+)/.exec(platformName());
    const fit = name === 'Deno' ? made.platforms.filter((each) => each.startsWith(machine)) : [platformName()];
    expect(platformPackages(consumer.folder).sort()).toEqual(fit.map((each) => `visual-db.${each}.node`).sort());
  });
});

// Deno takes packages from registries only.
describe.each(Object.keys(managers).filter((name) => name !== 'Deno'))('from a file, by %s', (name) => {
  test('the tarball works at once, and needs no package beside it', async () => {
    const consumer = await project(managers[name]);
    const added = await consumer.add(`${NAME}@file:${made.tarball}`);
    expect(added.status, added.output).toBe(0);
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
    expect(platformPackages(consumer.folder).sort()).toEqual(
      made.platforms.map((platform) => `visual-db.${platform}.node`).sort(),
    );
  });
});

test('there is a package for each platform whose binary was built, and the package itself', () => {
  const platforms = made.published.map((file) => /visual-db-(.+)-\d+\.\d+\.\d+\.tgz$/.exec(basename(file))?.[1]);
  expect(platforms.filter(Boolean)).toEqual(made.platforms);
  expect(made.published).toHaveLength(made.platforms.length + 1);
  expect(existsSync(made.tarball)).toBe(true);
});

test('each names the repository that it comes from, as a provenance does', async () => {
  for (const file of made.published) {
    const { stdout } = await must('tar', ['-xzOf', file, 'package/package.json']);
    expect(JSON.parse(stdout).repository, file).toEqual({
      type: 'git',
      url: 'git+https://github.com/somebody/visual-db.git',
    });
  }
});

test('without optional dependencies the first import says which package is missing', async () => {
  const consumer = await project({
    ...managers['npm 11'],
    add: (name) => [...managers['npm 11'].add(name), '--omit=optional'],
  });
  const added = await consumer.add(NAME);
  expect(added.status, added.output).toBe(0);
  for (const output of await consumer.imports()) {
    expect(output).toContain("code: 'ERR_VISUAL_DB_BINARY_MISSING'");
    expect(output).toContain(`the package ${NAME}-${platformName()}, an optional dependency, is not installed`);
  }
});
