import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const guides = [
  ['Start from nothing', '/docs/from-nothing'],
  ['Replace visual_db.js', '/docs/differences'],
  ['Runs of agents', '/docs/runs'],
  ['The board in time', '/docs/board-in-time'],
  ['Operations', '/docs/operations'],
  ['Observability', '/docs/observability'],
  ['Several hosts', '/docs/several-hosts'],
  ['PostgreSQL', '/docs/postgres'],
  ['Without blocking', '/docs/async'],
  ['Tables of your own', '/docs/own-tables'],
  ['Query builders', '/docs/query-builders'],
  ['Bundlers', '/docs/bundlers'],
  ['Studio', '/docs/studio'],
  ['Retention', '/docs/retention'],
  ['Troubleshooting', '/docs/troubleshooting'],
];
const reference = [
  ['Methods', '/docs/reference'],
  ['Types', '/types/'],
  ['Errors', '/docs/errors'],
  ['The raw handle', '/docs/raw-handle'],
];
const examples = ['worker', 'orchestrator', 'live-board', 'studio', 'mcp', 'next'].map((name) => [
  name,
  `/examples/${name}/`,
]);
const inside = [
  ['Speed', '/docs/speed'],
  ['Reliability', '/docs/reliability'],
  ['Security', '/SECURITY'],
  ['Architecture', '/docs/architecture'],
  ['Decisions', '/docs/decisions/'],
  ['Contributing', '/CONTRIBUTING'],
  ['Changes', '/CHANGELOG'],
];
const items = (pages) => pages.map(([text, link]) => ({ text, link }));

/** As GitHub makes them, so that the same links hold there. */
const slugify = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

/** Vue would take two braces for a template of its own. */
const withoutTemplates = (html) => html.replaceAll('{{', '&#123;&#123;');

export default defineConfig({
  srcDir: '.pages',
  outDir: 'dist',
  cacheDir: '.cache',
  title: 'visual-db',
  description: 'The database of a board on which AI coding agents work',
  cleanUrls: true,
  // What it calls dead is looked at in what was built: site/links.mjs sees anchors and files, too.
  ignoreDeadLinks: true,
  markdown: {
    languageAlias: { mjs: 'js' },
    // What stands in angles in the documents is a placeholder.
    html: false,
    anchor: { slugify },
    config(md) {
      for (const rule of ['text', 'code_inline']) {
        const render = md.renderer.rules[rule];
        md.renderer.rules[rule] = (...args) => withoutTemplates(render(...args));
      }
    },
  },
  vite: {
    publicDir: fileURLToPath(new URL('../.pages/public', import.meta.url)),
    build: { chunkSizeWarningLimit: 4000 },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guides', link: '/docs/from-nothing' },
      { text: 'Reference', link: '/docs/reference' },
      { text: 'Examples', link: '/examples/' },
      { text: 'Changes', link: '/CHANGELOG' },
    ],
    sidebar: [
      { text: 'Guides', items: items(guides) },
      { text: 'Reference', items: items(reference) },
      { text: 'Examples', items: items(examples), collapsed: true },
      { text: 'How it is made', items: items(inside) },
    ],
  },
});
