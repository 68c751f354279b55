'use strict';

// The browser that Studio's page is tested in: Debian's Chromium, or one that is named.

const fs = require('node:fs');
const debian = require('../debian.js');

/** Names one that lies elsewhere. */
const NAMED = 'VISUAL_DB_CHROMIUM';
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The program. `install` gets it where apt can; where there is none it is an error, never a reason to test nothing. */
function chromium({ install = false } = {}) {
  const there = find();
  if (there !== undefined) return there;
  if (install && debian.install('chromium') && find() !== undefined) return find();
  throw new Error(`No Chromium is here: apt-get install chromium, or say by ${NAMED} where it is`);
}

const find = () => [process.env[NAMED], ...PLACES].find((file) => file && fs.existsSync(file));

module.exports = { chromium };
