// Studio's other views in a browser: runs, one run, moves, health, SQL.
// Long because each view is looked at as a person would.
import { describe, expect, test } from 'vitest';
import { opened, withBrowser } from './support/browser.mjs';

withBrowser();

/** A window that has every row of a table in it. */
const TALL = { width: 1280, height: 6000 };
const soon = (look) => expect.poll(look, { timeout: 8000 });
const rows = (page) => page.locator('.table-body [role=row]');
const idOf = (db, filter) => db.listRuns({ ...filter, limit: 1 }).items[0].id;

describe('runs', () => {
  test('are listed newest first, and filtered by what the address says', async () => {
    const { page, go } = await opened({ at: '#/runs' });
    await soon(() => rows(page).first().innerText()).toContain('fix/empty-state');
    await page.getByRole('button', { name: 'failed', exact: true }).click();
    await soon(async () => new Set(await page.locator('.table-body .status').allInnerTexts())).toEqual(
      new Set(['failed']),
    );
    expect(page.url()).toContain('status=failed');
    await page.reload();
    await soon(async () => new Set(await page.locator('.table-body .status').allInnerTexts())).toEqual(
      new Set(['failed']),
    );
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Agent').fill('planner');
    await soon(async () => new Set(await page.locator('.table-body a').allInnerTexts())).toEqual(new Set(['planner']));
    await go('#/runs?zoneId=review&orderBy=longest');
    await soon(async () => new Set(await page.locator('.table-body a').allInnerTexts())).toEqual(
      new Set(['code-reviewer']),
    );
    await go('#/runs?agentType=nobody');
    await page.getByText('There are no such runs.').waitFor();
  });

  test('of any number are few rows, and all are reached by going down', async () => {
    const { db, page } = await opened({ at: '#/runs' });
    const all = db.listRuns({ limit: 1000 }).items.length;
    await rows(page).first().waitFor();
    const table = page.getByRole('table', { name: 'Runs' });
    const last = async () => {
      await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      return rows(page).last().getAttribute('aria-rowindex');
    };
    await soon(last).toBe(String(all + 1));
    expect(await rows(page).count()).toBeLessThan(60);
    await page.getByText(String(all), { exact: true }).waitFor();
  });

  test('are found by their words, which are marked, once that is on', async () => {
    const { db, page } = await opened({ at: '#/runs' });
    await rows(page).first().waitFor();
    expect(await page.getByLabel('Words').count()).toBe(0);
    db.enableSearch();
    await page.reload();
    await page.getByLabel('Words').fill('autocomplete <b>login</b>');
    await page.getByText('0 found').waitFor();
    await page.getByLabel('Words').fill('login form');
    await page.getByText('1 found').waitFor();
    expect((await page.locator('.found mark').allInnerTexts()).join(' ')).toMatch(/login.*form/);
    expect(page.url()).toContain('text=login+form');
    await page.locator('.found a').click();
    await page.getByText('remember me').waitFor();
  });

  test('new ones and changed ones appear', async () => {
    const { db, page } = await opened({ at: '#/runs' });
    await rows(page).first().waitFor();
    const wanted = { zoneId: 'dev', worktreeId: 'wt-3', agentType: 'newcomer', prompt: 'x' };
    const { run, token } = db.startRun(wanted, { workerId: 'w' });
    await soon(() => rows(page).first().innerText()).toContain('newcomer');
    db.finishRun(run.id, token, { status: 'failed' });
    await soon(() => rows(page).first().innerText()).toContain('failed');
  });
});

