import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
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

const FUSE = fileURLToPath(new URL('./fuse.mjs', import.meta.url));

/** The folder of a mount whose files can't be mapped as shared memory; skips the test where none can be mounted. */
export async function withoutSharedMemory(skip) {
  const directory = folder();
  const server = spawn(process.execPath, [FUSE, directory], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(server, 'exit');
  const mounted = await Promise.race([once(server.stdout, 'data'), ended.then(() => null)]);
  if (!mounted) skip(`no FUSE file system can be mounted here: ${server.stderr.read() ?? ''}`);
  onTestFinished(async () => {
    spawnSync('umount', ['--lazy', directory]);
    await ended;
  });
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
