// `npm install <tarball>` in an empty project, with the npm versions of today.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  ALL_FORMS_WORK,
  BINARY,
  ONE_FILE,
  ROOT,
  project,
  removeTemporaryFolders,
  tarball,
} from './install/consumer.mjs';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

let withBinary;
let withoutBinary;

beforeAll(async () => {
  withBinary = await tarball({ binary: true });
  withoutBinary = await tarball({ binary: false });
});
afterAll(removeTemporaryFolders);

/** A new project with the tarball installed. */
async function installed(file, machine) {
  const consumer = await project(machine);
  const result = await consumer.npm('install', '--no-audit', '--no-fund', file);
  expect(result.status, result.output).toBe(0);
  // npm 12 tells which scripts it has blocked.
  expect(result.output).not.toContain('script');
  return consumer;
}

/** A registry that has a `visual-db` of somebody else, and the paths that it was asked for; `file` is the package itself. */
async function registry() {
  const asked = [];
  const file = '/visual-db/-/visual-db-6.6.6.tgz';
  const server = createServer(({ url }, response) => {
    asked.push(url);
    if (url !== '/visual-db') return response.writeHead(404).end('{}');
    const latest = { name: 'visual-db', version: '6.6.6', bin: 'run.js', dist: { tarball: `${address}${file}` } };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ name: 'visual-db', 'dist-tags': { latest: '6.6.6' }, versions: { '6.6.6': latest } }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${server.address().port}`;
  // Somebody has told npm to say yes to everything.
  return {
    asked,
    file,
    env: { npm_config_registry: address, npm_config_yes: 'true', npm_config_update_notifier: 'false' },
  };
}

describe.each([11, 12])('npm %i', (npm) => {
  test('a tarball that carries the binary works at once on a machine without Rust', async () => {
    const consumer = await installed(withBinary, { npm, rust: false });
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
  });

  test('a process loads one file beside the entry, of all that the package is made of', async () => {
    const consumer = await installed(withBinary, { npm, rust: false });
    expect(await consumer.loaded()).toEqual([ONE_FILE, 'lib/index.js']);
  });

  test('without the binary the first import says what is missing, for which platform, and the command', async () => {
    const consumer = await installed(withoutBinary, { npm, rust: false });
    for (const output of await consumer.imports()) {
      expect(output).toContain("code: 'ERR_VISUAL_DB_BINARY_MISSING'");
      expect(output).toMatch(/has no binary for linux-x64-gnu: .+\.node is not there/);
      expect(output).toContain('run: npx --no -- visual-db build');
    }
  });

  test('npx, as the documents have it, runs what is installed without asking a registry', async () => {
    const consumer = await installed(withBinary, { npm, rust: false });
    const { env, asked } = await registry();
    const { status, stdout, output } = await consumer.npx(['visual-db', '--version'], { env });
    expect([status, stdout], output).toEqual([0, `${version}\n`]);
    expect((await consumer.npx(['visual-db', 'board', '--db', 'none.db'], { env })).status).toBe(1);
    expect(asked).toEqual([]);
  });

  test('and where nothing is installed it installs nothing, though there is a package of that name', async () => {
    const consumer = await project({ npm, rust: false });
    const { env, asked, file } = await registry();
    const { status, output } = await consumer.npx(['visual-db', '--version'], { env });
    expect(status, output).not.toBe(0);
    expect(asked).not.toContain(file);
    // Which another form does.
    await consumer.npm('exec', '--yes', `--registry=${env.npm_config_registry}`, '--', 'visual-db', '--version');
    expect(asked).toContain(file);
  });
});

test('on a new machine the build leaves nothing but the binary behind', async () => {
  const consumer = await installed(withoutBinary, { npm: 11, rust: true, newMachine: true });
  const { status, output } = await consumer.npx(['visual-db', 'build']);
  expect(status, output).toBe(0);
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
  expect(existsSync(join(consumer.installed, 'target'))).toBe(false);
});

test('a binary that came with the package is used as it is', async () => {
  const consumer = await installed(withBinary, { npm: 11, rust: true });
  expect(readFileSync(consumer.binary).equals(readFileSync(join(ROOT, BINARY)))).toBe(true);
});

test('the package depends on what its command line needs, and importing it needs none of that', async () => {
  const consumer = await installed(withBinary, { npm: 11, rust: false });
  const { dependencies } = JSON.parse(readFileSync(join(consumer.installed, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies)).toEqual(['cli-progress', 'cli-table3', 'commander', 'simple-ascii-chart']);

  for (const name of Object.keys(dependencies))
    rmSync(join(consumer.folder, 'node_modules', name), { recursive: true });
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
});
