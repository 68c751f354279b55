// `npm install git+file://...` in an empty project: npm clones the repository, prepares it there and packs it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_FORMS_WORK, ONE_FILE, gitUrl, project, removeTemporaryFolders } from './install/consumer.mjs';

let url;

beforeAll(async () => {
  url = await gitUrl();
});
afterAll(removeTemporaryFolders);

describe.each([
  [11, []],
  [12, ['--allow-git=all']],
])('npm %i', (npm, flags) => {
  test('it is installed without its binary, and one command builds that', async () => {
    const consumer = await project({ npm, rust: true });
    const result = await consumer.npm('install', '--no-audit', '--no-fund', ...flags, url);
    expect(result.status, result.output).toBe(0);
    const [output] = await consumer.imports();
    expect(output).toContain('ERR_VISUAL_DB_BINARY_MISSING');

    const built = await consumer.npx(['visual-db', 'build']);
    expect(built.status, built.output).toBe(0);
    expect(await consumer.imports()).toEqual(ALL_FORMS_WORK);
    // npm packs what it has cloned, but not as a release is packed.
    const loaded = await consumer.loaded();
    expect(loaded).toContain('lib/visual/visual_database.js');
    expect(loaded).not.toContain(ONE_FILE);
  });
});

test('npm 12 refuses Git dependencies unless they are allowed', async () => {
  const consumer = await project({ npm: 12, rust: true });
  const result = await consumer.npm('install', '--no-audit', '--no-fund', url);
  expect(result.status).not.toBe(0);
  expect(result.output).toContain('EALLOWGIT');
});
