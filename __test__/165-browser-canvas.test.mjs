// Studio's canvas in a browser: what stands where, as it changes, as it was, and moved by hand.
import { describe, expect, test } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { opened, withBrowser } from './support/browser.mjs';
import { worktree } from './support/samples.mjs';
import { elsewhere } from './support/schema.mjs';
import { teamBoard } from './support/studio_board.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

withBrowser();

const card = (page, name) => page.locator('.card', { hasText: name });
const zone = (page, name) => page.getByRole('region', { name: `Zone ${name}` });

/** Whether one box is in another one: both are measured in one moment, since the canvas may be fitted to its room between two. */
async function isIn(inner, outer) {
  return inner.evaluate(
    (card, zone) => {
      const [a, b] = [card.getBoundingClientRect(), zone.getBoundingClientRect()];
      return a.left >= b.left - 1 && a.top >= b.top - 1 && a.right <= b.right + 1 && a.bottom <= b.bottom + 1;
    },
    await outer.elementHandle(),
  );
}

/** Until the canvas has the room that it will have: the slider, which takes some of it, comes with its own answer. */
const settled = (page) => page.getByRole('slider', { name: 'Time' }).waitFor();

/** Until an expectation holds; a page is told of a change within a moment. */
const soon = (look) => expect.poll(look, { timeout: 5000 });

async function dragTo(page, from, target) {
  await settled(page);
  // Waits until the card stands still under the pointer.
  await from.hover({ position: { x: 20, y: 20 }, timeout: 5000 });
  const [a, b] = [await from.boundingBox(), await target.boundingBox()];
  await page.mouse.down();
  await page.mouse.move(a.x + 60, a.y + 60, { steps: 4 });
  await page.mouse.move(b.x + b.width / 2, b.y + b.height - 30, { steps: 8 });
  await page.mouse.up();
}

