// Studio with 2,000 worktrees in 50 zones. What it takes on a quiet machine docs/studio.md says (bench/studio.mjs measures it); here
// is what it must never be slower than, on a machine that has much else to do: several times as long.
import { describe, expect, onTestFinished, test } from 'vitest';
import { opened, withBrowser } from './support/browser.mjs';
import { largeBoard } from './support/studio_board.mjs';
import { dragging, opening } from './support/studio_speed.mjs';
import { temporaryFile } from './support/temporary.mjs';

withBrowser();

const WORKTREES = 2000;

function large() {
  const db = largeBoard(temporaryFile(), { worktrees: WORKTREES });
  onTestFinished(() => db.close());
  return db;
}

/** What is measured, once it is good enough or has been tried that often: others have the machine, too. */
async function tried(times, measure, isEnough) {
  for (let n = 1; ; n += 1) {
    const found = await measure();
    if (n === times || isEnough(found)) return found;
  }
}

/** Changes of this process, so many a second, until `end()`. */
function changing(db, perSecond) {
  let made = 0;
  const start = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / 1000) * perSecond;
    for (; made < due; made += 1) {
      const changes = made % 2 ? { status: `s${made}` } : { position: { x: made % 9000, y: (made * 13) % 5000 } };
      db.updateWorktree(`wt-${(made * 37) % WORKTREES}`, changes);
    }
  }, 10);
  onTestFinished(() => clearInterval(timer));
  return () => {
    clearInterval(timer);
    return made;
  };
}

async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

describe('2,000 worktrees', () => {
  test('are shown within a few seconds of opening', async () => {
    const { page, server } = await opened({ db: large() });
    const open = () => opening(page, server.origin);
    expect(await tried(8, open, (took) => took < 3000)).toBeLessThan(3000);
  });

  test('are dragged fluently, from afar and near', { timeout: 120_000 }, async () => {
    const { page } = await opened({ db: large(), viewport: { width: 1440, height: 900 } });
    await page.locator('canvas.far').waitFor();
    const drag = async () => (await dragging(page, { moves: 60 })).fps;
    expect(await tried(5, drag, (fps) => fps > 20)).toBeGreaterThan(20);
    await page.getByRole('button', { name: 'All' }).click();
    for (let n = 0; n < 9; n += 1) await page.getByRole('button', { name: 'Nearer' }).click();
    await page.locator('.card').first().waitFor();
    expect(await tried(5, drag, (fps) => fps > 20)).toBeGreaterThan(20);
  });

  test('200 changes a second drop no input, and are all there in the end', async () => {
    const db = large();
    const { page } = await opened({ db });
    await page.locator('canvas.far').waitFor();
    const end = changing(db, 200);
    const text = 'feature/1999 with every letter of it';
    await page.getByRole('searchbox').pressSequentially(text, { delay: 20 });
    expect(await page.getByRole('searchbox').inputValue()).toBe(text);
    await dragging(page);
    expect(end()).toBeGreaterThan(300);
    db.updateWorktree('wt-7', { status: 'the last one' });
    await page.getByRole('searchbox').fill('feature/7');
    await page.getByRole('searchbox').press('Enter');
    await page.getByText('the last one').first().waitFor();
  });

  test('and 20,000 changes leave no more memory in use than before', { timeout: 120_000 }, async () => {
    const db = large();
    const { page } = await opened({ db });
    await page.locator('canvas.far').waitFor();
    const change = async (round) => {
      db.transaction(() => {
        for (let n = 0; n < 2000; n += 1)
          db.updateWorktree(`wt-${n}`, { status: `s${round}`, position: { x: n + round } });
        for (let n = 0; n < 100; n += 1)
          db.createWorktree({ id: `new-${round}-${n}`, path: '/n', port: 10_000 + n, branchName: `n/${n}` });
      });
      db.transaction(() => {
        for (let n = 0; n < 100; n += 1) db.deleteWorktree(`new-${round}-${n}`);
        db.updateZone('z-0', { name: `round ${round}` });
      });
      await page.getByRole('region', { name: `Zone round ${round}` }).waitFor();
    };
    for (let round = 0; round < 3; round += 1) await change(round);
    const before = await heapOf(page);
    for (let round = 3; round < 13; round += 1) await change(round);
    expect((await heapOf(page)) - before).toBeLessThan(3_000_000);
  });
});
