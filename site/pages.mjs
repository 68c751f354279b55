// Lays the pages of the site: the Markdown of the repository as it lies there, so that it also reads well where there is no site, and the
// reference of all types, which TypeDoc makes of index.d.ts. What they link to and is no page comes along as a file.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PAGES = fileURLToPath(new URL('.pages', import.meta.url));

/** Folders whose Markdown is pages, and single pages. */
const FOLDERS = ['docs', 'docs/decisions'];
const SINGLE = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/results.md', 'bench/runs.md'];

const list = (folder) => fs.readdirSync(path.join(ROOT, folder));
const LINK = /\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)/g;

/** The Markdown that is pages, by its path in the repository. */
function sources() {
  const examples = list('examples').map((name) => `examples/${name}/README.md`);
  const pages = FOLDERS.flatMap((folder) =>
    list(folder).flatMap((name) => (name.endsWith('.md') ? [`${folder}/${name}`] : [])),
  );
  return [...SINGLE, ...examples, ...pages];
}

/** A page without what only GitHub shows as nothing, and with links as the site has them. */
function page(source, known, files) {
  const text = fs.readFileSync(path.join(ROOT, source), 'utf8').replaceAll(/^<!--.*?-->\n/gms, '');
  return text.replaceAll(LINK, (_, target, anchor = '') => {
    const found = path.posix.join(path.posix.dirname(source), target);
    if (known.has(found)) return `](${target.replace(/(^|\/)README\.md$/, '$1index.md')}${anchor})`;
    const stat = fs.statSync(path.join(ROOT, found), { throwIfNoEntry: false });
    if (stat === undefined) throw new Error(`${source} links to ${target}, which is not there`);
    // A folder is its list of pages, or else that of the examples.
    if (stat.isDirectory()) return `](/${path.posix.join(found, '/')}${anchor})`;
    files.add(found);
    return `](/${found})`;
  });
}

/** A list of a folder's pages, where it has none of its own. */
function contents(folder, title, pages) {
  const lines = pages.map((source) => {
    const [, heading] = /^# (.+)$/m.exec(fs.readFileSync(path.join(ROOT, source), 'utf8'));
    return `- [${heading}](/${source.replace(/README\.md$/, '').replace(/\.md$/, '')})`;
  });
  write(`${folder}/index.md`, `# ${title}\n\n${lines.join('\n')}\n`);
}

function write(name, text) {
  const file = path.join(PAGES, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

async function types() {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: [path.join(ROOT, 'index.d.ts')],
    tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
    plugin: ['typedoc-plugin-markdown'],
    name: 'Types',
    readme: 'none',
    outputs: [{ name: 'markdown', path: path.join(PAGES, 'types') }],
    disableSources: true,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    entryFileName: 'index',
    router: 'kind',
    logLevel: 'Warn',
    treatWarningsAsErrors: true,
    // What is inherited from JavaScript's own classes is documented there.
    excludeExternals: true,
  });
  const project = await app.convert();
  if (project === undefined || app.logger.hasErrors()) throw new Error('TypeDoc found something in index.d.ts');
  await app.generateOutputs(project);
}

export async function lay() {
  fs.rmSync(PAGES, { recursive: true, force: true });
  const all = sources();
  const known = new Set(all);
  const files = new Set();
  for (const source of all) write(source.replace(/(^|\/)README\.md$/, '$1index.md'), page(source, known, files));
  contents(
    'docs/decisions',
    'Decisions',
    all.filter((source) => source.startsWith('docs/decisions/')),
  );
  contents(
    'examples',
    'Examples',
    all.filter((source) => source.startsWith('examples/')),
  );
  for (const file of files) {
    const target = path.join(PAGES, 'public', file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(path.join(ROOT, file), target);
  }
  await types();
}
