// Studio's page in a browser on a board that is on a PostgreSQL server: every view shows what it shows of a file.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { barriers, opened, withBrowser } from './support/browser.mjs';
import { startServer } from './support/postgres/server.mjs';
import { teamBoard } from './support/studio_board.mjs';
import { temporaryFile } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

withBrowser();

let server;
let boards = 0;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const soon = (look) => expect.poll(look, { timeout: 8000 });
const rows = (page) => page.locator('.table-body [role=row]');
const card = (page, name) => page.locator('.card', { hasText: name });

/** The team's board, taken along from a file, and its page. */
async function openedThere(options) {
  const file = teamBoard(temporaryFile());
  const lines = temporaryFile();
  await file.exportAll(lines);
  file.close();
  const db = new VisualDatabase({ url: server.url(), schema: `team ${(boards += 1)}` });
  onTestFinished(() => db.close());
  await db.importAll(lines);
  return opened({ db, ...options });
}

test('the canvas has every zone and worktree, and what others do on the server as they do it', async () => {
  const { db, page } = await openedThere();
  const { worktrees } = db.getBoard();
  await soon(() => page.locator('.card').count()).toBe(worktrees.length);
  const elsewhere = new VisualDatabase({ url: server.url(), schema: `team ${boards}` });
  onTestFinished(() => elsewhere.close());
  elsewhere.updateWorktree('wt-0', { status: 'shipped' });
  await soon(() => card(page, 'feature/login').innerText()).toContain('shipped');
});

test('a card is moved, and undo takes it back', async () => {
  const { db, page } = await openedThere({ write: true });
  await card(page, 'feature/login').first().focus();
  const before = db.getWorktreeZone('wt-0');
  const other = before === 'review' ? 'test' : 'review';
  await page.keyboard.press('Enter');
  await page.getByLabel('Move it to').selectOption(other);
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await soon(() => db.getWorktreeZone('wt-0')).toBe(other);
  expect(db.getMoves({ worktreeId: 'wt-0' }).items[0].by).toEqual({ kind: 'user', id: 'anna' });
  await page.locator('.stage').focus();
  await page.keyboard.press('Control+z');
  await soon(() => db.getWorktreeZone('wt-0')).toBe(before);
});

describe('the view', () => {
  test.each([
    ['runs', async (page) => soon(() => rows(page).count()).toBeGreaterThan(10)],
    ['trends', (page) => page.locator('.chart canvas').first().waitFor()],
    ['moves', async (page) => soon(() => rows(page).count()).toBeGreaterThan(10)],
    ['health', (page) => page.getByText(/a call takes [\d.]+ ms/).waitFor()],
    ['sql', (page) => page.getByRole('button', { name: /^Run/ }).waitFor()],
  ])('%s has what the server answers, and no barrier', async (view, shows) => {
    const { page } = await openedThere({ at: `#/${view}` });
    await shows(page);
    expect(await barriers(page)).toEqual([]);
    expect(await page.locator('[role=alert]').count()).toBe(0);
  });

  test('of a run has its prompt, and its output as it comes', async () => {
    const { db, page, go } = await openedThere();
    const { run, token } = db.startRun(
      { worktreeId: 'wt-1', zoneId: 'dev', agentType: 'frontend', prompt: 'Look closely' },
      { workerId: 'w' },
    );
    await go(`#/run/${run.id}`);
    await page.getByText('Look closely').waitFor();
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'a first line\n' }]);
    await soon(() => page.getByRole('log').innerText()).toContain('a first line');
  });
});

test('SQL shows rows and a plan of PostgreSQL’s', async () => {
  const { page } = await openedThere({ at: '#/sql' });
  await page.getByRole('button', { name: /^Run/ }).click();
  await page.getByRole('cell', { name: 'zone_executions', exact: true }).waitFor();
  await page.locator('.plan code').first().waitFor();
});
