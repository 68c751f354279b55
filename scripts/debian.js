'use strict';

// What Debian has, for checks that need programs no package of npm's brings.

const { spawnSync } = require('node:child_process');

/** Installs packages by apt; whether that worked. */
function install(...packages) {
  if (process.platform !== 'linux') return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { stdio: 'inherit', env }).status === 0;
  // A list of packages that is old may name what is gone.
  const get = () => apt('install', '-y', '--no-install-recommends', ...packages);
  return get() || (apt('update') && get());
}

module.exports = { install };
