// Long because it is read as a specification: each rule of the commands is a test.
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  COMMAND,
  bash,
  contentOf,
  contentOfFile,
  fill,
  namesIn,
  visualDb,
  visualDbOnTerminal,
  visualDbWith,
} from './support/backups.mjs';
import { fixture } from './support/fixtures.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { Database, VisualDatabase } from './support/visual_database.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A database with a backup, from which a worktree was deleted since; closed. */
function prepared() {
  const dbPath = temporaryFile();
  const database = fill(open({ dbPath }));
  const { path } = database.backupSync();
  database.deleteWorktree('wt-0');
  database.close();
  return { dbPath, backup: path, folder: dirname(path) };
}

const worktreesOf = (dbPath) => contentOfFile(dbPath).worktrees.length;

const COMMANDS = [
  'migrate',
  'backup',
  'backups',
  'verify',
  'restore',
  'prune-backups',
  'stats',
  'board',
  'doctor',
  'vacuum',
];

describe('every command', () => {
  test.each(COMMANDS)('%s has --help', (command) => {
    const { status, stdout, stderr } = visualDb(command, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: visual-db ${command}`);
    expect(stdout).toMatch(/--db <path>[\s\S]*VISUAL_DB_PATH[\s\S]*--json/);
  });

  test('is in the help of all, with the exit codes', () => {
    const { status, stdout } = visualDb('--help');
    expect(status).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command}`);
    expect(stdout).toContain('Exit codes: 0 fine, 1 found something or failed, 2 wrong usage.');
    expect(stdout).toContain(
      'VISUAL_DB_PATH in the environment is the database where --db says none: the path of a file',
    );
  });

  test('ends with 2 where it is called wrongly', () => {
    const wrong = [
      ['nonsense'],
      ['backup', '--unheard-of'],
      ['restore'],
      ['stats', 'extra'],
      ['prune-backups', '--keep-daily', 'many'],
      ['prune-backups', '--keep-daily', '-1'],
      ['migrate', 'sideways'],
      ['migrate', 'down', '--to', 'x'],
      [],
    ];
    for (const args of wrong) {
      const { status, stdout } = visualDb(...args);
      expect([args, status, stdout]).toEqual([args, 2, '']);
    }
  });

  test('takes --db and --json before it and after it; of two the later one counts', () => {
    const { dbPath } = prepared();
    const expected = visualDb('stats', '--db', dbPath, '--json').json();
    expect(expected.counts.worktrees).toBe(4);
    for (const args of [
      ['--db', dbPath, '--json', 'stats'],
      ['--json', 'stats', '--db', dbPath],
      [`--db=${dbPath}`, 'stats', '--json'],
      ['--db', '/nowhere', 'stats', '--json', '--db', dbPath],
    ]) {
      expect([args, visualDb(...args).json()]).toEqual([args, expected]);
    }
    expect(visualDb('--db', dbPath, 'migrate', 'status', '--json').json()).toEqual(
      visualDb('--json', 'migrate', '--db', dbPath, 'status').json(),
    );
  });

  test('takes the database from VISUAL_DB_PATH where --db says none', () => {
    const { dbPath } = prepared();
    const other = temporaryFile();
    open({ dbPath: other }).close();
    const worktrees = (env, ...args) => visualDbWith({ env }, 'stats', '--json', ...args).json().counts.worktrees;
    expect(worktrees({ VISUAL_DB_PATH: dbPath })).toBe(4);
    expect(worktrees({ VISUAL_DB_PATH: dbPath }, '--db', other)).toBe(0);
    expect(visualDbWith({ env: { VISUAL_DB_PATH: dbPath } }, 'backups').stdout).toContain('5 worktrees, 1 zone');
    // An empty variable is none; an empty option is a script's mistake.
    const cwd = dirname(dirname(dbPath));
    const unset = visualDbWith({ env: { VISUAL_DB_PATH: '' }, cwd }, 'stats');
    expect([unset.status, unset.stderr]).toEqual([1, expect.stringContaining('data/visual.db: there is no such')]);
    expect(visualDb('stats', '--db', '').status).toBe(2);
  });

  test('build takes no other option and is said to come first', () => {
    const { status, stderr } = visualDb('--db', 'x.db', 'build', '--portable');
    expect([status, stderr]).toEqual([2, expect.stringContaining('build comes before everything else')]);
  });

  test('ends with 1 and a sentence where there is no database, and makes none', () => {
    const db = join(temporaryFolder(), 'none.db');
    for (const command of [
      ['backup'],
      ['stats'],
      ['board'],
      ['doctor'],
      ['vacuum'],
      ['migrate', 'up'],
      ['migrate', 'status'],
    ]) {
      const { status, stdout, stderr } = visualDb(...command, '--db', db);
      expect([command, status]).toEqual([command, 1]);
      expect(stdout + stderr).toContain(db);
      expect(stderr).not.toContain('    at ');
    }
    expect(existsSync(db)).toBe(false);
  });

  test('prints an error as JSON, too', () => {
    const { status, json } = visualDb('verify', '/nowhere/backup.db', '--json');
    expect([status, json()]).toEqual([
      1,
      [
        {
          ok: false,
          path: '/nowhere/backup.db',
          code: 'ERR_BACKUP_MISSING',
          problem: '/nowhere/backup.db: there is no such file',
        },
      ],
    ]);
    const failed = visualDb('backup', '--db', '/nowhere/visual.db', '--json');
    expect(failed.json().error).toMatchObject({ code: 'ERR_DATABASE_MISSING' });
  });

  test('prints no colours and no progress bar where there is no terminal', () => {
    const { dbPath, backup } = prepared();
    for (const command of [['doctor'], ['verify'], ['board'], ['backup'], ['restore', backup, '--yes'], ['vacuum']]) {
      const { stdout, stderr } = visualDb(...command, '--db', dbPath);
      expect(stdout + stderr).not.toContain('\u001b');
    }
  });
});

