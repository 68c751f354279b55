// Data that wants to be a page: in every text field there is, Studio shows it as text, and nothing of it runs.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HOSTILE, opened, withBrowser } from './support/browser.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

withBrowser();

/** A board all of whose texts are hostile, ids included. */
function hostileBoard() {
  const db = open({ dbPath: temporaryFile() });
  const text = HOSTILE.replaceAll('\u0000', '');
  db.createZone({
    id: `z ${text}`,
    name: text,
    agents: [text, { type: text }],
    description: text,
    promptTemplate: text,
    actions: [text],
    trigger: text,
  });
  db.createWorktree({
    id: `w ${text}`,
    path: text,
    port: 3001,
    branchName: text,
    issueUrl: 'javascript:window.hit=1',
    taskId: text,
    status: text,
  });
  const eve = db.as({ kind: 'user', id: text });
  eve.moveWorktree(`w ${text}`, `z ${text}`, { reason: text });
  db.setMetadata('worktree', `w ${text}`, { [text]: text });
  db.setBudget({ period: 'total', agentType: text }, 1000);
  db.setRunLimit({ agentType: text }, 3);
  const wanted = { zoneId: `z ${text}`, worktreeId: `w ${text}`, agentType: text, prompt: text };
  const parent = eve.startRun({ ...wanted, metadata: { [text]: text } }, { workerId: text });
  db.appendOutput(parent.run.id, parent.token, [{ stream: 'stdout', text: HOSTILE }]);
  db.recordUsage(parent.run.id, { model: text, provider: text, costMicros: 1 });
  const asking = db.startRun({ ...wanted, parentRunId: parent.run.id }, { workerId: text });
  db.waitRun(asking.run.id, asking.token, { question: text });
  const result = { [text]: text };
  db.finishRun(parent.run.id, parent.token, {
    status: 'failed',
    error: text,
    result,
    commitBefore: text,
    commitAfter: text,
  });
  db.enableSearch();
  return { db, ids: [parent.run.id, asking.run.id], worktreeId: `w ${text}` };
}

describe('hostile text', () => {
  test('is text in every view', async () => {
    const { db, ids, worktreeId } = hostileBoard();
    const { page, go } = await opened({ db, write: true });
    const views = [
      '#/canvas',
      `#/canvas?worktree=${encodeURIComponent(worktreeId)}`,
      '#/runs',
      '#/runs?text=script',
      ...ids.map((id) => `#/run/${id}`),
      '#/trends?by=agent',
      '#/moves',
      '#/health',
    ];
    for (const view of views) {
      await go(view);
      await page.getByText('<script>window.hit=1</script>').filter({ visible: true }).first().waitFor();
      await page.waitForTimeout(100);
      expect(
        await page.evaluate(() => [window.hit, document.querySelectorAll('img, script:not([src])').length]),
      ).toEqual([undefined, 0]);
      const links = await page.locator('a').evaluateAll((all) => all.map(({ protocol }) => protocol));
      expect(new Set(links)).toEqual(new Set(['http:']));
    }
    await go('#/sql');
    await page.getByLabel('Statement').fill('SELECT branch_name FROM worktrees');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('cell', { name: '<script>' }).waitFor();
    expect(await page.evaluate(() => window.hit)).toBe(undefined);
  });

  test('in an address is text, too', async () => {
    const { page, go } = await opened();
    for (const view of ['run/', 'runs?agentType=', 'moves?worktreeId=', 'canvas?worktree=', 'nothing?x=']) {
      await go(`#/${view}${encodeURIComponent(HOSTILE)}`);
      await page.waitForTimeout(150);
      expect(await page.evaluate(() => window.hit)).toBe(undefined);
    }
  });
});

describe('the page', () => {
  test('asks nobody but its own server', async () => {
    const { page, context, server, go } = await opened();
    const asked = [];
    context.on('request', (request) => asked.push(new URL(request.url()).origin));
    for (const view of ['runs', 'trends', 'moves', 'health', 'sql', 'canvas']) {
      await go(`#/${view}`);
      await page.waitForTimeout(200);
    }
    expect(new Set(asked)).toEqual(new Set([server.origin]));
  });

  test('runs no script that was put into it', async () => {
    const { page, complaints } = await opened();
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hit = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.hit = 1">');
    });
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => window.hit)).toBe(undefined);
    expect(complaints.some((text) => text.includes('Content Security Policy'))).toBe(true);
    complaints.length = 0;
  });

  test('has no token in its address, and no cookie that a script reads', async () => {
    const { page } = await opened();
    expect(page.url()).not.toContain('token');
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });

  test('is opened by its link in a page of elsewhere, too', async () => {
    const { page, server } = await opened();
    const elsewhere = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end(`<a href="${server.url}">Studio</a>`),
    ).listen(0);
    await once(elsewhere, 'listening');
    onTestFinished(() => elsewhere.close());
    const stranger = await (await page.context().browser().newContext()).newPage();
    await stranger.goto(`http://localhost:${elsewhere.address().port}/`);
    await stranger.getByRole('link').click();
    await stranger.locator('.card').first().waitFor();
    expect(stranger.url()).toBe(`${server.origin}/`);
    await stranger.context().close();
  });

  test('says so where it is not let in', async () => {
    const { context, server } = await opened();
    const stranger = await (await context.browser().newContext()).newPage();
    const answer = await stranger.goto(server.origin);
    expect(answer.status()).toBe(401);
    await stranger.context().close();
    expect(context.pages().length).toBe(1);
  });
});
