'use strict';

// `node fuzz/seeds.js`: fills fuzz/corpus/ with files to begin with, made from the fixtures and by the package itself.
// Small ones, since the fuzzer gets further with them: few rows, on pages of 512 and 4,096 bytes.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { VisualDatabase, Database } = require('../lib/index.js');
const schema = require('../lib/schema/versions.js');

const FIXTURES = path.join(__dirname, '../__test__/fixtures');
const PAGE_SIZES = [512, 4096];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-seeds-'));
let files = 0;
const newFile = () => path.join(folder, `${(files += 1)}.db`);

/** The same rows on pages of another size. */
function resized(file, size) {
  const copy = newFile();
  const from = new Database(file);
  from.pragma(`page_size = ${size}`);
  from.prepare('VACUUM INTO ?').run(copy);
  from.close();
  return copy;
}

/** A fixture of the JavaScript layer with the first rows of each table. */
function adopted(name) {
  const copy = newFile();
  fs.copyFileSync(path.join(FIXTURES, name), copy);
  const raw = new Database(copy);
  raw.exec(`PRAGMA journal_mode = DELETE; PRAGMA foreign_keys = ON;
    DELETE FROM zone_executions WHERE rowid > 3; DELETE FROM worktrees WHERE rowid > 4;`);
  raw.close();
  return copy;
}

/** A board with a row of each kind, at a version of the schema. */
function board(version) {
  const file = newFile();
  const visual = new VisualDatabase(file);
  visual.createZone({ id: 'zone', name: 'Zone', agents: [{ type: 'claude' }] });
  visual.createWorktree({ id: 'worktree', path: '/worktree', port: 3001, branchName: 'main' });
  visual.assignWorktreeToZone('worktree', 'zone');
  visual.recordExecution({ zoneId: 'zone', worktreeId: 'worktree', agentType: 'claude', prompt: 'Mend it' });
  visual.close();
  if (version < 3) schema.down(file, version);
  return file;
}

/** A file with what its writer left in the write-ahead log when it was killed. */
function withLog(database, log) {
  return Buffer.concat([fs.readFileSync(database), Buffer.from('\n--wal--\n'), fs.readFileSync(log)]);
}

function unfinished() {
  const file = newFile();
  const visual = new VisualDatabase(file);
  visual.createZone({ id: 'zone', name: 'Zone' });
  const seed = withLog(file, `${file}-wal`);
  visual.close();
  return seed;
}

function foreign(sql) {
  const file = newFile();
  const raw = new Database(file);
  raw.exec(sql);
  raw.close();
  return fs.readFileSync(file);
}

async function withManifest() {
  const visual = new VisualDatabase(board(3));
  const { path: made } = await visual.backup(newFile());
  visual.close();
  return Buffer.concat([fs.readFileSync(made), Buffer.from('\n--manifest--\n'), fs.readFileSync(`${made}.json`)]);
}

async function main() {
  const sources = [adopted('js-layer.db'), adopted('js-layer-seven-indexes.db'), ...[0, 1, 2, 3].map(board)];
  const boards = sources.flatMap((file) => PAGE_SIZES.map((size) => fs.readFileSync(resized(file, size))));
  boards.push(
    fs.readFileSync(sources.at(-1)),
    foreign('CREATE TABLE users (id)'),
    foreign(`PRAGMA application_id = 0x56444231; PRAGMA user_version = 3`),
    Buffer.from('no database'),
  );
  write('adoption', [...boards, unfinished()]);
  write('restore', [...boards, await withManifest()]);
  fs.rmSync(folder, { recursive: true });
}

function write(target, seeds) {
  const corpus = path.join(__dirname, 'corpus', target);
  fs.mkdirSync(corpus, { recursive: true });
  seeds.forEach((seed, index) => fs.writeFileSync(path.join(corpus, `seed-${index}`), seed));
  console.log(`${corpus}: ${seeds.length} seeds of ${seeds.reduce((sum, { length }) => sum + length, 0)} bytes`);
}

void main();
