// `npm install <folder>` in an empty project: npm lays a link to the folder.

import { afterAll, describe, expect, test } from 'vitest';
import { ALL_FORMS_WORK, project, removeTemporaryFolders, sources } from './install/consumer.mjs';

afterAll(removeTemporaryFolders);

async function installed(folder, { npm, rust, flags = [] }) {
  const consumer = await project({ npm, rust });
  const result = await consumer.npm('install', '--no-audit', '--no-fund', ...flags, folder);
  expect(result.status, result.output).toBe(0);
  return consumer;
}

describe.each([11, 12])('npm %i', (npm) => {
  test('a folder with its binary works at once', async () => {
    const consumer = await installed(await sources({ binary: true }), { npm, rust: false });
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
  });

  test('a folder can be copied instead of linked', async () => {
    const folder = await sources({ binary: true });
    const consumer = await installed(folder, { npm, rust: false, flags: ['--install-links'] });
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
  });
});

test('npm 11 builds a folder without its binary', async () => {
  const consumer = await installed(await sources({ binary: false }), { npm: 11, rust: true });
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
});

test('npm 12 blocks that, and one command builds it', async () => {
  const consumer = await installed(await sources({ binary: false }), { npm: 12, rust: true });
  const [output] = await consumer.imports();
  expect(output).toContain('ERR_VISUAL_DB_BINARY_MISSING');
  expect((await consumer.npx(['visual-db', 'build'])).status).toBe(0);
  expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
});
