// `npm run drill:backups`: backs up and restores a board on a server in both ways that docs/several-hosts.md names, and compares the
// restored board with the original. `pg_dump` restores the moment of the dump; pgBackRest a moment between two writes after the
// backup. It needs Debian's PostgreSQL; Debian's pgBackRest is unpacked into a temporary folder.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { unpack, newestServer } from '../../examples/cluster/programs.mjs';
import { VisualDatabase } from '../../lib/index.mjs';
import { give, owner } from '../../__test__/support/postgres/binaries.mjs';
import { startServer } from '../../__test__/support/postgres/server.mjs';

createRequire(import.meta.url)('../setup.js').addon();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-backups-'));
fs.chmodSync(folder, 0o755);
const bin = newestServer();
const program = (name) => path.join(bin, name);
/** Runs a program as the user that the server runs as. */
const run = (file, ...args) =>
  execFileSync(file, args, { ...owner(), cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Everything that the class can read of a board. */
function contents(url) {
  const db = new VisualDatabase({ url });
  const { items } = db.listRuns({ limit: 1000, fields: 'full' });
  const found = {
    stats: db.getStats(),
    worktrees: db.listWorktrees(),
    zones: db.listZones().map((zone) => ({ zone, worktrees: db.getWorktreesInZone(zone.id).map(({ id }) => id) })),
    executions: db.listZones().flatMap(({ id }) => db.getExecutionHistory(id, -1)),
    runs: items,
    output: items.map(({ id }) => db.getOutput(id)),
    budgets: db.getBudgets().map(({ amount, period }) => ({ amount, period })),
  };
  db.close();
  return JSON.stringify(found);
}

function furnish(url) {
  const db = new VisualDatabase({ url });
  for (let n = 0; n < 20; n += 1) {
    db.createZone({ id: `zone-${n}`, name: `Zone ${n} 🙂`, agents: [{ type: 'qa', n }] });
    db.createWorktree({ id: `wt-${n}`, path: `/srv/${n}`, port: 3000 + n, branchName: `feature/${n}\0` });
    db.assignWorktreeToZone(`wt-${n}`, `zone-${n}`);
    const of = { zoneId: `zone-${n}`, worktreeId: `wt-${n}`, agentType: 'qa', prompt: `Test ${n}` };
    for (let times = 0; times < 50; times += 1) db.recordExecution({ ...of, result: { times }, success: times % 3 });
    db.enqueueRun(of);
  }
  db.setBudget({ period: 'day' }, 1000);
  for (let n = 0; n < 10; n += 1) {
    const {
      run: { id },
      token,
    } = db.claimRun({ workerId: 'w' });
    db.appendOutput(id, token, [{ stream: 'stdout', text: `Output ${n}\n` }]);
    db.finishRun(id, token, { status: 'succeeded', result: { n } });
  }
  db.close();
}

let isRight = true;
/** Compares a restored board with the expected one, and checks that it takes writes. */
function compare(what, url, wanted, seconds) {
  const isSame = contents(url) === wanted;
  const db = new VisualDatabase({ url });
  const isWritable =
    db.createZone({ id: 'after', name: 'After' }).id === 'after' && db.getChanges({ limit: 1 }).items !== null;
  db.close();
  isRight &&= isSame && isWritable;
  console.log(`${what}: ${isSame ? 'equal' : 'DIFFERENT'}, restored in ${seconds.toFixed(1)} s`);
}

async function timed(action) {
  const from = performance.now();
  await action();
  return (performance.now() - from) / 1000;
}

async function dump() {
  const server = await startServer({ bin });
  try {
    const at = (database) => server.url({ database });
    execFileSync(program('createdb'), ['-h', server.folder, '-p', `${server.port}`, '-U', 'postgres', 'boards']);
    furnish(at('boards'));
    const file = path.join(folder, 'boards.dump');
    execFileSync(program('pg_dump'), ['--format=custom', '--schema=visual_db', `--file=${file}`, at('boards')]);
    const wanted = contents(at('boards'));
    const seconds = await timed(() => {
      execFileSync(program('createdb'), ['-h', server.folder, '-p', `${server.port}`, '-U', 'postgres', 'restored']);
      execFileSync(program('pg_restore'), [
        '--exit-on-error',
        '--single-transaction',
        `--dbname=${at('restored')}`,
        file,
      ]);
    });
    compare('pg_dump and pg_restore', at('restored'), wanted, seconds);
  } finally {
    await server.stop();
  }
}

async function pointInTime() {
  const backrest = path.join(await unpack('pgbackrest', folder), 'usr/bin/pgbackrest');
  const config = path.join(folder, 'pgbackrest.conf');
  const common = [`--config=${config}`, '--stanza=boards'];
  for (const name of ['repository', 'log', 'lock', 'restored']) fs.mkdirSync(path.join(folder, name), { mode: 0o700 });
  fs.writeFileSync(config, '');
  const server = await startServer({
    bin,
    settings: {
      archive_mode: 'on',
      archive_command: `${backrest} ${common.join(' ')} archive-push %p`,
      archive_timeout: '1s',
    },
  });
  let restored;
  try {
    const settings = {
      'pg1-path': server.data,
      'pg1-port': server.port,
      'pg1-socket-path': server.folder,
      'pg1-user': 'postgres',
      'repo1-path': path.join(folder, 'repository'),
      'log-path': path.join(folder, 'log'),
      'lock-path': path.join(folder, 'lock'),
      'start-fast': 'y',
    };
    const text = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    fs.writeFileSync(config, `[boards]\n${text.join('')}`);
    give(folder);
    run(backrest, ...common, 'stanza-create');
    run(backrest, ...common, '--type=full', 'backup');
    furnish(server.url());
    const wanted = contents(server.url());
    await setTimeout(1100);
    const moment = new Date().toISOString().replace('T', ' ').replace('Z', '+00');
    await setTimeout(1100);
    const db = new VisualDatabase({ url: server.url() });
    for (const { id } of db.listZones()) db.deleteZone(id);
    db.close();
    const query = [server.url(), '-qAtXc', 'SELECT pg_switch_wal()'];
    execFileSync(program('psql'), query);
    run(backrest, ...common, 'check');
    const seconds = await timed(async () => {
      const target = ['--type=time', `--target=${moment}`, '--target-action=promote'];
      run(backrest, ...common, `--pg1-path=${path.join(folder, 'restored')}`, ...target, 'restore');
      // The started copy has another data folder than the one that was restored, so `archive-get` is told which.
      const fetched = `${backrest} ${common.join(' ')} --pg1-path="$PWD" archive-get %f "%p"`;
      const settings = { archive_mode: 'off', restore_command: fetched };
      restored = await startServer({ bin, cluster: path.join(folder, 'restored'), settings });
      while (run(program('psql'), restored.url(), '-qAtXc', 'SELECT pg_is_in_recovery()').trim() === 't')
        await setTimeout(50);
    });
    compare('pgBackRest, to a moment before a deletion', restored.url(), wanted, seconds);
  } finally {
    await restored?.stop();
    await server.stop();
  }
}

// Waiting for servers doesn't keep the process alive, so this does.
const alive = setInterval(() => {}, 60_000);
try {
  await dump();
  await pointInTime();
} finally {
  clearInterval(alive);
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exitCode = isRight ? 0 : 1;
