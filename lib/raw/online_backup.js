'use strict';

const fs = require('node:fs/promises');
const path = require('node:path');

const addon = require('../native/addon.js');
const { objectOption } = require('./options.js');

/** How many pages a step copies unless `progress` says otherwise. */
const PAGES = 100;

/** `db.backup(file, { attached, progress })`: step by step, with turns of the event loop in between. */
async function backup(connection, file, options) {
  options = objectOption(options, 'second');
  if (typeof file !== 'string') throw new TypeError('Expected first argument to be a string');
  const name = file.trim();
  const attached = 'attached' in options ? options.attached : 'main';
  const progress = 'progress' in options ? options.progress : null;
  if (name === '') throw new TypeError('Backup filename cannot be an empty string');
  if (name === ':memory:') throw new TypeError('Invalid backup filename ":memory:"');
  if (typeof attached !== 'string') throw new TypeError('Expected the "attached" option to be a string');
  if (attached === '') throw new TypeError('The "attached" option cannot be an empty string');
  if (progress != null && typeof progress !== 'function') {
    throw new TypeError('Expected the "progress" option to be a function');
  }
  if (!(await exists(path.dirname(name)))) {
    throw new TypeError('Cannot save backup because the directory does not exist');
  }
  const running = addon.startBackup(connection, attached, name, !(await exists(name)));
  try {
    return await copy(running, progress);
  } finally {
    addon.endBackup(running);
  }
}

async function copy(running, progress) {
  // The first step copies nothing: it only finds out how many pages there are.
  let pages = PAGES;
  for (let step = 0; ; step += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    // A copy in this realm: the addon's object is of the realm that loaded it first.
    const done = { ...addon.stepBackup(running, step === 0 ? 0 : pages) };
    if (done.remainingPages === 0) return done;
    if (progress != null) pages = rate(progress(done)) ?? pages;
  }
}

function rate(returned) {
  if (returned === undefined) return undefined;
  if (typeof returned === 'number' && !Number.isNaN(returned)) {
    return Math.max(0, Math.min(0x7fffffff, Math.round(returned)));
  }
  throw new TypeError('Expected progress callback to return a number or undefined');
}

const exists = (file) =>
  fs.access(file).then(
    () => true,
    () => false,
  );

module.exports = { backup };
