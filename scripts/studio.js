'use strict';

// Studio's page. Without arguments it builds the assets, to be committed; `--check` checks that they are what the source
// makes, and small enough, and then tests the page in a browser; `--pictures` takes the pictures of docs/.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { gzipSync } = require('node:zlib');
const { ROOT, addon, attempt, dependencies, run } = require('./setup.js');
const { chromium } = require('./studio/chromium.js');

const ASSETS = path.join(ROOT, 'studio/assets');
/** The limit for all assets together, compressed, in bytes. */
const LARGEST = 400_000;

function build(folder) {
  dependencies('studio');
  process.env.VISUAL_DB_STUDIO_ASSETS = folder;
  run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'], path.join(ROOT, 'studio'));
}

/** The files of a folder by their names. */
const filesOf = (folder) =>
  new Map(fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name))]));

/** What is wrong with the assets, a line each. */
function problems() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-studio-'));
  try {
    build(folder);
    const [made, kept] = [filesOf(folder), filesOf(ASSETS)];
    const found = [...new Set([...made.keys(), ...kept.keys()])]
      .filter((name) => !kept.get(name)?.equals(made.get(name) ?? Buffer.alloc(0)))
      .map((name) => `studio/assets/${name} is not what the source makes: node scripts/studio.js, and commit it`);
    const bytes = [...made.values()].reduce((sum, content) => sum + gzipSync(content).length, 0);
    console.log(`Studio's assets: ${bytes.toLocaleString('en')} bytes, compressed`);
    if (bytes > LARGEST) found.push(`They may be ${LARGEST.toLocaleString('en')}`);
    return found;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function check(args) {
  const found = problems();
  for (const problem of found) console.error(problem);
  dependencies('__test__/postgres');
  addon();
  chromium({ install: true });
  const vitest = [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'studio', ...args];
  const tests = attempt(process.execPath, vitest);
  process.exitCode = found.length === 0 ? tests : 1;
}

function pictures() {
  dependencies('studio');
  return require('./studio/pictures.js').take();
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--check') check(rest);
else if (first === '--pictures') void pictures();
else build(ASSETS);
