import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

let folder;
let count = 0;

/** A path in a folder of this suite's own at which nothing exists yet. */
export function freshFile(name = 'fresh.db') {
  folder ??= fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-')));
  count += 1;
  return path.join(folder, `${count}-${name}`);
}

afterAll(() => {
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});
