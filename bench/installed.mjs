// The package as users install it, which is not the form in which it lies in a checkout: packed, its JavaScript is one file.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Packs a checkout, and lays what comes of it into a folder, by whose path it is returned. */
export function installed(checkout, folder) {
  mkdirSync(folder, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: checkout, encoding: 'utf8', stdio: 'pipe', shell: npm.endsWith('.cmd') };
  const [{ filename }] = JSON.parse(execFileSync(npm, ['pack', '--json', '--pack-destination', folder], options));
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder]);
  return join(folder, 'package');
}