describe('a reader of the output that goes away', () => {
  /** The reader of the pipe is gone before the command starts. */
  const unread = (redirection, ...args) =>
    bash(`exec 3> >(:); wait $!; exec "$@" ${redirection}`, process.execPath, COMMAND, ...args);

  test.each(['>&3', '2>&3', '>&3 2>&3'])('leaves the exit code as it is and prints no trace: %s', (redirection) => {
    const { dbPath, backup } = prepared();
    for (const args of [['--help'], ['board', '--db', dbPath], ['doctor', '--db', dbPath, '--json']]) {
      expect([args, unread(redirection, ...args)]).toMatchObject([args, { status: 0, stderr: '' }]);
    }
    expect(unread(redirection, 'board', '--db', '/nowhere.db')).toMatchObject({ status: 1 });
    expect(unread(redirection, 'nonsense')).toMatchObject({ status: 2 });
    // And what was begun is finished.
    expect(unread(redirection, 'restore', backup, '--db', dbPath, '--yes')).toMatchObject({ status: 0, stderr: '' });
    expect(worktreesOf(dbPath)).toBe(5);
  });

  test('of a long output takes what it wants', () => {
    const dbPath = temporaryFile();
    fill(open({ dbPath }), { worktrees: 3000, executions: 0 }).close();
    const command = 'set -o pipefail; "$@" | head -1';
    const { status, stdout, stderr } = bash(command, process.execPath, COMMAND, 'board', '--json', '--db', dbPath);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '{\n', stderr: '' });
  });

  test('is not a disk that is full: that is said, with exit code 1', () => {
    const { dbPath } = prepared();
    const { status, stderr } = bash('exec "$@" > /dev/full', process.execPath, COMMAND, 'board', '--db', dbPath);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^visual-db: cannot write .*ENOSPC.*\n$/)]);
  });
});

