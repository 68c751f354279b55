'use strict';

// `npm run test:postgres`: runs the suites of the class on a PostgreSQL server, and those about servers. The server is npm's; with
// `--debian` it is Debian's, which is older, with PgBouncer; both are installed by apt if they are missing. Other arguments go to vitest.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const debian = require('./debian.js');
const { ROOT } = require('./setup.js');

const SERVERS = '/usr/lib/postgresql';
const POOLER = '/usr/sbin/pgbouncer';

/** The folder with the programs of the newest server that Debian has installed here. */
function newest() {
  const versions = fs.existsSync(SERVERS) ? fs.readdirSync(SERVERS).map(Number) : [];
  return versions
    .toSorted((one, other) => other - one)
    .map((version) => path.join(SERVERS, String(version), 'bin'))
    .find((folder) => fs.existsSync(path.join(folder, 'postgres')));
}

function programs() {
  if (newest() === undefined) debian.install('postgresql');
  if (!fs.existsSync(POOLER)) debian.install('pgbouncer');
  const folder = newest();
  if (folder === undefined) throw new Error('No PostgreSQL is here: apt-get install postgresql');
  return folder;
}

const args = process.argv.slice(2);
const env = { ...process.env };
if (args.includes('--debian')) env.VISUAL_DB_POSTGRES = programs();
const given = args.filter((arg) => arg !== '--debian');
const command = [path.join(ROOT, 'scripts/test.js'), '--project', 'postgres', ...given];
process.exitCode = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit', env }).status ?? 1;
