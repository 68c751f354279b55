// The binary that releases carry for Linux: for every glibc from 2.17 (2012) on, no larger than it is to be.

import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  ALL_FORMS_WORK,
  BINARY,
  PORTABLE_BUILD,
  project,
  removeTemporaryFolders,
  run,
  sources,
} from './install/consumer.mjs';

const { LARGEST_BINARY, neededGlibc } = createRequire(import.meta.url)('../scripts/build.js');

afterAll(removeTemporaryFolders);

test('npm run build:portable needs glibc 2.17 at most, says so of itself, and loads here', async () => {
  const folder = await sources({ binary: false });
  const built = await run(process.execPath, ['scripts/build.js', '--portable'], { cwd: folder, env: PORTABLE_BUILD });
  expect(built.status, built.output).toBe(0);

  const binary = join(folder, BINARY);
  expect(statSync(binary).size).toBeLessThanOrEqual(LARGEST_BINARY);
  const symbols = await run('readelf', ['--wide', '--version-info', binary]);
  const minor = Math.max(...Array.from(symbols.stdout.matchAll(/GLIBC_2\.(\d+)/g), ([, version]) => Number(version)));
  expect(minor).toBeLessThanOrEqual(17);
  expect(neededGlibc(binary)).toBe(`2.${minor}`);

  const consumer = await project({ npm: 11, rust: false });
  expect((await consumer.npm('install', '--no-audit', '--no-fund', '--ignore-scripts', folder)).status).toBe(0);
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
});