describe('backup, backups, verify', () => {
  test('backup makes one that verify finds good', () => {
    const { dbPath, folder } = prepared();
    const { status, json } = visualDb('backup', '--db', dbPath, '--json');
    expect(status).toBe(0);
    expect(json().path.startsWith(folder)).toBe(true);
    expect(contentOf(open({ dbPath: json().path, readonly: true }))).toEqual(contentOfFile(dbPath));
    const verified = visualDb('verify', json().path, '--json');
    expect([verified.status, verified.json()[0].ok]).toEqual([0, true]);
  });

  test('backup goes to the file or the folder that is named', () => {
    const { dbPath } = prepared();
    const folder = join(temporaryFolder(), 'elsewhere');
    expect(visualDb('backup', join(folder, 'mine.db'), '--db', dbPath).status).toBe(0);
    expect(visualDb('backup', '--folder', folder, '--db', dbPath).status).toBe(0);
    expect(VisualDatabase.listBackups(folder)).toHaveLength(2);
  });

  test('backup --prune removes what the rule does not keep', () => {
    const { dbPath, folder } = prepared();
    const { status, json } = visualDb('backup', '--db', dbPath, '--prune', '--keep-hourly', '1', '--json');
    expect([status, json().removed.length]).toEqual([0, 1]);
    expect(VisualDatabase.listBackups(folder)).toHaveLength(1);
  });

  test('backups lists them as a table and as JSON', () => {
    const { dbPath, backup } = prepared();
    const { status, stdout } = visualDb('backups', '--db', dbPath);
    expect(status).toBe(0);
    expect(stdout).toContain('5 worktrees, 1 zone, 5 assignments, 50 executions; schema 6');
    expect(visualDb('backups', '--db', dbPath, '--json').json()).toEqual([expect.objectContaining({ path: backup })]);
    expect(visualDb('backups', '--folder', '/nowhere').stdout).toBe('No backups in /nowhere\n');
  });

  test('verify looks at all backups of the folder and ends with 1 where one is bad', () => {
    const { dbPath, folder } = prepared();
    expect(visualDb('verify', '--db', dbPath).status).toBe(0);
    writeFileSync(join(folder, 'bad.db'), 'bad');
    const { status, stdout } = visualDb('verify', '--db', dbPath);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^good /m);
    expect(stdout).toMatch(/^bad .*this is not an SQLite database/m);
  });
});

describe('restore', () => {
  test('asks on a terminal, and a no changes nothing', async () => {
    const { dbPath, backup } = prepared();
    const before = readFileSync(dbPath);
    const no = await visualDbOnTerminal(['restore', backup, '--db', dbPath], 'n\n');
    expect(no.status).toBe(1);
    expect(no.output).toContain(`Replace the content of ${dbPath} by ${backup}`);
    expect(no.output).toContain('Nothing was changed.');
    const end = await visualDbOnTerminal(['restore', backup, '--db', dbPath], '\u0004');
    expect(end.status).toBe(1);
    expect(readFileSync(dbPath)).toEqual(before);
  });

  test('a yes restores, with a progress bar', async () => {
    const { dbPath, backup } = prepared();
    const { status, output } = await visualDbOnTerminal(['restore', backup, '--db', dbPath], 'y\n');
    expect(status).toBe(0);
    expect(output).toContain(`${dbPath} now holds 5 worktrees, 1 zone, 5 assignments, 50 executions`);
    expect(output).toMatch(/\d+% /);
    expect(worktreesOf(dbPath)).toBe(5);
  });

  test('without a terminal it needs --yes, and does not wait', () => {
    const { dbPath, backup } = prepared();
    const { status, stderr } = visualDb('restore', backup, '--db', dbPath);
    expect(status).toBe(2);
    expect(stderr).toContain('say --yes');
    expect(worktreesOf(dbPath)).toBe(4);
    const { json } = visualDb('restore', backup, '--db', dbPath, '--yes', '--json');
    expect(json()).toMatchObject({ path: dbPath, how: 'transaction', counts: { worktrees: 5 } });
    expect(worktreesOf(dbPath)).toBe(5);
  });

  test('latest is the newest backup, not a safety copy', () => {
    const { dbPath, backup, folder } = prepared();
    VisualDatabase.restore(backup, { dbPath });
    expect(VisualDatabase.listBackups(folder)[0].kind).toBe('safety');
    expect(visualDb('restore', 'latest', '--db', dbPath, '--yes', '--json').json().backup).toBe(backup);
    expect(visualDb('restore', 'latest', '--folder', temporaryFolder(), '--db', dbPath, '--yes').status).toBe(2);
  });

  test('a bad backup is refused before anything is asked', () => {
    const { dbPath, backup } = prepared();
    appendFileSync(backup, 'more');
    const { status, stderr } = visualDb('restore', backup, '--db', dbPath, '--yes');
    expect(status).toBe(1);
    expect(stderr).toContain('it was changed after it was made');
    expect(worktreesOf(dbPath)).toBe(4);
  });
});

/** What stands in the block of shell after this heading. */
function blockAfter(page, heading) {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return /^```bash\n(.*?)^```$/ms.exec(text.slice(text.indexOf(`\n${heading}\n`)))[1];
}

