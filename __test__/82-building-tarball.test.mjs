// What a tarball without the binary makes of itself, when it is told to.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_FORMS_WORK, project, removeTemporaryFolders, tarball } from './install/consumer.mjs';

let file;

beforeAll(async () => {
  file = await tarball({ binary: false });
});
afterAll(removeTemporaryFolders);

async function installed(machine) {
  const consumer = await project(machine);
  const { status, output } = await consumer.npm('install', '--no-audit', '--no-fund', file);
  expect(status, output).toBe(0);
  return consumer;
}

test.each([11, 12])('npm %i: nothing is built until the command is given, which needs Rust', async (npm) => {
  const consumer = await installed({ npm, rust: true });
  await consumer.imports();
  expect(existsSync(consumer.binary)).toBe(false);

  const withoutRust = await consumer.npx(['visual-db', 'build'], { rust: false });
  expect(withoutRust.status).toBe(1);
  expect(withoutRust.stderr).toContain("cargo, Rust's build tool, is not on the PATH");
  expect(withoutRust.stderr).toContain('https://rustup.rs');

  const withRust = await consumer.npx(['visual-db', 'build']);
  expect(withRust.status, withRust.output).toBe(0);
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
});

test('it is built also inside a project that is itself a Cargo workspace', async () => {
  const consumer = await installed({ npm: 11, rust: true });
  writeFileSync(join(consumer.folder, 'Cargo.toml'), '[workspace]\nmembers = []\nresolver = "3"\n');
  const { status, output } = await consumer.npx(['visual-db', 'build']);
  expect(status, output).toBe(0);
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
});
