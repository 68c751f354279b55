// A folder without its binary, installed by `npm install <folder>`, and two that share what cargo makes.

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  ALL_FORMS_WORK,
  BINARY,
  QUICK_BUILD,
  project,
  removeTemporaryFolders,
  run,
  sources,
} from './install/consumer.mjs';

afterAll(removeTemporaryFolders);

test.each([11, 12])('npm %i leaves a folder without its binary as it is, and one command builds that', async (npm) => {
  const consumer = await project({ npm, rust: true });
  const folder = await sources({ binary: false });
  const { status, output: said } = await consumer.npm('install', '--no-audit', '--no-fund', folder);
  expect(status, said).toBe(0);
  const [output] = await consumer.imports();
  expect(output).toContain('ERR_VISUAL_DB_BINARY_MISSING');
  expect((await consumer.npx(['visual-db', 'build'])).status).toBe(0);
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
});

test('two folders that differ each get their own binary, also where CARGO_TARGET_DIR lets them share what cargo makes', async () => {
  const [one, other] = [await sources({ binary: false }), await sources({ binary: false })];
  appendFileSync(
    join(other, 'src/lib.rs'),
    '\n/// Tells the copies apart.\n#[unsafe(no_mangle)]\npub extern "C" fn the_other_copy() {}\n',
  );
  for (const folder of [one, other, one, other]) {
    const { status, output } = await run(process.execPath, ['scripts/build.js'], {
      cwd: folder,
      env: { ...process.env, ...QUICK_BUILD },
    });
    expect(status, output).toBe(0);
    expect(readFileSync(join(folder, BINARY)).includes('the_other_copy')).toBe(folder === other);
  }
});
