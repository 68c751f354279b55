'use strict';

// The browser in which Studio's page is tested: Debian's Chromium, or one that the environment names.

const fs = require('node:fs');
const debian = require('../debian.js');

/** The environment variable with the path of another one. */
const NAMED = 'VISUAL_DB_CHROMIUM';
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of the browser. `install` installs it with apt where possible; without a browser it throws, so that tests are never skipped. */
function chromium({ install = false } = {}) {
  const there = find();
  if (there !== undefined) return there;
  if (install && debian.install('chromium') && find() !== undefined) return find();
  throw new Error(`No Chromium is here: apt-get install chromium, or say by ${NAMED} where it is`);
}

const find = () => [process.env[NAMED], ...PLACES].find((file) => file && fs.existsSync(file));

module.exports = { chromium };