describe('the canvas', () => {
  test('has every zone and worktree, each card in its zone, none on another', async () => {
    const { db, page } = await opened();
    const { worktrees, zones, assignments } = db.getBoard();
    await expect.poll(() => page.locator('.card').count()).toBe(worktrees.length);
    expect(await page.locator('.zone').count()).toBe(zones.length);
    for (const { worktreeId, zoneId } of assignments) {
      const name = zones.find(({ id }) => id === zoneId).name;
      expect(await isIn(page.locator(`[data-id="${worktreeId}"]`), zone(page, name))).toBe(true);
    }
    const boxes = await page
      .locator('.card')
      .evaluateAll((cards) => cards.map((each) => each.getBoundingClientRect().toJSON()));
    const isOver = (a, b) =>
      a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    expect(boxes.filter((a, n) => boxes.slice(n + 1).some((b) => isOver(a, b)))).toEqual([]);
  });

  test('says of a card its branch, port, status, open and latest run, and cost', async () => {
    const { page } = await opened();
    const text = await card(page, 'feature/login').innerText();
    expect(text).toMatch(/feature\/login\s+:3001\s+active\s+queued\s+3 open\s+\d+\.\d\d/);
  });

  test('shows what this process and others change, without being asked', async () => {
    const { db, dbPath, page } = await opened();
    await card(page, 'feature/login').waitFor();
    db.assignWorktreeToZone('wt-0', 'done');
    await soon(() => isIn(card(page, 'feature/login'), zone(page, 'Done'))).toBe(true);
    elsewhere(
      dbPath,
      "UPDATE worktrees SET status = 'shipped' WHERE id = 'wt-0'; UPDATE zones SET name = 'Shipped' WHERE id = 'done'",
    );
    await soon(() => card(page, 'feature/login').innerText()).toContain('shipped');
    await zone(page, 'Shipped').waitFor();
    db.createWorktree({ id: 'wt-new', path: '/new', port: 3999, branchName: 'feature/new' });
    await card(page, 'feature/new').waitFor();
    db.archiveWorktree('wt-new');
    await card(page, 'feature/new').waitFor({ state: 'detached' });
    const { run, token } = db.startRun(
      { zoneId: 'dev', worktreeId: 'wt-1', agentType: 'qa', prompt: 'x' },
      { workerId: 'w' },
    );
    await soon(() => card(page, 'feature/search').innerText()).toMatch(/running\s+1 open/);
    db.finishRun(run.id, token, { status: 'failed' });
    await soon(() => card(page, 'feature/search').innerText()).toMatch(/failed(?!\s+\d open)/);
  });

  test('goes on behind a connection that was cut', async () => {
    const { db, page, context, complaints } = await opened();
    await page.getByText('Live', { exact: true }).first().waitFor();
    await context.setOffline(true);
    db.assignWorktreeToZone('wt-0', 'done');
    await context.setOffline(false);
    await soon(() => isIn(card(page, 'feature/login'), zone(page, 'Done'))).toBe(true);
    complaints.length = 0;
  });

  test('reads the board again where its place in the feed is lost', async () => {
    const { db, page } = await opened();
    await card(page, 'feature/login').waitFor();
    db.db.exec("DELETE FROM changes; UPDATE zones SET name = 'Elsewhere' WHERE id = 'done'");
    await zone(page, 'Elsewhere').waitFor();
  });

  test('can be empty', async () => {
    const { db, page } = await opened({ db: open({ dbPath: temporaryFile() }) });
    await page.getByText('There is nothing on this canvas yet').waitFor();
    db.createWorktree(worktree(1));
    await card(page, 'feature/1').waitFor();
  });

  test('of a file that is kept at an older version has what that version has', async () => {
    const dbPath = temporaryFile();
    teamBoard(dbPath).close();
    for (let version = 6; version > 3; version -= 1)
      expect(visualDb('migrate', 'down', '--yes', '--db', dbPath).status).toBe(0);
    const { page, go } = await opened({ db: open({ dbPath, readonly: true }) });
    await card(page, 'feature/login').waitFor();
    await page.getByText('moves come with version 5').first().waitFor();
    await go('#/health');
    await page.getByText('every page and index is sound').waitFor();
    await go('#/moves');
    await page.getByText('There are no such moves').waitFor();
  });

  test('is moved by dragging, nearer and farther by the wheel, and all of it is one press away', async () => {
    const { page } = await opened();
    const login = card(page, 'feature/login');
    await settled(page);
    let before = null;
    await soon(async () => {
      const last = before?.y;
      before = await login.boundingBox();
      return before.y === last;
    }).toBe(true);
    await page.mouse.move(600, 700);
    await page.mouse.down();
    await page.mouse.move(500, 600, { steps: 5 });
    await page.mouse.up();
    const moved = await login.boundingBox();
    expect([Math.round(moved.x - before.x), Math.round(moved.y - before.y)]).toEqual([-100, -100]);
    await page.mouse.wheel(0, -200);
    await soon(async () => (await login.boundingBox()).width).toBeGreaterThan(before.width * 1.1);
    await page.getByRole('button', { name: 'All' }).click();
    await soon(async () => Math.round((await login.boundingBox()).x - before.x)).toBe(0);
  });

  test('from afar is a picture, and near again cards', async () => {
    const { page } = await opened();
    await card(page, 'feature/login').waitFor();
    for (let n = 0; n < 6; n += 1) await page.getByRole('button', { name: 'Farther' }).click();
    await soon(() => page.locator('.card').count()).toBe(0);
    expect(await page.locator('canvas.far').count()).toBe(1);
    await page.getByRole('button', { name: 'All' }).click();
    await card(page, 'feature/login').waitFor();
  });

  test('a click on a card shows what is known of it, which the address keeps', async () => {
    const { page } = await opened();
    await card(page, 'feature/login').click();
    const panel = page.getByRole('complementary');
    await panel.getByText('/srv/worktrees/feature-login').waitFor();
    await panel.getByText('"pullRequest": 17').waitFor();
    expect(page.url()).toContain('worktree=wt-0');
    await page.reload();
    await panel.getByText('/srv/worktrees/feature-login').waitFor();
    await panel.getByRole('button', { name: 'Close' }).click();
    await panel.getByRole('searchbox').fill('retry');
    await panel.getByRole('button', { name: 'fix/retry-loop' }).click();
    await panel.getByText('/srv/worktrees/fix-retry-loop').waitFor();
  });
});