describe('a run', () => {
  test('has its prompt, result, usage, commits, and those round it', async () => {
    const { db, page, go } = await opened({ at: '#/runs' });
    const { id } = db.listRuns({ status: 'succeeded', limit: 1 }).items[0];
    const run = db.getRun(id);
    await go(`#/run/${id}`);
    await page.getByText(run.prompt).waitFor();
    for (const text of [id, '"passed": 12', 'a1b2c3d → d4e5f6a', 'acme', 'Changed'])
      await page.getByText(text).first().waitFor();
    await go(`#/run/${idOf(db, { status: 'running' })}`);
    await page.getByRole('heading', { name: 'Its parts' }).waitFor();
    await page.locator('ul.plain a').first().click();
    await page.getByRole('heading', { name: 'Part of' }).waitFor();
  });

  test('has its output as it comes, and as text', async () => {
    const { db, page, go } = await opened();
    const { run, token } = db.startRun(
      { zoneId: 'dev', worktreeId: 'wt-3', agentType: 'qa', prompt: 'x' },
      { workerId: 'w' },
    );
    await go(`#/run/${run.id}`);
    await page.getByText('None.').waitFor();
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: '\u001b[31mfirst\u001b[0m <b>line</b>\n' }]);
    await soon(() => page.getByRole('log').innerText()).toContain('first <b>line</b>');
    db.appendOutput(
      run.id,
      token,
      Array.from({ length: 1500 }, (_, n) => ({ stream: 'stderr', text: `${n}\n` })),
    );
    await soon(() => page.getByRole('log').innerText()).toMatch(/\n1499\n*$/);
    const isAtEnd = (element) => element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    await soon(() => page.getByRole('log').evaluate(isAtEnd)).toBe(true);
    db.finishRun(run.id, token, { status: 'failed', error: 'It broke' });
    await page.getByText('It broke').waitFor();
  });

  test('is cancelled, retried and answered where that was allowed', async () => {
    const { db, page, go } = await opened({ write: true });
    const queued = idOf(db, { status: 'queued' });
    await go(`#/run/${queued}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await soon(() => db.getRun(queued).status).toBe('cancelled');
    await page.getByRole('button', { name: 'Retry' }).click();
    await soon(() => page.url()).not.toContain(queued);
    const again = db.listRuns({ status: 'queued' }).items.find(({ retryOf }) => retryOf === queued);
    expect([page.url().endsWith(again.id), again.by]).toEqual([true, { kind: 'user', id: 'anna' }]);
    const asking = idOf(db, { status: 'waiting' });
    await go(`#/run/${asking}`);
    await page.getByText('May I delete the old migration?').waitFor();
    await page.getByLabel('Answer').fill('Yes, do');
    await page.getByRole('button', { name: 'Answer' }).click();
    await soon(() => db.getRun(asking).answer).toBe('Yes, do');
  });

  test('has none of these without --write', async () => {
    const { db, page, go } = await opened();
    await go(`#/run/${idOf(db, { status: 'waiting' })}`);
    await page.getByText('May I delete the old migration?').waitFor();
    expect(await page.locator('main button').count()).toBe(0);
  });

  test('that is not there is said to be none', async () => {
    const { page } = await opened({ at: '#/run/nothing' });
    await page.getByText('Run not found: nothing').waitFor();
  });
});

