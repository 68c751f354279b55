// `npm install <folder>` in an empty project: npm lays a link to the folder.

import { afterAll, describe, expect, test } from 'vitest';
import { ALL_FORMS_WORK, ONE_FILE, project, removeTemporaryFolders, sources } from './install/consumer.mjs';

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
