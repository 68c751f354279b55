import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder that goes with the test. */
export function folder() {
  const name = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-faults-'));
  onTestFinished(() => fs.rmSync(name, { recursive: true, force: true }));
  return name;
}

/** The path of a database that is yet to be made, in a folder that goes with the test. */
export const newFile = () => path.join(folder(), 'visual.db');