describe('the board as it was', () => {
  test('is shown by the slider, and ends by Live', async () => {
    const { page } = await opened();
    const slider = page.getByRole('slider', { name: 'Time' });
    const now = await zone(page, 'Done').locator('.count').innerText();
    await slider.focus();
    await page.keyboard.press('Home');
    await soon(() =>
      zone(page, 'Done')
        .locator('.count')
        .innerText()
        .catch(() => 'gone'),
    ).not.toBe(now);
    await page.getByRole('button', { name: 'Live' }).click();
    await soon(() => zone(page, 'Done').locator('.count').innerText()).toBe(now);
  });

  test('is played', async () => {
    const { page } = await opened();
    await page.getByRole('button', { name: 'Play' }).click();
    const shown = page.locator('.time output');
    await soon(() => shown.innerText()).not.toBe('Now');
    const first = await shown.innerText();
    await soon(() => shown.innerText()).not.toBe(first);
    await page.getByRole('button', { name: 'Pause' }).click();
  });

  test('is not moved', async () => {
    const { page, db } = await opened({ write: true });
    await page.getByRole('slider', { name: 'Time' }).focus();
    await page.keyboard.press('PageDown');
    await page.locator('.canvas.past').waitFor();
    const before = db.getMoves().items.length;
    await dragTo(page, page.locator('.card').first(), zone(page, 'Done'));
    expect(db.getMoves().items.length).toBe(before);
  });
});

describe('a drop', () => {
  test('is a move by the actor, where it was put, and undone', async () => {
    const { db, page } = await opened({ write: true });
    await dragTo(page, card(page, 'feature/dark-mode'), zone(page, 'Done'));
    await soon(() => db.getWorktreeZone('wt-2')).toBe('done');
    expect(db.getMoves({ worktreeId: 'wt-2' }).items[0].by).toEqual({ kind: 'user', id: 'anna' });
    expect(db.getWorktree('wt-2').position.x).not.toBe(0);
    await soon(() => isIn(card(page, 'feature/dark-mode'), zone(page, 'Done'))).toBe(true);
    await page.locator('.stage').focus();
    await page.keyboard.press('Control+z');
    await soon(() => db.getWorktreeZone('wt-2')).not.toBe('done');
    await page.getByText('Undone').waitFor();
    await page.keyboard.press('Control+Shift+z');
    await soon(() => db.getWorktreeZone('wt-2')).toBe('done');
  });

  test('into a full zone is refused, and says so', async () => {
    const { db, page } = await opened({ write: true });
    db.setWipLimit('done', 1);
    await dragTo(page, card(page, 'feature/dark-mode'), zone(page, 'Done'));
    await page.getByText('That zone is full').waitFor();
    expect(db.getWorktreeZone('wt-2')).not.toBe('done');
  });

  test('of what somebody else has moved meanwhile is refused, and says so', async () => {
    const { db, page } = await opened({ write: true });
    await card(page, 'feature/dark-mode').waitFor();
    // What the page has not heard of yet.
    await page.route('**/api/move', async (route) => {
      db.assignWorktreeToZone('wt-2', 'plan');
      await route.continue();
    });
    await dragTo(page, card(page, 'feature/dark-mode'), zone(page, 'Done'));
    await page.getByText('Somebody was faster').waitFor();
    expect(db.getWorktreeZone('wt-2')).toBe('plan');
  });

  test('is not to be had without --write', async () => {
    const { db, page } = await opened();
    const before = db.getMoves().items.length;
    await dragTo(page, card(page, 'feature/dark-mode'), zone(page, 'Done'));
    expect(db.getMoves().items.length).toBe(before);
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  });
});
