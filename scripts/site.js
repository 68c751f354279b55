'use strict';

// `npm run site`: builds the documentation's site into site/dist and checks all its links. `--preview` serves it afterwards.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { ROOT, dependencies } = require('./setup.js');

const SITE = path.join(ROOT, 'site');
const load = (name) => import(pathToFileURL(path.join(SITE, name)).href);

/** Runs VitePress's command in the folder of the site. */
function vitepress(...args) {
  const { bin } = JSON.parse(fs.readFileSync(path.join(SITE, 'node_modules/vitepress/package.json'), 'utf8'));
  const command = path.join(SITE, 'node_modules/vitepress', bin.vitepress);
  const { status } = spawnSync(process.execPath, [command, ...args], { cwd: SITE, stdio: 'inherit' });
  if (status !== 0) throw new Error(`vitepress ${args[0]} failed`);
}

async function main() {
  dependencies('site');
  const { lay } = await load('pages.mjs');
  await lay();
  vitepress('build');
  const { deadLinks } = await load('links.mjs');
  const { pages, dead } = deadLinks(path.join(SITE, 'dist'));
  for (const line of dead) console.error(line);
  console.log(`${pages} pages, ${dead.length} links that lead nowhere`);
  if (dead.length > 0) process.exitCode = 1;
  else if (process.argv.includes('--preview')) vitepress('preview');
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
