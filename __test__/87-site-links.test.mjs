// The check of the site's links finds what leads nowhere. That nothing does is for `npm run check` to say.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { deadLinks } from '../site/links.mjs';
import { temporaryFolder } from './support/temporary.mjs';

function site(files) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return deadLinks(folder);
}

const link = (href) => `<p><a class="x" href="${href}">…</a></p>`;

test.each([
  '/docs/runs',
  './docs/runs',
  '/docs/runs.html',
  '/docs/',
  '/',
  '/docs/runs#caf%C3%A9',
  '#top',
  '/a.png',
  'https://e.example/x',
  'mailto:a@b.c',
])('%s leads somewhere', (href) => {
  const files = { 'docs/runs.html': '<h2 id="café"></h2>', 'docs/index.html': '', 'a.png': '' };
  expect(site({ 'index.html': `<h1 id="top"></h1>${link(href)}`, ...files }).dead).toEqual([]);
});

test.each([
  ['/docs/walks', 'which is not there'],
  ['/docs/runs#walks', 'where there is no such heading'],
  ['#nowhere', 'where there is no such heading'],
])('%s is told', (href, why) => {
  const { pages, dead } = site({ 'index.html': link(href), 'docs/runs.html': '<h2 id="runs"></h2>' });
  expect(pages).toBe(2);
  expect(dead).toEqual([`/index.html links to ${href}, ${why}`]);
});

test('pictures are checked, too', () => {
  expect(site({ 'index.html': '<img alt="" src="/speed.svg">' }).dead).toEqual([
    '/index.html links to /speed.svg, which is not there',
  ]);
});
