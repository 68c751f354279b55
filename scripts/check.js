'use strict';

// `npm run check`: runs everything that has to be green, each check to its end even where an earlier one failed, and prints a
// table of what took how long. `--only NAME,NAME` runs some of them, in that order; `--cold` runs them
// with empty caches (see cold.js); `--release` runs what takes too long for every day, too.

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { shown } = require('./checks/shown.js');
const { summary } = require('./checks/summary.js');
const { cold } = require('./cold.js');
const { NPM, ROOT, dependencies, addon } = require('./setup.js');

const node = (...args) => [process.execPath, ...args];

/** The script of an installed package's command, which Node can run without a shell. */
function tool(name, command = name) {
  dependencies();
  const { bin } = JSON.parse(fs.readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
  return path.join(ROOT, 'node_modules', name, typeof bin === 'string' ? bin : bin[command]);
}

/** A tool that runs `npm pack`, which refuses without the binary. */
function packageTool(...args) {
  addon();
  return tool(...args);
}

/** The checks, the fastest to fail first. Each sets up what it needs. */
const CHECKS = {
  rustfmt: () => ['cargo', 'fmt', '--check'],
  prettier: () => node(tool('prettier'), '--check', '--log-level', 'warn', '.'),
  oxlint: () => node(tool('oxlint'), '--deny-warnings'),
  clippy: () => ['cargo', 'clippy', '--locked', '--', '-D', 'warnings'],
  // Tests in Rust are compiled without Node-API, which would need a JavaScript runtime to link against.
  'clippy-tests': () => [
    'cargo',
    'clippy',
    '--locked',
    '--all-targets',
    '--no-default-features',
    '--features=postgres',
    '--',
    '-D',
    'warnings',
  ],
  generated: () => node('scripts/generate.js', '--check'),
  fields: () => node('scripts/checks/fields.js'),
  imports: () => node('scripts/checks/imports.js'),
  lengths: () => node('scripts/checks/lengths.js'),
  methods: () => node('scripts/checks/methods.js'),
  types: () => node(tool('typescript', 'tsc'), '--project', '__test__/types'),
  'types-without-node': () => node(tool('typescript', 'tsc'), '--project', '__test__/types/without_node'),
  publint: () => node(packageTool('publint'), '--strict'),
  attw: () => node(packageTool('@arethetypeswrong/cli', 'attw'), '--pack', '.'),
  // Whether Studio's assets are up to date, and the page in a browser.
  studio: () => node('scripts/studio.js', '--check'),
  // The documentation as a site, with all its links.
  site: () => node('scripts/site.js'),
  // The command that the README names.
  test: () => [NPM, 'test'],
  long: () => [NPM, 'run', 'test:long'],
  // The same suites on the second engine, with Debian's server; npm's is newer and runs before a release.
  postgres: () => node('scripts/postgres.js', '--debian'),
  install: () => node('scripts/test.js', '--project', 'install'),
  runtimes: () => node('scripts/runtimes.js', '--smoke'),
};

/** The checks before a release, with those that take too long for every day: `npm run release:check`. */
const RELEASE_CHECKS = {
  ...CHECKS,
  building: () => node('scripts/test.js', '--project', 'building'),
  'postgres-newest': () => node('scripts/postgres.js'),
  'async-postgres': () => node('scripts/test.js', '--project', 'async-postgres'),
  runtimes: () => node('scripts/runtimes.js'),
  torture: () => node('scripts/torture.js'),
  // Failover of three hosts, and whether the drill would see a loss.
  drill: () => node('scripts/drill/index.mjs'),
  cluster: () => node('scripts/test.js', '--project', 'cluster'),
  'drill-backups': () => node('scripts/drill/backups.mjs'),
  'drill-control': () => node('scripts/drill/index.mjs', '--quick', '--control'),
  // The binaries of all platforms, whether building again gives the same bytes, and running those that can run here. `install` ran before
  // there were all packages, so one of its suites runs again.
  'build-all': () => node('scripts/release/build_all.js'),
  'build-again': () => node('scripts/release/reproduce.js'),
  platforms: () => node('scripts/release/platforms.js', '--suites'),
  'install-all': () => node('scripts/test.js', '--project', 'install', '__test__/89-install-registry.test.mjs'),
};

async function check(name, command) {
  console.log(`\n=== ${name}`);
  const start = Date.now();
  let ended;
  try {
    const [program, ...args] = command();
    ended = await shown(program, args);
  } catch (error) {
    console.error(error.message);
    ended = { status: 1, last: error.message };
  }
  return { name, passed: ended.status === 0, last: ended.last, seconds: (Date.now() - start) / 1000 };
}

async function main() {
  const {
    only,
    release,
    cold: isCold,
  } = parseArgs({
    options: { only: { type: 'string' }, release: { type: 'boolean' }, cold: { type: 'boolean' } },
  }).values;
  const checks = release ? RELEASE_CHECKS : CHECKS;
  const names = only?.split(',') ?? Object.keys(checks);
  const unknown = names.filter((name) => !Object.hasOwn(checks, name));
  if (unknown.length > 0) {
    console.error(`No check is called ${unknown.join(', ')}: they are ${Object.keys(checks).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  if (isCold) {
    // `npm test` comes first, so that no other check has set anything up for it.
    const order = [...names].sort((one, other) => (other === 'test') - (one === 'test'));
    const all = release ? ['--release'] : [];
    process.exitCode = await cold(['scripts/check.js', ...all, '--only', order.join(',')]);
    return;
  }
  const results = [];
  for (const name of names) results.push(await check(name, checks[name]));
  // The failures once more, since one begins to read a long log at its end.
  for (const { name, passed, last } of results) if (!passed) console.log(`\n=== ${name} ended with\n${last}`);
  console.log('');
  console.log(summary(results));
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}

main();
