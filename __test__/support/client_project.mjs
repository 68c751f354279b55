import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isReference } from './database.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { packages } = createRequire(import.meta.url)('../../package-lock.json');

/** The line of docs/query-builders.md that makes `better-sqlite3` this package's class. */
export const ALIAS_LINE =
  'npm install better-sqlite3@file:node_modules/@ai-orchestra/visual-db/packages/better-sqlite3';

/**
 * A project of its own with this package installed as a user gets it, `better-sqlite3` as its alias, and one client.
 * Against the reference the project is the one that better-sqlite3 itself is installed in.
 */
export function installClientProject(client) {
  if (isReference) {
    const folder = path.resolve(process.env.VISUAL_DB_REFERENCE, '../..');
    return { folder, require: createRequire(path.join(folder, 'index.js')), remove() {} };
  }
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-client-')));
  const npm = (command, cwd) =>
    execFileSync('npm', [...command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      encoding: 'utf8',
    });
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root));
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'client-project', private: true }));
  npm(['install', `./${filename}`, `${client}@${packages[`node_modules/${client}`].version}`], folder);
  npm(ALIAS_LINE.split(' ').slice(1), folder);
  return {
    folder,
    require: createRequire(path.join(folder, 'index.js')),
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
