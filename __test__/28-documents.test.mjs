// The examples of the README and of docs/ run, and give what they say: `// => value` and `// throws Class /message/` are
// checked. The examples of a page are one program.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { parseAst, transformWithOxc } from 'vite';
import { ALIAS_LINE } from './support/client_project.mjs';
import { temporaryFolder } from './support/temporary.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (name) => readFileSync(join(ROOT, name), 'utf8');
const PAGES = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).flatMap((name) => (name.endsWith('.md') ? [join(folder, name)] : [])),
);
const HELPERS = 'const { deepStrictEqual, throws } = (await import("node:assert")).default;';

/** A page's blocks of code, each on the lines where it stands there, so that errors name the page's lines. */
function blocksOf(page) {
  const text = read(page);
  return [...text.matchAll(/^```([jt]s)\n(.*?)^```$/gms)].map(({ index, 1: language, 2: code }) => {
    const lines = text.slice(0, index).split('\n').length;
    return {
      page,
      language,
      code,
      lines,
      file: /^\/\/ (\S+\.js)\n/.exec(code)?.[1],
      isCommonJs: code.includes('require('),
    };
  });
}

const blocks = PAGES.filter((page) => dirname(page) !== 'docs/decisions').flatMap(blocksOf);
/** A block without its types. */
async function plain({ language, code, ...block }) {
  return { ...block, code: language === 'ts' ? (await transformWithOxc(code, 'example.ts')).code : code };
}

/** One program of several blocks, with what comments promise turned into assertions. */
function program(parts) {
  let text = '';
  for (const { code, lines } of parts) text += '\n'.repeat(Math.max(lines - text.split('\n').length + 1, 0)) + code;
  let checked = '';
  let at = 0;
  for (const { type, start, end } of parseAst(text).body) {
    const promise = /^;? *\/\/ (?:=> (?<value>.+)|throws (?<name>\w+) (?<message>\/.+\/))$/m.exec(
      restOfLine(text, end),
    );
    if (type !== 'ExpressionStatement' || promise === null) continue;
    const { value, name, message } = promise.groups;
    const expression = text.slice(start, end).replace(/;$/, '');
    checked += text.slice(at, start);
    checked += value
      ? `deepStrictEqual(${expression}, ${value});`
      : `throws(() => ${expression}, { name: '${name}', message: ${message} });`;
    at = end + restOfLine(text, end).length;
  }
  return checked + text.slice(at);
}

const restOfLine = (text, from) => /^.*/.exec(text.slice(from))[0];

