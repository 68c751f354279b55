// The package as users install it: unlike in a checkout, its JavaScript is one file.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Packs a checkout, unpacks the tarball into a folder, and returns the path of the package there. */
export function installed(checkout, folder) {
  mkdirSync(folder, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: checkout, encoding: 'utf8', stdio: 'pipe', shell: npm.endsWith('.cmd') };
  const [{ filename }] = JSON.parse(execFileSync(npm, ['pack', '--json', '--pack-destination', folder], options));
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder]);
  return join(folder, 'package');
}