test('the drill of docs/operations.md, word for word, ends with 0 and leaves nothing but what it says', () => {
  const folder = temporaryFolder();
  const dbPath = join(folder, 'data', 'visual.db');
  const database = fill(open({ dbPath }));
  database.backupSync();
  // As npm installs the command.
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  symlinkSync(COMMAND, join(folder, 'node_modules', '.bin', 'visual-db'));
  const drill = blockAfter('docs/operations.md', '### The drill');
  expect(drill).toContain('restore latest');
  const before = namesIn(folder);
  const { status, stdout, stderr } = bash({ cwd: folder, env: { TMPDIR: folder } }, `set -e\n${drill}`);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ok +journal mode: wal$/m);
  expect(stdout).toContain('now holds 5 worktrees, 1 zone, 5 assignments, 50 executions');
  expect(stdout).not.toMatch(/^problem/m);
  expect(namesIn(folder)).toEqual(before);
});

describe('prune-backups', () => {
  test('asks, needs --yes without a terminal, and a dry run needs nothing', async () => {
    const { dbPath, folder } = prepared();
    visualDb('backup', '--db', dbPath);
    const rule = ['--keep-hourly', '1', '--db', dbPath];
    const dry = visualDb('prune-backups', ...rule, '--dry-run');
    expect(dry.status).toBe(0);
    expect(dry.stdout).toContain('would remove');
    expect(visualDb('prune-backups', ...rule).status).toBe(2);
    const no = await visualDbOnTerminal(['prune-backups', ...rule], 'no\n');
    expect(no.status).toBe(1);
    expect(VisualDatabase.listBackups(folder)).toHaveLength(2);
    expect(visualDb('prune-backups', ...rule, '--yes', '--json').json()).toMatchObject({ dryRun: false });
    expect(VisualDatabase.listBackups(folder)).toHaveLength(1);
    expect(visualDb('prune-backups', ...rule).stdout).toBe('1 backup kept\n');
  });

  test('a rule that keeps nothing is refused', () => {
    const { dbPath } = prepared();
    const { status, stderr } = visualDb('prune-backups', '--keep-daily', '0', '--db', dbPath, '--yes');
    expect(status).toBe(2);
    expect(stderr).toContain('must keep something');
  });
});

describe('migrate', () => {
  test('status, up, verify, down, status', () => {
    const db = fixture('js-layer.db');
    expect(visualDb('migrate', 'status', '--db', db, '--json').json()).toMatchObject({ state: 'javascript-layer' });
    expect(visualDb('migrate', 'verify', '--db', db).status).toBe(1);
    expect(visualDb('migrate', '--db', db, '--json').json()).toMatchObject({ adopted: true, version: 6 });
    expect(visualDb('migrate', 'verify', '--db', db).status).toBe(0);
    expect(visualDb('migrate', 'down', '--db', db).status).toBe(2);
    expect(visualDb('migrate', 'down', '--to', '1', '--yes', '--db', db, '--json').json()).toMatchObject({
      version: 1,
    });
    expect(visualDb('migrate', 'status', '--db', db).stdout).toContain('pinned, version 1 of 6');
    expect(visualDb('migrate', 'up', '--to', '2', '--db', db).stdout).toContain('From version 1 to version 2');
  });

  test('rollback asks, brings back the state before, and names the rows that are only in the safety copy', async () => {
    const db = fixture('js-layer.db');
    const original = join(temporaryFolder(), 'original.db');
    copyFileSync(db, original);
    visualDb('migrate', '--db', db);
    const database = open({ dbPath: db });
    database.createZone({ id: 'zone-since', name: 'Since' });
    database.close();
    expect(visualDb('migrate', 'rollback', '--db', db).status).toBe(2);
    expect((await visualDbOnTerminal(['migrate', 'rollback', '--db', db], '\n')).status).toBe(1);
    const { status, stdout } = visualDb('migrate', 'rollback', '--yes', '--db', db);
    expect(status).toBe(0);
    expect(stdout).toContain('Only there: 1 of zones: zone-since');
    expect(visualDb('migrate', 'status', '--db', db, '--json').json().state).toBe('javascript-layer');
    expect(contentOfFile(db)).toEqual(contentOfFile(original));
  });
});

