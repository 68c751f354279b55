// Studio for everybody: by keyboard alone, dark and light, narrow and wide, read out, with less motion.
import { describe, expect, test } from 'vitest';
import { barriers, opened, withBrowser } from './support/browser.mjs';

withBrowser();

const soon = (look) => expect.poll(look, { timeout: 8000 });
const idOf = (db, filter) => db.listRuns({ ...filter, limit: 1 }).items[0].id;

/** Every view, and what has to be there before it is looked at. */
const VIEWS = [
  ['the canvas', '#/canvas', '.card'],
  ['a worktree', '#/canvas?worktree=wt-0', '.details dl'],
  ['runs', '#/runs', '.table-body [role=row]'],
  ['found runs', '#/runs?text=login', '.found li'],
  ['a run', (db) => `#/run/${idOf(db, { status: 'succeeded' })}`, '.run pre'],
  ['a run at work', (db) => `#/run/${idOf(db, { status: 'running' })}`, '.run .output'],
  ['a run that asks', (db) => `#/run/${idOf(db, { status: 'waiting' })}`, '.run form'],
  ['trends', '#/trends?by=agent', '.chart canvas'],
  ['moves', '#/moves', '.table-body [role=row]'],
  ['health', '#/health', '.checks li'],
  ['SQL', '#/sql', '.sql textarea'],
];
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 800 } };

describe.each(['light', 'dark'])('%s', (colorScheme) => {
  test.each(Object.keys(SIZES))(
    'and %s: axe finds nothing against any view, and nothing is wider than the window',
    async (size) => {
      const { db, page, go } = await opened({ write: true, colorScheme, viewport: SIZES[size] });
      await db.backup();
      db.enableSearch();
      await page.reload();
      for (const [name, at, ready] of VIEWS) {
        await go(typeof at === 'function' ? at(db) : at);
        await page.locator(ready).first().waitFor();
        expect([name, ...(await barriers(page))]).toEqual([name]);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect([name, width]).toEqual([name, SIZES[size].width]);
      }
    },
  );

  test('is what the system says, until somebody says otherwise, and is kept', async () => {
    const { page } = await opened({ colorScheme });
    const shown = () => page.evaluate(() => document.documentElement.dataset.theme);
    await soon(shown).toBe(colorScheme);
    const other = colorScheme === 'dark' ? 'light' : 'dark';
    await page.getByRole('button', { name: `Show it ${other}` }).click();
    await soon(shown).toBe(other);
    await page.reload();
    await soon(shown).toBe(other);
  });
});

describe('by keyboard alone', () => {
  const focused = (page) =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      return element === document.body ? '' : element.innerText || element.ariaLabel;
    });
  const isFocusSeen = (page) =>
    page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
    });

  /** Presses a key until what is focused says so. */
  async function until(page, key, text, most = 60) {
    for (let n = 0; n < most; n += 1) {
      if ((await focused(page))?.includes(text)) return;
      await page.keyboard.press(key);
    }
    throw new Error(`${text} is not reached by ${key}`);
  }

  test('every view is reached, and the focus is always seen', async () => {
    const { page } = await opened();
    await page.locator('.card').first().waitFor();
    for (const view of ['Runs', 'Trends', 'Moves', 'Health', 'SQL', 'Canvas']) {
      await until(page, 'Tab', view);
      expect(await isFocusSeen(page)).toBe(true);
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: view, exact: true }).and(page.locator('[aria-current=page]')).waitFor();
      await page.evaluate(() => document.activeElement.blur());
    }
  });

  test('the content is one press away', async () => {
    const { page } = await opened({ at: '#/runs' });
    await page.locator('.table-body [role=row]').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('To the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement.id)).toBe('main');
  });

  test('the canvas is moved, cards are gone through, opened, moved and put back', async () => {
    const { db, page } = await opened({ write: true });
    await page.locator('.card').first().waitFor();
    await page.locator('.stage').focus();
    const place = () => page.locator('.world').evaluate((element) => element.style.transform);
    const before = await place();
    await page.keyboard.press('ArrowRight');
    expect(await place()).not.toBe(before);
    await page.keyboard.press('+');
    await page.keyboard.press('0');
    await soon(place).toBe(before);
    await page.keyboard.press('Tab');
    const first = await focused(page);
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).not.toBe(first);
    await page.keyboard.press('ArrowLeft');
    expect(await focused(page)).toBe(first);
    await page.keyboard.press('Enter');
    const branch = first.split('\n')[0];
    await page.getByRole('heading', { name: branch }).waitFor();
    const { id } = db.listWorktrees().find(({ branchName }) => branchName === branch);
    await page.getByLabel('Move it to').focus();
    await page.keyboard.press('ArrowDown');
    const chosen = await page.getByLabel('Move it to').inputValue();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await soon(() => db.getWorktreeZone(id)).toBe(chosen);
    await page.locator('.stage').focus();
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').waitFor();
  });

  test('runs are gone through row by row, and opened', async () => {
    const { page } = await opened({ at: '#/runs' });
    await page.locator('.table-body a').first().focus();
    const at = () => page.evaluate(() => document.activeElement.closest('[role=row]')?.getAttribute('aria-rowindex'));
    for (let n = 0; n < 30; n += 1) {
      await page.keyboard.press('ArrowDown');
      await soon(at).toBe(String(n + 3));
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Prompt' }).waitFor();
  });
});

describe('motion', () => {
  const moves = (page) =>
    page
      .locator('.card')
      .first()
      .evaluate((card) => parseFloat(getComputedStyle(card).transitionDuration) > 0);

  test('is less where less is wanted', async () => {
    const { page } = await opened({ reducedMotion: 'reduce' });
    await page.locator('.card').first().waitFor();
    expect(await moves(page)).toBe(false);
  });

  test('is there where it is welcome', async () => {
    const { page } = await opened({ reducedMotion: 'no-preference' });
    await page.locator('.card').first().waitFor();
    expect(await moves(page)).toBe(true);
  });
});
