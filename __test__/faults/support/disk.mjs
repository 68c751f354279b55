import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { folder } from './folder.mjs';

/** A disk of so many kilobytes, as a folder that goes with the test; skips the test where none can be mounted. */
export function smallDisk(kilobytes, skip) {
  const directory = folder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', directory], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) skip(`no small disk can be mounted here: ${mounted.error?.message ?? mounted.stderr}`);
  onTestFinished(() => spawnSync('umount', ['--lazy', directory]));
  return directory;
}

const remount = (option) => (directory) => {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${option}`, directory], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

/** Makes the disk of a folder one that can only be read. */
export const makeReadOnly = remount('ro');

/** Gives the disk of a folder more room. */
export const makeLarger = remount('size=8m');