describe('stats and board', () => {
  test('stats counts everything, by zone', () => {
    const { dbPath } = prepared();
    const { status, json } = visualDb('stats', '--db', dbPath, '--json');
    const database = open({ dbPath });
    expect(status).toBe(0);
    expect(json()).toEqual({
      counts: database.getStats(),
      runs: database.getExecutionStats(),
      zones: [{ id: 'zone', name: 'Development', worktrees: 4, runs: database.getExecutionStats({ zoneId: 'zone' }) }],
    });
    expect(visualDb('stats', '--db', dbPath).stdout).toContain('│ Development │ 4 ');
  });

  test('board shows a zone with 3,000 worktrees', () => {
    const db = temporaryFile();
    const many = open({ dbPath: db });
    many.createZone({ id: 'z', name: 'Z' });
    const ids = Array.from({ length: 3000 }, (_, n) => `wt-${n}`);
    many.createWorktrees(ids.map((id, n) => ({ id, path: `/${id}`, port: n, branchName: 'b' })));
    many.assignWorktreesToZone(ids, 'z');
    many.close();
    const { stdout } = visualDb('board', '--db', db);
    expect(stdout.split('\n').filter((line) => /^  wt-\d+  b  :\d+  active$/.test(line))).toHaveLength(3000);
  });

  test('board shows each zone with its worktrees, and those in none', () => {
    const { dbPath } = prepared();
    const database = open({ dbPath });
    database.removeWorktreeFromZone('wt-1');
    const { json } = visualDb('board', '--db', dbPath, '--json');
    expect(json().zones[0].worktrees).toEqual(database.getWorktreesInZone('zone'));
    expect(json().unassigned).toEqual([database.getWorktree('wt-1')]);
    const { stdout } = visualDb('board', '--db', dbPath);
    expect(stdout).toMatch(/^Development  onDrop: frontend .*\n  wt-2  b-2  :3002  active/m);
    expect(stdout).toMatch(/^\(in no zone\)\n  wt-1  /m);
  });

  test('data does not get at the terminal', () => {
    const dbPath = temporaryFile();
    open({ dbPath }).createZone({ id: 'z', name: '\u001b[2Jgone\u0007' });
    expect(visualDb('board', '--db', dbPath).stdout).toContain('\u{fffd}[2Jgone\u{fffd}');
    expect(visualDb('stats', '--db', dbPath).stdout).not.toContain('\u001b');
  });

  test('they change nothing, not even the version of the schema', () => {
    const db = fixture('js-layer.db');
    const before = readFileSync(db);
    for (const command of ['stats', 'board']) expect(visualDb(command, '--db', db).status).toBe(0);
    expect(readFileSync(db)).toEqual(before);
  });

  test('colours on a terminal, unless NO_COLOR', async () => {
    const { dbPath } = prepared();
    const args = ['board', '--db', dbPath];
    expect((await visualDbOnTerminal(args, '', { NO_COLOR: '' })).output).toContain('\u001b[1mDevelopment');
    expect((await visualDbOnTerminal(args, '', { NO_COLOR: '1' })).output).not.toContain('\u001b[1m');
  });
});

