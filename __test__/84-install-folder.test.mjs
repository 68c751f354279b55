// `npm install <folder>` in an empty project: npm lays a link to the folder.

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  ALL_FORMS_WORK,
  BINARY,
  ONE_FILE,
  QUICK_BUILD,
  project,
  removeTemporaryFolders,
  run,
  sources,
} from './install/consumer.mjs';

afterAll(removeTemporaryFolders);

async function installed(folder, { npm, rust, flags = [] }) {
  const consumer = await project({ npm, rust });
  const result = await consumer.npm('install', '--no-audit', '--no-fund', ...flags, folder);
  expect(result.status, result.output).toBe(0);
  return consumer;
}

/** Whether what was loaded is lib/ itself. */
const isManyFiles = (loaded) => loaded.includes('lib/visual/visual_database.js') && !loaded.includes(ONE_FILE);

describe.each([11, 12])('npm %i', (npm) => {
  test('a folder with its binary works at once, from its lib/', async () => {
    const consumer = await installed(await sources({ binary: true }), { npm, rust: false });
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
    expect(await consumer.loaded()).toSatisfy(isManyFiles);
  });

  test('a folder can be copied instead of linked, which does not pack it', async () => {
    const folder = await sources({ binary: true });
    const consumer = await installed(folder, { npm, rust: false, flags: ['--install-links'] });
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
    expect(await consumer.loaded()).toSatisfy(isManyFiles);
  });
});

test.each([11, 12])('npm %i leaves a folder without its binary as it is, and one command builds that', async (npm) => {
  const consumer = await installed(await sources({ binary: false }), { npm, rust: true });
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
