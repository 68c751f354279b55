'use strict';

// `npm run asan`: the suites in JavaScript with the addon under AddressSanitizer, SQLite's C code included, and Node's
// memory watched with it. Every process that a test starts is watched too. Needs Linux on x64 and gcc with its libasan;
// takes about five times as long as the suites alone. Arguments go to vitest: `npm run asan -- 30 31` are two suites.
//
// Fails on an error of AddressSanitizer anywhere, on a leak of what the addon has allocated, and on a test that fails. The
// addon for this is compiled into a folder of its own, unoptimised, and loaded instead of the ordinary one.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { platformName } = require('../lib/native/platform.js');
const { ROOT, dependencies, addon, attempt } = require('./setup.js');

const TARGET = 'x86_64-unknown-linux-gnu';
/** Suites that measure time and memory, install or build packages, or kill processes by the hundred. */
const LEFT_OUT = /^(27|28-documents|54-clients|8\d)-/;

function compile() {
  const folder = path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'asan');
  const env = {
    ...process.env,
    CARGO_TARGET_DIR: folder,
    // The sanitizer is an option of nightly toolchains; this allows it in any other.
    RUSTC_BOOTSTRAP: '1',
    RUSTFLAGS: '-Zsanitizer=address -Cforce-frame-pointers=yes',
    CFLAGS: '-fsanitize=address -fno-omit-frame-pointer -g1',
  };
  // For a target by name, so that build scripts and macros are compiled without the sanitizer.
  const args = ['build', '--locked', '--lib', '--target', TARGET];
  if (spawnSync('cargo', args, { cwd: ROOT, env, stdio: 'inherit' }).status !== 0) process.exit(1);
  return path.join(folder, TARGET, 'debug', 'libvisual_db.so');
}

/** gcc's runtime of the sanitizer, which has to be loaded before Node allocates memory. */
function runtime() {
  const { stdout } = spawnSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const file = stdout?.trim() ?? '';
  if (path.isAbsolute(file)) return fs.realpathSync(file);
  console.error('gcc and its libasan are needed');
  return process.exit(1);
}

function suites() {
  const all = fs.readdirSync(path.join(ROOT, '__test__')).filter((name) => name.endsWith('.test.mjs'));
  return [...all.filter((name) => !LEFT_OUT.test(name)), 'faults/07-hostile-input.test.mjs'].map(
    (name) => `__test__/${name}`,
  );
}

function main(args) {
  if (platformName() !== 'linux-x64-gnu') throw new Error('only on Linux on x64 with glibc');
  dependencies();
  dependencies('__test__/peer');
  addon();
  const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-asan-'));
  Object.assign(process.env, {
    VISUAL_DB_ASAN: compile(),
    LD_PRELOAD: runtime(),
    // Node frees some memory only by ending the process, so leaks are read from the reports, not from the exit code.
    ASAN_OPTIONS: `log_path=${reports}/report:log_exe_name=1:detect_leaks=1:allocator_may_return_null=1`,
    LSAN_OPTIONS: 'exitcode=0',
    NODE_OPTIONS: `--require=${path.join(__dirname, 'asan/preload.cjs')}`,
  });
  const status = attempt(process.execPath, [
    path.join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project=suite',
    '--project=long',
    '--no-file-parallelism',
    '--testTimeout=120000',
    ...(args.length > 0 ? args : suites()),
  ]);
  process.exitCode = tell(reports) && status === 0 ? 0 : 1;
}

/** Whether the leaked memory was allocated by the addon itself: in Rust, by SQLite, or by a library that has been unloaded. */
function isOurs(leak) {
  if (!/^(Direct|Indirect) leak/m.test(leak)) return false;
  const allocated = leak.split('\n').find((line) => /^ +#\d+ /.test(line) && !line.includes('libsanitizer'));
  return /visual-db|sqlite3\.c| in (_R|__rust|sqlite3)|<unknown module>/.test(allocated);
}

/** Prints what was found, and returns whether it is nothing. */
function tell(reports) {
  const texts = fs.readdirSync(reports).map((name) => fs.readFileSync(path.join(reports, name), 'utf8'));
  const errors = texts.filter((text) => /ERROR: AddressSanitizer/.test(text));
  const leaks = texts.flatMap((text) => text.split('\n\n')).filter(isOurs);
  for (const text of [...errors, ...leaks]) console.error(text);
  console.log(`AddressSanitizer: ${errors.length} errors, ${leaks.length} leaks of the addon`);
  if (errors.length + leaks.length === 0) fs.rmSync(reports, { recursive: true });
  return errors.length + leaks.length === 0;
}

main(process.argv.slice(2));
