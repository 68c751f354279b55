// Looks at every link of the site that was built: that its page, its file and its anchor are there. What leads elsewhere is not asked.
import fs from 'node:fs';
import path from 'node:path';

const ATTRIBUTE = /<[a-z]+\b[^>]*?\s(?:href|src)="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;
const decoded = (text) => decodeURIComponent(text.replaceAll('&amp;', '&'));

function filesOf(folder) {
  return fs.readdirSync(folder, { recursive: true }).map((name) => `/${name.split(path.sep).join('/')}`);
}

/** The links that lead nowhere, a line each. */
export function deadLinks(dist) {
  const files = new Set(filesOf(dist));
  const text = (file) => fs.readFileSync(path.join(dist, file), 'utf8');
  const pages = [...files].filter((file) => file.endsWith('.html') && file !== '/404.html');
  const ids = new Map(pages.map((file) => [file, new Set([...text(file).matchAll(ID)].map(([, id]) => decoded(id)))]));
  const found = (target) =>
    [target, `${target}.html`, `${target.replace(/\/$/, '')}/index.html`].find((file) => files.has(file));
  const dead = new Set();
  for (const page of pages) {
    for (const [, link] of text(page).matchAll(ATTRIBUTE)) {
      if (/^(?:[a-z]+:|\/\/)/.test(link)) continue;
      const { pathname, hash } = new URL(link.replaceAll('&amp;', '&'), `https://site.example${page}`);
      const target = found(decoded(pathname)) ?? (pathname === '/' ? '/index.html' : undefined);
      if (target === undefined) dead.add(`${page} links to ${link}, which is not there`);
      else if (hash !== '' && ids.has(target) && !ids.get(target).has(decoded(hash.slice(1))))
        dead.add(`${page} links to ${link}, where there is no such heading`);
    }
  }
  return { pages: pages.length, dead: [...dead] };
}
