// What crossing into Rust costs, beside what the whole call takes: `node bench/calls.mjs`, with the addon built. It
// builds `bench/calls`, which has the same bodies behind a raw callback and behind `#[napi]`, measures those and then calls
// of the package, and prints for each the share that `#[napi]` would add over a raw callback. Decision 3 quotes it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database, SqliteError, VisualDatabase } from '../lib/index.mjs';

const ROUNDS = 100;
/** How long a round takes, in nanoseconds. */
const ROUND = 1e6;
const TARGET = fileURLToPath(new URL('../target/calls', import.meta.url));

/** The least nanoseconds that a call of each takes: of many short rounds in turn, some are undisturbed. */
function measure(cases) {
  const timed = cases.map(([name, call]) => {
    const times = (calls) => {
      const start = process.hrtime.bigint();
      for (let i = 0; i < calls; i += 1) call(i);
      return Number(process.hrtime.bigint() - start) / calls;
    };
    const first = Math.min(times(20), times(20));
    times(Math.ceil((10 * ROUND) / first));
    return { name, times, calls: Math.max(1, Math.ceil(ROUND / times(Math.ceil(ROUND / 10 / first)))), all: [] };
  });
  for (let round = 0; round < ROUNDS; round += 1) for (const one of timed) one.all.push(one.times(one.calls));
  return new Map(timed.map(({ name, all }) => [name, Math.min(...all)]));
}

function build() {
  const here = fileURLToPath(new URL('./calls', import.meta.url));
  execFileSync('cargo', ['build', '--quiet', '--release', '--locked', '--target-dir', TARGET], {
    cwd: here,
    stdio: 'inherit',
  });
  const [before, after] = { darwin: ['lib', '.dylib'], win32: ['', '.dll'] }[process.platform] ?? ['lib', '.so'];
  const module = { exports: {} };
  process.dlopen(module, join(TARGET, 'release', `${before}visual_db_calls${after}`));
  return module.exports;
}

const generated = build();
const raw = generated.setup(SqliteError, TypeError, RangeError, Error, Array);
const [ours, theirs, method] = [raw.counter(), generated.counter(), new generated.Connection()];
/** The values of a worktree, as `createWorktree` hands them over. */
const values = (n) => [
  `wt-${n}`,
  `/worktrees/${n}`,
  3000 + n,
  `feature/${n}`,
  undefined,
  null,
  'active',
  0.5,
  1.5,
  Date.now(),
];
const ten = values(1);

const ways = measure([
  ['nothing, raw', () => raw.nothing()],
  ['nothing, #[napi] function', () => generated.nothing()],
  ['nothing, #[napi] method', () => method.nothing()],
  ['External, raw', () => raw.external(ours)],
  ['External, #[napi] function', () => generated.external(theirs)],
  ['External, #[napi] function, ours', () => generated.externalOfOurs(ours)],
  ['External, #[napi] method', () => method.counted()],
  ['External and 10 values, raw', () => raw.write(ours, ...ten)],
  ['External and 10 values, #[napi] function', () => generated.write(theirs, ...ten)],
  ['External and 10 values, #[napi] method', () => method.write(...ten)],
]);

const WAYS = ['raw', '#[napi] function', '#[napi] function, ours', '#[napi] method'];
console.log(`| a call with | ${WAYS.join(' | ')} |\n|---|${'---:|'.repeat(WAYS.length)}`);
for (const what of ['nothing', 'External', 'External and 10 values']) {
  const cells = WAYS.map((way) => ways.get(`${what}, ${way}`)).map((ns) =>
    ns === undefined ? '' : `${Math.round(ns)} ns`,
  );
  console.log(`| ${what} | ${cells.join(' | ')} |`);
}

const more = (what, way) => ways.get(`${what}, #[napi] function${way}`) - ways.get(`${what}, raw`);
const HANDLE = more('External', ', ours');
const WRITE = more('External and 10 values', '');

const folder = mkdtempSync(join(os.tmpdir(), 'visual-db-calls-'));
const worktree = (n) => ({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 3000 + n, branchName: `feature/${n}` });
/** A database with 100 worktrees. */
function furnished(options) {
  const db = new VisualDatabase(options);
  for (let n = 0; n < 100; n += 1) db.createWorktree(worktree(n));
  return db;
}
const db = furnished({ dbPath: join(folder, 'visual.db') });
const uncached = furnished({ dbPath: join(folder, 'uncached.db'), cacheSize: 0 });
const handle = db.db;
handle.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, text)');
const [select, insert] = [handle.prepare('SELECT ?'), handle.prepare('INSERT OR REPLACE INTO kept VALUES (1, ?)')];
const described = handle.prepare('SELECT * FROM worktrees');
const transaction = handle.transaction(() => {});
let n = 1000;

/** The call, what `#[napi]` costs more, how many calls into Rust it makes. Those from `prepare` on do go through `#[napi]`. */
const CALLS = [
  ['open', HANDLE, 1, () => handle.open],
  ['inTransaction', HANDLE, 1, () => handle.inTransaction],
  ['getWorktree, kept', HANDLE, 1, () => db.getWorktree('wt-1')],
  ['getWorktree, not kept', HANDLE, 1, (i) => uncached.getWorktree(`wt-${i % 100}`)],
  ['listWorktrees of 100, not kept', HANDLE, 1, () => uncached.listWorktrees()],
  ['updateWorktree', WRITE, 1, (i) => db.updateWorktree('wt-1', { position: { x: i, y: i } })],
  ['createWorktree', WRITE, 1, () => db.createWorktree(worktree((n += 1)))],
  ['statement.get of a constant', HANDLE, 1, (i) => select.get(i)],
  ['statement.run of an insert', HANDLE, 1, (i) => insert.run(i)],
  ['statement.safeIntegers', HANDLE, 2, () => select.safeIntegers(false)],
  ['statement.busy', HANDLE, 1, () => select.busy],
  ['transaction of nothing', HANDLE, 3, () => transaction()],
  ['exec of a constant', HANDLE, 1, () => handle.exec('SELECT 1')],
  ['prepare', HANDLE, 1, () => handle.prepare('SELECT id, path FROM worktrees WHERE port = ?')],
  [
    'prepare and its first get',
    HANDLE,
    2,
    () => handle.prepare('SELECT id, path FROM worktrees WHERE port = ?').get(3001),
  ],
  ['columns of 10', HANDLE, 1, () => described.columns()],
  ['pragma user_version', HANDLE, 2, () => handle.pragma('user_version', { simple: true })],
  ['unsafeMode', HANDLE, 1, () => handle.unsafeMode(false)],
  ['function', HANDLE, 1, () => handle.function('f', (x) => x)],
  ['serialize', HANDLE, 1, () => handle.serialize()],
  ['Database in memory, opened and closed', HANDLE, 2, () => new Database(':memory:').close()],
  ['VisualDatabase in memory, opened and closed', HANDLE, 3, () => new VisualDatabase(':memory:').close()],
  ['listBackups of none', HANDLE, 1, () => VisualDatabase.listBackups(folder)],
];
const taken = measure(CALLS.map(([name, , , call]) => [name, call]));
console.log('\n| the whole call | takes | #[napi] is more | of it |\n|---|---:|---:|---:|');
for (const [name, each, times] of CALLS) {
  const [whole, extra] = [taken.get(name), each * times];
  console.log(
    `| ${name} | ${Math.round(whole)} ns | ${Math.round(extra)} ns | ${((100 * extra) / whole).toFixed(1)} % |`,
  );
}
for (const one of [db, uncached]) one.close();
rmSync(folder, { recursive: true });
