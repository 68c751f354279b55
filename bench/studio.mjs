// Measures Studio's page with 2,000 worktrees in 50 zones, in headless Chromium: `npm run bench:studio`. With `-- --feed 60` also its
// memory over so many minutes of changes. docs/studio.md has the figures.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { largeBoard } from '../__test__/support/studio_board.mjs';
import { dragging, opening } from '../__test__/support/studio_speed.mjs';

const require = createRequire(import.meta.url);
const { dependencies } = require('../scripts/setup.js');
const { chromium: program } = require('../scripts/studio/chromium.js');
const { serve } = require('../lib/studio/server.js');

const { values } = parseArgs({ options: { feed: { type: 'string', default: '0' } } });
const TRIES = 7;
const WORKTREES = 2000;

dependencies('studio');
const { chromium } = createRequire(new URL('../studio/package.json', import.meta.url))('playwright-core');

async function median(measure) {
  const found = [];
  for (let n = 0; n < TRIES; n += 1) found.push(await measure());
  return found.sort((one, other) => one - other)[Math.floor(TRIES / 2)];
}

/** Changes the board while `work` goes on: how many changes a second there were, and the result of `work`. */
async function changing(db, work) {
  let made = 0;
  const start = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / 1000) * 200;
    for (; made < due; made += 1)
      db.updateWorktree(
        `wt-${(made * 37) % WORKTREES}`,
        made % 2 ? { status: `s${made}` } : { position: { x: made % 9000 } },
      );
  }, 10);
  const found = await work();
  clearInterval(timer);
  return [made / ((performance.now() - start) / 1000), found];
}

/** The page's memory in use, in MiB, after a garbage collection. */
async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1024 ** 2;
}

const folder = mkdtempSync(join(tmpdir(), 'visual-db-studio-'));
const db = largeBoard(join(folder, 'visual.db'), { worktrees: WORKTREES });
const { url, close } = await serve(db, { port: 0, write: true, actor: { kind: 'user', id: 'bench' } });
const browser = await chromium.launch({ executablePath: program(), args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  const say = (what, value, unit) => console.log(`${what.padEnd(48)} ${value.toFixed(value < 100 ? 1 : 0)} ${unit}`);
  say('opened, until all is shown', await median(() => opening(page, new URL(url).origin)), 'ms');
  const all = page.getByRole('button', { name: 'All' });
  const drag = async (nearer) => {
    await all.click();
    for (let n = 0; n < nearer; n += 1) await page.getByRole('button', { name: 'Nearer' }).click();
    return (await dragging(page)).fps;
  };
  say('dragged, all of it seen', await median(() => drag(0)), 'frames a second');
  say('dragged, cards seen', await median(() => drag(9)), 'frames a second');
  const [changes, fps] = await changing(db, () => median(() => drag(9)));
  say(`the same, with ${changes.toFixed(0)} changes a second`, fps, 'frames a second');
  const minutes = Number(values.feed);
  const [perSecond] = await changing(db, async () => {
    for (let minute = 0; minute <= minutes; minute += Math.max(1, minutes / 6)) {
      if (minute > 0) await after(Math.max(1, minutes / 6) * 60_000);
      say(`memory in use after ${minute} minutes of changes`, await memory(page), 'MiB');
    }
  });
  if (minutes > 0) say('changes a second meanwhile', perSecond, '');
} finally {
  await browser.close();
  await close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
}
