// Studio's page in Chromium, as a person has it, and what he would notice: errors on the console, what can't be used.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { served } from './studio.mjs';
import { teamBoard } from './studio_board.mjs';
import { temporaryFile } from './temporary.mjs';

const require = createRequire(import.meta.url);
const { chromium: program } = require('../../scripts/studio/chromium.js');
const studio = createRequire(new URL('../../studio/package.json', import.meta.url));
const { chromium } = studio('playwright-core');
const axe = readFileSync(studio.resolve('axe-core/axe.min.js'), 'utf8');

let browser;

/** One browser for a file of tests. */
export function withBrowser() {
  beforeAll(async () => {
    // A container's root has no sandbox of its own.
    browser = await chromium.launch({ executablePath: program(), args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
}

/** A board of a team, or `db`, its Studio, and a page that has opened it. Whatever the page complains of fails the test. */
export async function opened({ db, write = false, at = '', viewport = { width: 1280, height: 800 }, ...options } = {}) {
  const dbPath = temporaryFile();
  const board = db ?? teamBoard(dbPath);
  if (!db) onTestFinished(() => board.close());
  const server = await served(board, { write });
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('console', (message) => {
    // What is refused the browser complains of by itself.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text());
  });
  onTestFinished(() => expect(complaints).toEqual([]));
  await page.goto(`${server.url}${at}`);
  const go = (hash) => page.evaluate((hash) => (location.hash = hash), hash);
  return { db: board, dbPath, server, context, page, go, complaints };
}

/** What axe finds against the page: a line for each. */
export async function barriers(page) {
  // By the debugger's door: the page's own policy lets no script in.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      JSON.stringify(violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + help + ' ' + html.slice(0, 160) + ' ' + failureSummary))))`,
    awaitPromise: true,
  });
  await session.detach();
  return JSON.parse(result.value);
}

/** Everything a text field of data could bring that is more than text. */
export const HOSTILE = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>javascript:window.hit=1 "'\`&lt; \u202e\u0000`;
