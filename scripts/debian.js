'use strict';

// Debian's packages, for checks that need programs that npm doesn't have.

const { spawnSync } = require('node:child_process');

/** Installs packages with apt, and returns whether that worked. */
function install(...packages) {
  if (process.platform !== 'linux') return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { stdio: 'inherit', env }).status === 0;
  // An old list of packages may name versions that are gone: then it is updated.
  const get = () => apt('install', '-y', '--no-install-recommends', ...packages);
  return get() || (apt('update') && get());
}

module.exports = { install };