/** Everything in the repository that somebody may read a command from. */
const FILES = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .stdout.split('\0')
  .filter((name) => existsSync(join(ROOT, name)) && /\.(md|m?js|m?ts|cjs|rs|toml|json|ya?ml|sh)$|^\.ci\//.test(name));

test('no document and no message has a way to call the command that could install another package', () => {
  const runners = /\b(?:npx|bunx|(?:npm|pnpm|yarn|bun) (?:exec|dlx|x))\s(?:[^\n`'"]*?\s)?(?:@[\w-]+\/)?visual-db\b/g;
  const forms = FILES.flatMap((name) => [...read(name).matchAll(runners)].map(([form]) => `${name}: ${form}`));
  expect(forms.length).toBeGreaterThan(30);
  expect(forms.filter((form) => !form.endsWith(': npx --no -- visual-db'))).toEqual([]);
});

describe('the examples', () => {
  let folder;

  // An orchestrator's project in which the package is installed, and what its query builders need.
  beforeEach(() => {
    folder = temporaryFolder();
    write('package.json', '{ "type": "module" }');
    write('core/logger.js', 'export const logger = { info() {}, error() {} };');
    for (const name of readdirSync(join(ROOT, 'node_modules'))) install(name, `node_modules/${name}`);
    install('@ai-orchestra/visual-db', '.');
    install('better-sqlite3', 'packages/better-sqlite3');
  });

  function write(name, content) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }

  function install(name, source) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, source), link, 'junction');
  }

  function run(name, code) {
    writeFileSync(join(folder, name), code);
    const { status, stderr } = spawnSync(process.execPath, ['--preserve-symlinks', name], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }

  const inOrder = blocks.filter(({ file, isCommonJs }) => !file && !isCommonJs);

  it.each([...new Set(inOrder.map(({ page }) => page))])(
    'of %s run one after the other and give what they say',
    async (page) => {
      const parts = inOrder.filter((block) => block.page === page);
      const code = program(await Promise.all(parts.map(plain)));
      expect(code).not.toMatch(/\/\/ (=>|throws)/);
      // What the examples leave running is theirs: a store's timer, say.
      run('page.mjs', `${HELPERS}${code}\nprocess.exit();`);
    },
  );

  it('promise enough to be worth running', () => {
    const promises = inOrder.flatMap(({ code }) => code.match(/\/\/ (=>|throws)/g) ?? []);
    expect(promises.length).toBeGreaterThan(60);
  });

  it.each(blocks.filter(({ isCommonJs }) => isCommonJs))('in CommonJS run, in $page at line $lines', (block) => {
    const code = program([block]);
    expect(code).not.toMatch(/\/\/ (=>|throws)/);
    run('page.cjs', `const { deepStrictEqual, throws } = require('node:assert');${code}`);
  });

  it.each(blocks.filter(({ file }) => file))(
    'replace visual_db.js by name and by default, in $page at line $lines',
    ({ file, code }) => {
      write(file, code);
      run(
        'orchestrator.js',
        `import Default, { VisualDatabase } from './${file}';
       const db = new VisualDatabase();
       if (VisualDatabase !== Default || db.db.name !== 'data/visual.db') process.exit(1);`,
      );
    },
  );
});

describe('the documents', () => {
  it('begin with a README of less than 200 lines', () => {
    expect(read('README.md').split('\n').length - 1).toBeLessThan(200);
  });

  it('list every code of an error, and none that there is not', () => {
    const codes = (text) => new Set(text.match(/\bERR_[A-Z_]+(?<!_)/g));
    const known = ['lib', 'src'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true })
        .filter((name) => /\.(js|rs)$/.test(name))
        .flatMap((name) => [...codes(read(join(folder, name)))]),
    );
    expect([...codes(read('docs/errors.md'))].toSorted()).toEqual([...new Set(known)].toSorted());
  });

  it('have the line for Drizzle that its suite uses', () => {
    expect(read('docs/query-builders.md')).toContain(`\n${ALIAS_LINE}\n`);
  });

  it('have a chart that is labelled with the measured ratios, as bench/results.md has them', () => {
    const labels = [...read('docs/speed.svg').matchAll(/>([\d.,]+×)</g)].map(([, label]) => label);
    const measured = new Set(read('bench/results.md').match(/[\d.,]+×/g));
    expect(labels.length).toBeGreaterThan(30);
    expect(labels.filter((label) => !measured.has(label))).toEqual([]);
  });

  it.each(PAGES)('link to what is there: %s', (page) => {
    for (const { target, anchor } of linksOf(page)) {
      const file = target ? join(ROOT, dirname(page), target) : join(ROOT, page);
      expect(existsSync(file), `${page}: ${target}`).toBe(true);
      if (anchor) expect(anchors(file), `${page}: ${target}`).toContain(anchor);
    }
  });

  it('link in the package to what is packed', () => {
    const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const files = JSON.parse(packed.stdout)[0].files.map(({ path }) => path);
    const isPacked = (path) => files.some((name) => name === path || name.startsWith(`${path.replace(/\/$/, '')}/`));
    const broken = PAGES.filter((page) => files.includes(page)).flatMap((page) =>
      linksOf(page)
        .map(({ target }) => join(dirname(page), target))
        .filter((path) => path !== dirname(page) && !isPacked(path))
        .map((path) => `${page}: ${path}`),
    );
    expect(files).toContain('docs/reference.md');
    expect(broken).toEqual([]);
  });

  it('are all found from the README, or from the pages that it links to', () => {
    const found = new Set(['README.md']);
    for (const page of found)
      for (const { target } of linksOf(page)) {
        const path = join(dirname(page), target);
        if (PAGES.includes(path)) found.add(path);
      }
    const pages = PAGES.filter((page) => dirname(page) === 'docs');
    expect(pages.filter((page) => !found.has(page))).toEqual([]);
  });
});

/** The links of a page that lead to files and headings. */
function linksOf(page) {
  return [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)].map(([, target, anchor]) => ({
    target,
    anchor,
  }));
}

/** The anchors that a page's headings have. */
function anchors(file) {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading.toLowerCase());
  return headings.map((heading) => `#${heading.replace(/[^\w\- ]/g, '').replace(/ /g, '-')}`);
}