describe('trends', () => {
  const numbersOf = async (page, title) => {
    const chart = page.locator('.chart', { has: page.getByRole('heading', { name: title, exact: true }) });
    await chart.getByText('Numbers').click();
    const cells = await chart
      .locator('.wide-table tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText)));
    return { chart, cells };
  };

  test('are what getTrend answers, in pictures and in numbers, each one click from its runs', async () => {
    const { db, page } = await opened({ at: '#/trends', timezoneId: 'UTC' });
    await page.locator('.chart canvas').first().waitFor();
    expect(await page.locator('.chart').count()).toBeGreaterThanOrEqual(4);
    const { chart, cells } = await numbersOf(page, 'Runs');
    const since = new Date(Date.now() - 7 * 86_400_000);
    const rows = db.getTrend({ bucket: 'day', since });
    expect(cells.map((row) => row.slice(1, 3).map(Number))).toEqual(
      rows.map(({ succeeded, failed }) => [succeeded, failed]),
    );
    await chart.locator('tbody a').nth(3).click();
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    const asked = new URLSearchParams(page.url().split('?')[1]);
    const finishedSince = asked.get('finishedSince');
    const finishedUntil = asked.get('finishedUntil');
    expect(finishedSince).toBe(rows[3].start);
    expect(db.listRuns({ finishedSince, finishedUntil, limit: 1000 }).items.length).toBe(rows[3].runs);
    await soon(() => page.getByText(`finishedSince: ${finishedSince}`).isVisible()).toBe(true);
  });

  test('the flow is what getFlow answers, each of its times one click from the moves', async () => {
    const { db, page } = await opened({ at: '#/trends', timezoneId: 'UTC' });
    const { chart, cells } = await numbersOf(page, 'Worktrees by zone');
    const { buckets } = db.getFlow({ bucket: 'day', since: new Date(Date.now() - 7 * 86_400_000) });
    expect(cells.map((row) => row.slice(1).map(Number))).toEqual(buckets.map(({ zones }) => Object.values(zones)));
    await page.getByRole('cell', { name: 'In Review' }).waitFor();
    await chart.locator('.wide-table tbody a').nth(3).click();
    await page.getByRole('heading', { name: 'Moves' }).waitFor();
    await soon(() => rows(page).count()).toBe(
      db.getMoves({ since: buckets[3].start, until: buckets[4].start }).items.length,
    );
  });

  test('by agent are a line each, and the address keeps what was chosen', async () => {
    const { page } = await opened({ at: '#/trends' });
    await page.getByRole('combobox', { name: /^By/ }).selectOption('agent');
    const totals = page.getByRole('region', { name: 'Totals' });
    await totals.getByRole('link', { name: 'code-reviewer' }).waitFor();
    expect(page.url()).toContain('by=agent');
    await page.reload();
    await totals.getByRole('link', { name: 'code-reviewer' }).click();
    await soon(async () => new Set(await page.locator('.table-body a').allInnerTexts())).toEqual(
      new Set(['code-reviewer']),
    );
  });

  test('a click into a picture leads to the runs of that time', async () => {
    const { page } = await opened({ at: '#/trends' });
    const picture = page.locator('.chart .u-over').first();
    await picture.hover();
    await picture.click();
    await soon(() => page.url()).toMatch(/#\/runs\?.*finishedSince=/);
  });

  test('the week has its runs by the hour', async () => {
    const { db, page } = await opened({ at: '#/trends', timezoneId: 'UTC' });
    await page.locator('.week td').first().waitFor();
    const cells = await page.locator('.week tbody td').allInnerTexts();
    const rows = db.getTrend({ bucket: 'hourOfWeek', since: new Date(Date.now() - 7 * 86_400_000) });
    expect(cells.map((text) => Number(text))).toEqual(rows.map(({ runs }) => runs));
  });

  test.for(['UTC', 'Asia/Kathmandu'])(
    'an hour of the week is one click from its runs, of several weeks: in %s',
    async (timezoneId) => {
      const { db, page } = await opened({ at: '#/trends?range=30+days', timezoneId, viewport: TALL });
      const cell = page.locator('.week td a').first();
      const shown = Number(await cell.innerText());
      await cell.click();
      await page.getByRole('button', { name: /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d+:00/ }).waitFor();
      await soon(() => rows(page).count()).toBe(shown);
      const hour = Number(new URLSearchParams(page.url().split('?')[1]).get('hourOfWeek'));
      const since = new Date(Date.now() - 30 * 86_400_000);
      expect(db.getTrend({ bucket: 'hourOfWeek', timeZone: timezoneId, since })[hour].runs).toBe(shown);
    },
  );

  test('each number of the totals leads to the runs that it counts', async () => {
    const { page } = await opened({ at: '#/trends', viewport: TALL });
    const totals = page.getByRole('region', { name: 'Totals' });
    const failed = totals.locator('tbody td').nth(3);
    const shown = Number(await failed.innerText());
    expect(shown).toBeGreaterThan(0);
    await failed.getByRole('link').click();
    await soon(() => rows(page).count()).toBe(shown);
    expect(new Set(await page.locator('.table-body .status').allInnerTexts())).toEqual(new Set(['failed']));
  });
});

describe('moves', () => {
  test('are listed with who and why, and filtered', async () => {
    const { db, page, go } = await opened({ at: '#/moves' });
    await soon(() => rows(page).count()).toBeGreaterThan(10);
    await soon(() => rows(page).first().innerText()).toContain('anna');
    db.as({ kind: 'agent', id: 'mover' }).moveWorktree('wt-0', 'done', { reason: 'it is done' });
    await soon(() => rows(page).first().innerText()).toMatch(/feature\/login[^]*Done[^]*mover[^]*it is done/);
    await go('#/moves?worktreeId=wt-0');
    await soon(async () => new Set(await page.locator('.table-body a').allInnerTexts())).toEqual(
      new Set(['feature/login']),
    );
  });
});

describe('health', () => {
  test('has sizes, what doctor says, budgets, limits and backups, which are verified', async () => {
    const { db, page, go } = await opened();
    await db.backup();
    await go('#/health');
    await page.getByText('every page and index is sound').waitFor();
    await page.getByText('agent qa: 0 of 2 at work').waitFor();
    expect(await page.locator('meter').count()).toBe(1);
    await page.getByRole('button', { name: /^Verify/ }).click();
    await page.getByText('Good').waitFor();
  });
});

describe('retention', () => {
  test('is tried out, and nothing goes', async () => {
    const { db, page } = await opened({ at: '#/health', write: true });
    const { bodies } = db.prune({ bodies: '1d', output: '7d', dryRun: true });
    expect(bodies).toBeGreaterThan(100);
    await page.getByLabel('Keep bodies').selectOption('1d');
    await page.getByRole('button', { name: 'What would go?' }).click();
    await page.getByText(`the bodies of ${bodies}`).waitFor();
    expect(
      db.listRuns({ limit: 1000, fields: 'full' }).items.every(({ bodiesPrunedAt }) => bodiesPrunedAt === null),
    ).toBe(true);
  });
});

describe('SQL', () => {
  test('has rows and a plan, by Ctrl+Enter', async () => {
    const { page } = await opened({ at: '#/sql' });
    await page.getByLabel('Statement').fill("SELECT id, NULL AS absent FROM worktrees WHERE id = 'wt-0'");
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^SEARCH worktrees/).waitFor();
    expect(await page.locator('.rows td').allInnerTexts()).toEqual(['wt-0', 'NULL']);
    await page.getByLabel('Examples').selectOption('Tables');
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.getByRole('cell', { name: 'zone_executions', exact: true }).waitFor();
  });

  test('that writes, or is none, is refused', async () => {
    const { page } = await opened({ at: '#/sql', write: true });
    await page.getByLabel('Statement').fill('DELETE FROM zones');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Only what reads is run here').waitFor();
    await page.getByLabel('Statement').fill('SELEC');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/near "SELEC"/).waitFor();
  });
});
