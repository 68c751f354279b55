// The README's examples run, and give what they say: `// => value` and `// throws Class /message/` are checked.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { parseAst, transformWithOxc } from 'vite';
import { temporaryFolder } from './support/temporary.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const PAGES = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).flatMap((name) => (name.endsWith('.md') ? [join(folder, name)] : [])),
);
const HELPERS = 'const { deepStrictEqual, throws } = (await import("node:assert")).default;';

/** The README's blocks of code, each on the lines where it stands there, so that errors name the README's lines. */
const blocks = [...README.matchAll(/^```([jt]s)\n(.*?)^```$/gms)].map(({ index, 1: language, 2: code }) => {
  const lines = README.slice(0, index).split('\n').length;
  return { language, code, lines, file: /^\/\/ (\S+\.js)\n/.exec(code)?.[1], isCommonJs: code.includes('require(') };
});

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
  const forms = FILES.flatMap((name) =>
    [...readFileSync(join(ROOT, name), 'utf8').matchAll(runners)].map(([form]) => `${name}: ${form}`),
  );
  expect(forms.length).toBeGreaterThan(30);
  expect(forms.filter((form) => !form.endsWith(': npx --no -- visual-db'))).toEqual([]);
});

describe('the README', () => {
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

  it('has examples that run one after the other and give what they say', async () => {
    const parts = blocks.filter(({ file, isCommonJs }) => !file && !isCommonJs);
    const code = program(await Promise.all(parts.map(plain)));
    expect(code).not.toMatch(/\/\/ (=>|throws)/);
    expect(code.match(/^(deepStrictEqual|throws)\(/gm).length).toBeGreaterThan(30);
    // What the examples leave running is theirs: a store's timer, say.
    run('readme.mjs', `${HELPERS}${code}\nprocess.exit();`);
  });

  it('has examples in CommonJS that do', () => {
    for (const block of blocks.filter(({ isCommonJs }) => isCommonJs)) {
      const code = program([block]);
      expect(code).not.toMatch(/\/\/ (=>|throws)/);
      run('readme.cjs', `const { deepStrictEqual, throws } = require('node:assert');${code}`);
    }
  });

  it.each(blocks.filter(({ file }) => file))(
    'replaces visual_db.js as example %# does, by name and by default',
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

  it('lists every code of an error, and none that there is not', () => {
    const codes = (text) => new Set(text.match(/\bERR_[A-Z_]+(?<!_)/g));
    const listed = codes(/^### Errors$(.*?)^### /ms.exec(README)[1]);
    const known = ['lib', 'src'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true })
        .filter((name) => /\.(js|rs)$/.test(name))
        .flatMap((name) => [...codes(readFileSync(join(ROOT, folder, name), 'utf8'))]),
    );
    expect([...listed].toSorted()).toEqual([...new Set(known)].toSorted());
  });

  it.each(PAGES)('and %s links to what is there', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    for (const [, target, anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)) {
      const file = target ? join(ROOT, dirname(page), target) : join(ROOT, page);
      expect(existsSync(file), `${page}: ${target}`).toBe(true);
      if (anchor) expect(anchors(file), `${page}: ${target}`).toContain(anchor);
    }
  });
});

/** The anchors that a page's headings have. */
function anchors(file) {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading.toLowerCase());
  return headings.map((heading) => `#${heading.replace(/[^\w\- ]/g, '').replace(/ /g, '-')}`);
}