describe('doctor', () => {
  const check = (dbPath, name, ...args) =>
    visualDb('doctor', '--db', dbPath, '--json', ...args)
      .json()
      .find((result) => result.check === name);

  test('a database that is well: a line for each check, exit code 0', () => {
    const { dbPath } = prepared();
    const { status, stdout } = visualDb('doctor', '--db', dbPath);
    expect(status).toBe(0);
    const names = [
      'permissions',
      'file system',
      'integrity',
      'foreign keys',
      'size',
      'write-ahead log',
      'journal mode',
    ];
    for (const name of [...names, 'free pages', 'SQLite', 'schema', 'counts', 'backups']) {
      expect(stdout).toMatch(new RegExp(`^ok +${name}: `, 'm'));
    }
  });

  test('finds what is wrong, says what to do, and ends with 1', () => {
    const { dbPath } = prepared();
    chmodSync(dbPath, 0o644);
    expect(visualDb('doctor', '--db', dbPath).status).toBe(1);
    expect(check(dbPath, 'permissions')).toMatchObject({ state: 'problem', advice: `chmod 600 '${dbPath}'` });
  });

  test('finds rows that refer to nothing', () => {
    const { dbPath } = prepared();
    const database = new Database(dbPath);
    database.pragma('foreign_keys = OFF');
    database.exec("INSERT INTO worktree_zones VALUES ('nobody', 'nowhere', 'now')");
    database.close();
    expect(check(dbPath, 'foreign keys')).toMatchObject({
      state: 'problem',
      finding: expect.stringMatching(/^\d rows of worktree_zones refer/),
    });
  });

  test('finds damaged pages', () => {
    const { dbPath } = prepared();
    const bytes = readFileSync(dbPath);
    const at = bytes.indexOf('feature') === -1 ? 4096 * 3 : bytes.indexOf('feature');
    bytes.fill(0xff, at, at + 4096);
    writeFileSync(dbPath, bytes);
    expect(visualDb('doctor', '--db', dbPath).status).toBe(1);
    expect(check(dbPath, 'integrity').state).toBe('problem');
  });

  test('finds a file that cannot be opened', () => {
    const { dbPath } = prepared();
    writeFileSync(dbPath, 'garbage'.repeat(1000));
    const { status, stdout } = visualDb('doctor', '--db', dbPath);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^problem +opening: .*not a database/m);
  });

  test('finds counts that are wrong, and rebuilds them with --fix', () => {
    const { dbPath } = prepared();
    const database = new Database(dbPath);
    // What a program without recursive triggers does: the row that REPLACE deletes for its rowid is not counted out.
    database.pragma('recursive_triggers = OFF');
    database.exec(`INSERT OR REPLACE INTO zone_executions (rowid, id, zone_id, worktree_id, agent_type, prompt, executed_at)
      SELECT rowid, 'another', zone_id, worktree_id, agent_type, prompt, executed_at FROM zone_executions LIMIT 1`);
    database.close();
    expect(check(dbPath, 'counts')).toMatchObject({ state: 'problem', advice: 'npx --no -- visual-db doctor --fix' });
    expect(check(dbPath, 'schema').state).toBe('ok');
    expect(check(dbPath, 'counts', '--fix').state).toBe('note');
    expect(check(dbPath, 'counts').state).toBe('ok');
    expect(visualDb('doctor', '--db', dbPath).status).toBe(0);
  });

  test('says of a file of a later version whether this package can use it', () => {
    const { dbPath } = prepared();
    const database = new Database(dbPath);
    database.exec('PRAGMA user_version = 7');
    expect(check(dbPath, 'schema')).toMatchObject({ state: 'problem', advice: 'use a newer package' });
    expect(check(dbPath, 'leases')).toMatchObject({ state: 'ok', finding: 'left until the schema is as it must be' });
    database.exec("INSERT INTO schema_migrations VALUES (7, 'later', 'x', 't', '9', NULL, 1, 1)");
    database.close();
    expect(check(dbPath, 'schema')).toMatchObject({ state: 'note', advice: 'use a newer package' });
    expect(check(dbPath, 'counts').finding).toBe('left to the package of that version');
    expect(check(dbPath, 'leases')).toMatchObject({ state: 'ok', finding: 'every run at work is held by somebody' });
  });

  test('finds a schema that somebody changed', () => {
    const { dbPath } = prepared();
    const database = new Database(dbPath);
    database.exec('DROP INDEX idx_worktrees_status');
    database.close();
    expect(check(dbPath, 'schema')).toMatchObject({
      state: 'problem',
      finding: 'index idx_worktrees_status is missing',
    });
  });

  test('finds another journal mode, and many free pages', () => {
    const { dbPath } = prepared();
    const database = fill(open({ dbPath: join(dirname(dbPath), 'large.db') }), { executions: 3000 });
    database.db.exec('DELETE FROM zone_executions');
    database.db.pragma('journal_mode = DELETE');
    database.close();
    const large = join(dirname(dbPath), 'large.db');
    expect(check(large, 'journal mode')).toMatchObject({
      state: 'problem',
      finding: expect.stringContaining('delete'),
    });
    expect(check(large, 'free pages')).toMatchObject({ state: 'problem', advice: 'npx --no -- visual-db vacuum' });
  });

  test('changes nothing', () => {
    const db = fixture('js-layer.db');
    const before = readFileSync(db);
    visualDb('doctor', '--db', db);
    expect(readFileSync(db)).toEqual(before);
  });
});

describe('vacuum', () => {
  test('makes the file smaller and keeps its content', () => {
    const { dbPath } = prepared();
    const database = open({ dbPath });
    database.db.exec('DELETE FROM zone_executions');
    const before = contentOf(database);
    database.close();
    const { status, json } = visualDb('vacuum', '--db', dbPath, '--json');
    expect(status).toBe(0);
    expect(json().after).toBeLessThan(json().before);
    expect(json().after).toBe(statSync(dbPath).size);
    expect(contentOfFile(dbPath)).toEqual(before);
    expect(namesIn(dirname(dbPath))).toEqual(['backups', 'visual.db']);
  });

  test('shows how far it is on a terminal', async () => {
    const { dbPath } = prepared();
    const { status, output } = await visualDbOnTerminal(['vacuum', '--db', dbPath]);
    expect(status).toBe(0);
    expect(output).toMatch(/\d+% /);
  });
});
