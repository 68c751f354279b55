// A registry of one's own, verdaccio, which has this package and passes everything else on to the one that npm is set to.

import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { BUN, DENO, NODE, ROOT, RUNTIMES, clone, must, temporaryFolder } from './consumer.mjs';

const MANAGERS = join(ROOT, '__test__/managers/node_modules');
const npmCli = (version) => join(RUNTIMES, `npm${version}/bin/npm-cli.js`);

/** How long the registry may take to start on a loaded machine. */
const PATIENCE = 60_000;

/** What GitHub's workflow knows of the repository, from which npm asks that the packages say the same. */
export const REPOSITORY = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'somebody/visual-db' };

/** Makes the packages of every platform whose binary was built here: `{ platforms, published, tarball }`. */
export async function packages() {
  const folder = await clone({ binary: true });
  await cp(join(ROOT, 'prebuilds'), join(folder, 'prebuilds'), { recursive: true });
  const require = createRequire(join(folder, 'package.json'));
  const { TARGETS } = require('./scripts/release/targets.js');
  const { makePackages } = require('./scripts/release/packages.js');
  const built = new Set(
    readdirSync(join(folder, 'prebuilds')).map((name) => /^visual-db\.(.+)\.node$/.exec(name)?.[1]),
  );
  const platforms = Object.keys(TARGETS).filter((platform) => built.has(platform));
  const made = makePackages(platforms, join(temporaryFolder(), 'dist'), { ...process.env, ...REPOSITORY });
  return { platforms, published: made.slice(0, -1), tarball: made.at(-1) };
}

/** Starts a registry in which these tarballs are published: `{ address, stop }`. */
export async function registry(tarballs) {
  const folder = temporaryFolder();
  const address = `http://127.0.0.1:${await freePort()}/`;
  const upstream = (await must(NODE, [npmCli(11), 'config', 'get', 'registry'], { cwd: folder })).stdout.trim();
  writeFileSync(join(folder, 'config.yaml'), configuration(upstream));
  const verdaccio = join(MANAGERS, 'verdaccio/bin/verdaccio');
  const args = [verdaccio, '--config', join(folder, 'config.yaml'), '--listen', address];
  const server = spawn(NODE, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (output += text));
  const stop = () => server.kill();
  const until = Date.now() + PATIENCE;
  while (!(await answers(address))) {
    if (server.exitCode !== null || Date.now() > until) throw new Error(`verdaccio does not answer:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, `registry=${address}\n${address.replace('http:', '')}:_authToken=anybody\n`);
  for (const tarball of tarballs) {
    await must(NODE, [npmCli(11), 'publish', '--ignore-scripts', '--userconfig', npmrc, tarball], { cwd: folder });
  }
  return { address, stop };
}

const configuration = (upstream) => `storage: ./storage
uplinks:
  upstream:
    url: ${upstream}
packages:
  '@ai-orchestra/*':
    access: $all
    publish: $all
  '**':
    access: $all
    proxy: upstream
log: { type: stdout, format: pretty, level: warn }
`;

const answers = (address) =>
  fetch(`${address}-/ping`).then(
    ({ ok }) => ok,
    () => false,
  );

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * The package managers: the files that make a project of each use a registry with scripts blocked, the command that adds a
 * package, and the one that runs a program.
 */
export const managers = {
  'npm 11': npm(11),
  'npm 12': npm(12),
  pnpm: {
    files: ({ address }) => ({ '.npmrc': `registry=${address}\n`, 'pnpm-workspace.yaml': 'minimumReleaseAge: 0\n' }),
    add: (name) => [NODE, join(MANAGERS, 'pnpm/bin/pnpm.mjs'), 'add', '--ignore-scripts', name],
    program: (file) => [NODE, file],
  },
  'Yarn, node_modules': yarn('node-modules'),
  "Yarn, Plug'n'Play": yarn('pnp'),
  Bun: {
    files: ({ address }) => ({ 'bunfig.toml': `[install]\nregistry = "${address}"\n` }),
    add: (name) => [BUN, 'add', '--ignore-scripts', name],
    program: (file) => [BUN, file],
  },
  Deno: {
    files: ({ address }) => ({ '.npmrc': `registry=${address}\n`, 'deno.json': '{ "minimumDependencyAge": 0 }' }),
    add: (name) => [DENO, 'add', '--quiet', `npm:${name}`],
    program: (file) => [DENO, 'run', '--allow-all', '--quiet', file],
  },
};

function npm(version) {
  return {
    files: ({ address }) => ({ '.npmrc': `registry=${address}\n` }),
    add: (name) => [NODE, npmCli(version), 'install', '--ignore-scripts', '--no-audit', '--no-fund', name],
    program: (file) => [NODE, file],
  };
}

function yarn(linker) {
  const command = join(MANAGERS, '@yarnpkg/cli-dist/bin/yarn.js');
  return {
    files: ({ address }) => ({
      '.yarnrc.yml': [
        `nodeLinker: ${linker}`,
        `npmRegistryServer: '${address}'`,
        'unsafeHttpWhitelist: [127.0.0.1]',
        'enableScripts: false',
        'enableTelemetry: false',
        'enableGlobalCache: false',
        'npmMinimalAgeGate: 0',
        '',
      ].join('\n'),
      'yarn.lock': '',
    }),
    add: (name) => [NODE, command, 'add', name],
    program: (file) => (linker === 'pnp' ? [NODE, command, 'node', file] : [NODE, file]),
  };
}
