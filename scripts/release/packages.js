'use strict';

// What is published: for each platform a package with its binary alone; the package itself, which names these as optional
// dependencies, so that a package manager takes the one that fits the machine; and, for installing from a file, one tarball with all
// binaries in it, which needs none of them.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { binaryPath } = require('../../lib/native/platform.js');
const { TARGETS } = require('./targets.js');

const ROOT = path.join(__dirname, '../..');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * Makes all packages of these platforms in a folder, and returns their paths: those for a registry, then the one tarball.
 * `environment` has the variables in which GitHub's workflow says which repository it runs for.
 */
function makePackages(platforms, folder, environment = process.env) {
  const own = { ...repository(environment), ...readJson(path.join(ROOT, 'package.json')) };
  const [registry, whole] = ['registry', 'one-tarball'].map((name) => path.resolve(folder, name));
  fs.rmSync(folder, { recursive: true, force: true });
  for (const made of [registry, whole]) fs.mkdirSync(made, { recursive: true });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-packages-'));
  try {
    const binaries = platforms.map((platform) => packBinary(platform, own, path.join(work, platform), registry));
    const fat = pack(ROOT, whole, platforms);
    const slim = packWithoutBinaries(fat, platforms, own, path.join(work, 'itself'), registry);
    return [...binaries, slim, fat];
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** The `repository` of package.json. npm refuses a package whose provenance names another repository than the package does. */
function repository({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name }) {
  return server && name ? { repository: { type: 'git', url: `git+${server}/${name}.git` } } : {};
}

const nameOf = (own, platform) => `${own.name}-${platform}`;

function packBinary(platform, own, folder, registry) {
  const { os: system, cpu, libc } = TARGETS[platform];
  const file = path.basename(binaryPath(platform));
  fs.mkdirSync(folder);
  fs.copyFileSync(binaryPath(platform), path.join(folder, file));
  fs.copyFileSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
  fs.writeFileSync(
    path.join(folder, 'README.md'),
    `# ${nameOf(own, platform)}\n\nThe binary of \`${own.name}\` for ${platform}. Install that: it brings this one.\n`,
  );
  writeJson(path.join(folder, 'package.json'), {
    name: nameOf(own, platform),
    version: own.version,
    description: `The binary of ${own.name} for ${platform}`,
    license: own.license,
    repository: own.repository,
    main: file,
    files: [file],
    engines: own.engines,
    os: [system],
    cpu: [cpu],
    ...(libc ? { libc: [libc] } : {}),
    // Yarn would leave the library inside a zip file, from which it can't be loaded.
    preferUnplugged: true,
  });
  return pack(folder, registry);
}

function packWithoutBinaries(fat, platforms, own, folder, registry) {
  fs.mkdirSync(folder);
  must('tar', ['-xzf', fat, '--strip-components=1', '-C', folder]);
  fs.rmSync(path.join(folder, 'prebuilds'), { recursive: true });
  const packed = readJson(path.join(folder, 'package.json'));
  const optionalDependencies = Object.fromEntries(platforms.map((platform) => [nameOf(own, platform), own.version]));
  writeJson(path.join(folder, 'package.json'), { ...packed, repository: own.repository, optionalDependencies });
  // The scripts have run already, for the tarball.
  return pack(folder, registry, undefined, ['--ignore-scripts']);
}

/** Runs `npm pack`; with `platforms`, the package has to hold the binaries of exactly these. */
function pack(folder, destination, platforms, flags = []) {
  const args = ['pack', '--json', '--pack-destination', destination, ...flags];
  const [{ filename, files }] = JSON.parse(must(NPM, args, folder));
  const binaries = files.map(({ path: file }) => /^prebuilds\/visual-db\.(.+)\.node$/.exec(file)?.[1]).filter(Boolean);
  if (platforms && [...platforms].sort().join() !== binaries.sort().join()) {
    throw new Error(`The tarball would hold the binaries for ${binaries.join(', ')}, not for ${platforms.join(', ')}`);
  }
  return path.join(destination, filename);
}

function must(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: command.endsWith('.cmd'),
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const writeJson = (file, value) => fs.writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);

module.exports = { makePackages };
