'use strict';

// Takes the pictures of docs/: Studio on the board of its tests. A person looks at them before they are committed.

const fs = require('node:fs');
const { createRequire } = require('node:module');
const os = require('node:os');
const path = require('node:path');
const { chromium: program } = require('./chromium.js');

const ROOT = path.join(__dirname, '../..');
const DOCS = path.join(ROOT, 'docs/pictures');
const SIZE = { width: 1280, height: 800 };

/** For each picture the address, the colours, and the selector to wait for. */
const PICTURES = {
  'studio-canvas': ['#/canvas', 'light', '.card'],
  'studio-dark': ['#/canvas?worktree=wt-0', 'dark', '.details .plain'],
  'studio-run': [(db) => `#/run/${db.listRuns({ status: 'running' }).items[0].id}`, 'light', '.output'],
  'studio-trends': ['#/trends', 'light', '.chart canvas'],
};

async function take() {
  const { serve } = require('../../lib/studio/server.js');
  const { teamBoard } = await import('../../__test__/support/studio_board.mjs');
  const { chromium } = createRequire(path.join(ROOT, 'studio/package.json'))('playwright-core');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-studio-'));
  const db = teamBoard(path.join(folder, 'visual.db'));
  const { url, close } = await serve(db, { port: 0, write: true, actor: { kind: 'user', id: 'anna' } });
  const browser = await chromium.launch({ executablePath: program(), args: ['--no-sandbox'] });
  fs.mkdirSync(DOCS, { recursive: true });
  try {
    for (const [name, [at, colorScheme, ready]] of Object.entries(PICTURES)) {
      const page = await browser.newPage({ viewport: SIZE, colorScheme, reducedMotion: 'reduce' });
      await page.goto(`${url}${typeof at === 'function' ? at(db) : at}`);
      await page.locator(ready).first().waitFor();
      await page.waitForTimeout(1000);
      await page.screenshot({ path: path.join(DOCS, `${name}.png`) });
      await page.close();
    }
  } finally {
    await browser.close();
    await close();
    db.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { take };
