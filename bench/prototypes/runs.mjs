// What the log of changes and the tables of runs cost, in plain SQL: the figures of decision 21.
//   node bench/prototypes/runs.mjs log | calls | output
// Variants are interleaved, a few hundred commits of each in turn, and medians of the rounds are compared, so that other load of
// the machine falls on all of them.
// Long because it is one experiment: each variant is compared with every other one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Database } from '../../lib/index.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sql = (name) => readFileSync(join(root, name), 'utf8');
const base = ['schema/0001_javascript_layer.up.sql', 'schema/0002_indexes.up.sql'];
const draft = ['schema/0003_changes.up.sql', 'docs/decisions/0021/0004_runs.up.sql'];
const folder = mkdtempSync(join(tmpdir(), 'runs-'));

export function open(name, texts) {
  const db = new Database(join(folder, `${name}.db`));
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = ON',
  );
  db.transaction(() => {
    for (const text of texts) db.exec(text);
  })();
  return db;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const pick = (n) => Math.floor(Math.random() * n);

/** Microseconds of CPU time that a call of each variant takes, which leaves out waiting for others. */
export function compare(variants, rounds, calls) {
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  const order = Object.entries(variants);
  for (let round = 0; round < rounds; round += 1) {
    order.push(order.shift());
    for (const [name, call] of order) {
      const begun = process.cpuUsage();
      for (let n = 0; n < calls; n += 1) call(round * calls + n);
      const { user, system } = process.cpuUsage(begun);
      times[name].push((user + system) / calls);
    }
  }
  return times;
}

function print(title, times) {
  const [first] = Object.keys(times);
  console.log(`\n${title}`);
  for (const [name, values] of Object.entries(times)) {
    const ratios = values.map((value, n) => value / times[first][n]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const row = [median(values), Math.min(...values), mean].map((value) => value.toFixed(1).padStart(7)).join('');
    const firstMean = times[first].reduce((sum, value) => sum + value, 0) / values.length;
    console.log(
      `  ${name.padEnd(44)} median, min, mean µs${row}   ratio of medians ${(median(values) / median(times[first])).toFixed(3)}`,
      `median of ratios ${median(ratios).toFixed(3)} of means ${(mean / firstMean).toFixed(3)} of minima ${(Math.min(...values) / Math.min(...times[first])).toFixed(3)}`,
    );
  }
}

const time = () => new Date().toISOString();
const body = 'x'.repeat(1_000);
const [zones, worktrees, agents] = [50, 2_000, 6];

function fill(db) {
  db.transaction(() => {
    const zone = db.prepare('INSERT INTO zones (id, name, created_at) VALUES (?, ?, ?)');
    for (let n = 0; n < zones; n += 1) zone.run(`zone-${n}`, `Zone ${n}`, time());
    const worktree = db.prepare(
      'INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES (?, ?, ?, ?, ?)',
    );
    for (let n = 0; n < worktrees; n += 1) worktree.run(`wt-${n}`, `/srv/wt-${n}`, 3_000 + n, `feature/${n}`, time());
    const assign = db.prepare('INSERT INTO worktree_zones VALUES (?, ?, ?)');
    for (let n = 0; n < worktrees; n += 1) assign.run(`wt-${n}`, `zone-${n % zones}`, time());
  })();
}

function statements(db) {
  const insert = db.prepare('INSERT INTO zone_executions VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const drag = db.prepare('UPDATE worktrees SET position_x = ?, position_y = ?, updated_at = ? WHERE id = ?');
  const rename = db.prepare('UPDATE worktrees SET status = ?, updated_at = ? WHERE id = ?');
  const assign = db.prepare(
    'INSERT INTO worktree_zones VALUES (?, ?, ?) ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at',
  );
  let id = 0;
  const one = () => {
    id += 1;
    insert.run(
      `exec-${Date.now()}-${id.toString(36).padStart(13, '0')}`,
      `zone-${pick(zones)}`,
      `wt-${pick(worktrees)}`,
      `agent-${pick(agents)}`,
      body,
      null,
      pick(2),
      time(),
    );
  };
  return {
    one,
    many: db.transaction(() => {
      for (let n = 0; n < 100; n += 1) one();
    }),
    drag: () => drag.run(pick(4_000), pick(4_000), time(), `wt-${pick(worktrees)}`),
    status: () => rename.run(`s${pick(4)}`, time(), `wt-${pick(worktrees)}`),
    assign: () => assign.run(`wt-${pick(worktrees)}`, `zone-${pick(zones)}`, time()),
  };
}

const narrower = (text, from, to) => {
  const changed = text.replaceAll(from, to);
  if (changed === text) throw new Error('nothing was replaced');
  return changed;
};

function log() {
  const [changes, runs] = draft.map(sql);
  const at =
    /max\(CAST\(\(julianday\('now'\) - 2440587.5\) \* 86400000 AS INTEGER\),\s+coalesce\(\(SELECT at FROM changes ORDER BY seq DESC LIMIT 1\), 0\)\)/g;
  const texts = {
    'counts alone (an earlier version 3)': [...base, '__test__/fixtures/earlier_version_3.sql'].map(sql),
    'no counts, no log (version 2)': base.map(sql),
    'the log, version 4': [...base.map(sql), changes, runs],
    'the log, an index by entity and id': [
      ...base.map(sql),
      changes,
      runs,
      'CREATE INDEX changes_of ON changes (entity, id, seq)',
    ],
    'the log, at without the row before': [
      ...base.map(sql),
      changes.replaceAll(at, "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
      runs,
    ],
    'the log, that says no values': [...base.map(sql), changes.replace(/'\{[^;]*?'\}'\);/g, 'NULL);'), runs],
    'the log, nothing kept': [...base.map(sql), narrower(changes, 'DEFAULT 131072', 'DEFAULT 0'), runs],
    'counts as they were, a log of its own beside': [...base, '__test__/fixtures/earlier_version_3.sql']
      .map(sql)
      .concat([changes.replace(/DROP T[^;]*;/g, '').replace(/CREATE TRIGGER changes_fold AFTER[^]*$/, ''), runs]),
  };
  const dbs = Object.fromEntries(Object.entries(texts).map(([name, list], n) => [name, open(`log-${n}`, list)]));
  const calls = {};
  for (const [name, db] of Object.entries(dbs)) {
    fill(db);
    calls[name] = statements(db);
    for (let n = 0; n < 300; n += 1) calls[name].many();
  }
  const of = (call) => Object.fromEntries(Object.entries(calls).map(([name, list]) => [name, list[call]]));
  const quick = Number(process.argv[3] ?? 1);
  print('insert into zone_executions, 1 KB, committed one by one', compare(of('one'), Math.round(84 * quick), 200));
  print('… 100 in a transaction (µs for 100)', compare(of('many'), Math.round(60 * quick), 6));
  print('update of a position', compare(of('drag'), Math.round(40 * quick), 200));
  print('update of a status', compare(of('status'), Math.round(40 * quick), 200));
  print('assignment', compare(of('assign'), Math.round(40 * quick), 200));
}

// One table that has the leases, too, with partial indexes: what is usually written by hand.
const oneTable = `
CREATE TABLE jobs (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, zone_id TEXT NOT NULL, worktree_id TEXT NOT NULL,
  agent_type TEXT NOT NULL, priority INTEGER NOT NULL, available_at INTEGER NOT NULL, created_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0, token INTEGER NOT NULL DEFAULT 0, worker_id TEXT, lease_until INTEGER,
  started_at INTEGER, finished_at INTEGER, prompt TEXT NOT NULL, result TEXT, exit_code INTEGER);
CREATE INDEX jobs_queued ON jobs (zone_id, priority DESC, key) WHERE status = 'queued';
CREATE INDEX jobs_running ON jobs (zone_id, agent_type) WHERE status = 'running';
CREATE INDEX jobs_lease ON jobs (lease_until) WHERE status = 'running';
CREATE TABLE run_limits (zone_id TEXT NOT NULL, agent_type TEXT NOT NULL, at_once INTEGER NOT NULL, PRIMARY KEY (zone_id, agent_type)) WITHOUT ROWID;`;

const [lanesOfZones, lanesOfAgents] = [8, 3];

function handWritten(name) {
  const db = open(name, [...base.map(sql), sql('__test__/fixtures/earlier_version_3.sql'), oneTable]);
  const enqueue =
    db.prepare(`INSERT INTO jobs (id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, prompt)
    VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?)`);
  const recover = db.prepare(
    "UPDATE jobs SET status = 'queued', token = token + 1 WHERE status = 'running' AND lease_until < ?",
  );
  const claim =
    db.prepare(`UPDATE jobs SET status = 'running', token = token + 1, attempt = attempt + 1, worker_id = @worker,
      lease_until = @now + 60000, started_at = @now WHERE key = (
    WITH RECURSIVE queued (zone) AS (
      SELECT min(zone_id) FROM jobs WHERE status = 'queued'
      UNION ALL SELECT (SELECT min(zone_id) FROM jobs WHERE status = 'queued' AND zone_id > zone) FROM queued WHERE zone IS NOT NULL),
    heads (zone, key, running) AS (
      SELECT zone, (SELECT key FROM jobs WHERE status = 'queued' AND zone_id = zone AND available_at <= @now ORDER BY priority DESC, key LIMIT 1),
        (SELECT count(*) FROM jobs WHERE status = 'running' AND zone_id = zone) FROM queued WHERE zone IS NOT NULL)
    SELECT j.key FROM heads AS h JOIN jobs AS j ON j.key = h.key
    WHERE NOT EXISTS (SELECT 1 FROM run_limits AS l WHERE l.zone_id = h.zone AND l.at_once <= h.running)
    ORDER BY j.priority DESC, h.running, j.key LIMIT 1)
    RETURNING *`);
  const beat = db.prepare("UPDATE jobs SET lease_until = ? WHERE id = ? AND token = ? AND status = 'running'");
  const end = db.prepare(`UPDATE jobs SET status = 'succeeded', finished_at = ?, exit_code = 0
    WHERE id = ? AND token = ? AND status = 'running' RETURNING *`);
  const record = db.prepare('INSERT INTO zone_executions VALUES (?, ?, ?, ?, ?, ?, 1, ?)');
  return {
    db,
    enqueue: (id, zone, worktree, agent, now) => enqueue.run(id, zone, worktree, agent, 0, now, now, body),
    claim: db.transaction((now) => {
      recover.run(now);
      return claim.get({ worker: 'worker', now });
    }).immediate,
    heartbeat: (run, now) => beat.run(now + 60_000, run.id, run.token).changes,
    finish: db.transaction((run, now) => {
      const row = end.get(now, run.id, run.token);
      record.run(row.id, row.zone_id, row.worktree_id, row.agent_type, row.prompt, 'done', new Date(now).toISOString());
    }).immediate,
    finished: (
      from,
      n,
    ) => `WITH RECURSIVE n (n) AS (VALUES (${from}) UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ${from + n})
      INSERT INTO jobs (id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, finished_at, prompt)
      SELECT printf('exec-1%012d', n), 'succeeded', 'zone-' || (n % 8), 'wt-' || (n % 2000), 'agent-' || (n % 3), 0, 0, 0, 1, '' FROM n`,
  };
}

const changed = `INSERT INTO changes (at, entity, op, id, zone_id, worktree_id, agent_type, data)
  VALUES (max(?, coalesce((SELECT at FROM changes ORDER BY seq DESC LIMIT 1), 0)), 5, ?, ?, ?, ?, ?, ?)`;

// Version 4. `lanes`: 'heads' reads the table run_lanes, 'skip' finds the first run of each lane in the queue itself.
function drafted(name, { lanes = 'heads', log = true } = {}) {
  const db = open(name, [...base.map(sql), ...draft.map(sql)]);
  const p = (text) => db.prepare(text);
  const enqueue =
    p(`INSERT INTO runs (id, status, zone_id, worktree_id, agent_type, priority, place, available_at, created_at, prompt)
    VALUES (?, 'queued', ?, ?, ?, 0, (SELECT coalesce(max(key), 0) + 1 FROM runs), ?, ?, ?)`);
  const queue = p('INSERT INTO run_queue VALUES (?, ?, ?, ?, ?, ?)');
  const head =
    p(`INSERT INTO run_lanes VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET urgency = excluded.urgency, place = excluded.place
    WHERE (excluded.urgency, excluded.place) < (urgency, place)`);
  const change = p(changed);
  const write = (...row) => log && change.run(...row);
  const due = p('SELECT run FROM run_delayed WHERE due <= ? LIMIT 1');
  const leases = p('SELECT zone_id, agent_type, boot, deadline, expires_at FROM leases').raw();
  const heads = p('SELECT zone_id, agent_type, urgency, place FROM run_lanes').raw();
  const skip = p(`WITH RECURSIVE lane (zone, agent, urgency, place) AS (
      SELECT * FROM (SELECT zone_id, agent_type, urgency, place FROM run_queue ORDER BY zone_id, agent_type, urgency, place LIMIT 1)
      UNION ALL
      SELECT q.zone_id, q.agent_type, q.urgency, q.place FROM lane CROSS JOIN run_queue AS q ON (q.zone_id, q.agent_type, q.urgency, q.place) =
        (SELECT zone_id, agent_type, urgency, place FROM run_queue WHERE (zone_id, agent_type, urgency) > (zone, agent, 9e18)
         ORDER BY zone_id, agent_type, urgency, place LIMIT 1))
    SELECT * FROM lane`).raw();
  const limits = p('SELECT zone_id, agent_type, at_once FROM run_limits').raw();
  const budgets = p('SELECT scope, id FROM budgets WHERE spent_micros >= limit_micros').raw();
  const take = p(
    'DELETE FROM run_queue WHERE zone_id = ? AND agent_type = ? AND urgency = ? AND place = ? RETURNING run',
  ).pluck();
  const next = p(
    'SELECT urgency, place FROM run_queue WHERE zone_id = ? AND agent_type = ? ORDER BY urgency, place LIMIT 1',
  ).raw();
  const advance = p('UPDATE run_lanes SET urgency = ?, place = ? WHERE zone_id = ? AND agent_type = ?');
  const empty = p('DELETE FROM run_lanes WHERE zone_id = ? AND agent_type = ?');
  const read = p('SELECT * FROM runs WHERE key = ?');
  const lend = p('INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?, 7, ?, ?, ?, ?, NULL, NULL)');
  const beat = p(
    'UPDATE leases SET deadline = ?, expires_at = ? WHERE run_id = ? AND token = ? RETURNING cancel_requested_at',
  );
  const giveBack = p('DELETE FROM leases WHERE run_id = ? AND token = ? RETURNING run, token, attempt, started_at');
  const record = p(
    'INSERT INTO zone_executions SELECT id, zone_id, worktree_id, agent_type, prompt, ?, 1, ? FROM runs WHERE key = ?',
  );
  const end =
    p(`UPDATE runs SET status = 'succeeded', finished_at = ?, token = ?, finished_token = token, attempt = ?, started_at = ?,
    executed = 1, exit_code = 0, duration_ms = ?, prompt = NULL WHERE key = ?`);
  const output = p(`INSERT INTO run_output (id, at, stream, bytes, text)
    SELECT coalesce(max(id), @run << 32) + 1, @now, 1, coalesce(max(bytes), 0) + @length, @text FROM (SELECT id, bytes FROM run_output
      WHERE id BETWEEN @run << 32 AND (@run << 32) + 4294967295 ORDER BY id DESC LIMIT 1)`);
  const fence = p('SELECT run FROM leases WHERE run_id = ? AND token = ?');
  return {
    db,
    enqueue: db.transaction((id, zone, worktree, agent, now) => {
      const key = enqueue.run(id, zone, worktree, agent, now, now, body).lastInsertRowid;
      queue.run(zone, agent, 0, key, key, worktree);
      if (lanes === 'heads') head.run(zone, agent, 0, key);
      write(now, 1, id, zone, worktree, agent, null);
    }).immediate,
    claim: db.transaction((now) => {
      due.get(now);
      const running = new Map();
      for (const [zone, , , deadline] of leases.all())
        if (deadline >= 0) running.set(zone, (running.get(zone) ?? 0) + 1);
      limits.all();
      budgets.all();
      let best;
      let least = 0;
      for (const lane of (lanes === 'heads' ? heads : skip).all()) {
        const n = running.get(lane[0]) ?? 0;
        const better =
          !best || lane[2] < best[2] || (lane[2] === best[2] && (n < least || (n === least && lane[3] < best[3])));
        if (better) [best, least] = [lane, n];
      }
      if (!best) return undefined;
      const run = read.get(take.get(...best));
      if (lanes === 'heads') {
        const then = next.get(best[0], best[1]);
        if (then) advance.run(...then, best[0], best[1]);
        else empty.run(best[0], best[1]);
      }
      run.token += 1;
      lend.run(
        run.id,
        run.key,
        run.token,
        run.attempt + 1,
        run.zone_id,
        run.worktree_id,
        run.agent_type,
        'worker',
        now,
        now,
        now,
        now,
      );
      write(now, 2, run.id, run.zone_id, run.worktree_id, run.agent_type, '{"status":"running"}');
      return run;
    }).immediate,
    heartbeat: (run, now) => beat.get(now, now, run.id, run.token),
    finish: db.transaction((run, now) => {
      const lease = giveBack.get(run.id, run.token);
      record.run('done', new Date(now).toISOString(), lease.run);
      end.run(now, lease.token, lease.attempt, lease.started_at, now - lease.started_at, lease.run);
      write(now, 2, run.id, run.zone_id, run.worktree_id, run.agent_type, '{"status":"succeeded"}');
    }).immediate,
    output: db.transaction((run, now, text) => {
      output.run({ ...fence.get(run.id, run.token), now, length: text.length, text });
    }).immediate,
    finished: (
      from,
      n,
    ) => `WITH RECURSIVE n (n) AS (VALUES (${from}) UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ${from + n})
      INSERT INTO runs (id, status, zone_id, worktree_id, agent_type, priority, place, available_at, created_at, finished_at, executed)
      SELECT printf('exec-1%012d', n), 'succeeded', 'zone-' || (n % 8), 'wt-' || (n % 2000), 'agent-' || (n % 3), 0, n, 0, 0, 1, 1 FROM n`,
  };
}

let serial = 0;
const put = (queue) => {
  serial += 1;
  queue.enqueue(
    `exec-${Date.now()}-${serial.toString(36).padStart(13, '0')}`,
    `zone-${pick(lanesOfZones)}`,
    `wt-${pick(worktrees)}`,
    `agent-${pick(lanesOfAgents)}`,
    Date.now(),
  );
};

function calls() {
  const made = {
    'one table by hand': handWritten('hand'),
    'version 4': drafted('v4'),
    'version 4, its calls not in the log': drafted('silent', { log: false }),
  };
  const phases = [
    [10, 0, 0],
    [10, 0, 100],
    [10, 0, 1_000],
    [10, 1_000_000, 0],
    [100_000, 1_000_000, 0],
  ];
  const rounds = Number(process.argv[3] ?? 40);
  for (const queue of Object.values(made)) fill(queue.db);
  let finished = 0;
  const busy = new Map(Object.keys(made).map((name) => [name, []]));
  const nothing = made['version 4'].db.prepare('SELECT 1');
  print(
    'a statement that does nothing, for comparison: what this handle costs each',
    compare({ 'SELECT 1': () => nothing.get() }, 20, 5_000),
  );
  for (const [queued, ended, running] of phases) {
    for (const [name, queue] of Object.entries(made)) {
      if (ended > finished) queue.db.exec(queue.finished(finished, ended - finished));
      // Exactly as many as wanted: the surplus is claimed and finished.
      const count = () =>
        queue.db
          .prepare(`SELECT count(*) FROM ${name.startsWith('one') ? "jobs WHERE status = 'queued'" : 'run_queue'}`)
          .pluck()
          .get();
      queue.db.transaction(() => {
        for (let n = count(); n < queued + running; n += 1) put(queue);
        for (let n = count(); n > queued + running; n -= 1) queue.finish(queue.claim(Date.now()), Date.now());
        for (let n = 0; n < running; n += 1) busy.get(name).push(queue.claim(Date.now()));
      })();
    }
    finished = Math.max(finished, ended);
    const names = Object.keys(made);
    const kinds = ['enqueue', 'claim', 'heartbeat', 'finish'];
    const times = Object.fromEntries(kinds.map((kind) => [kind, Object.fromEntries(names.map((name) => [name, []]))]));
    for (let round = 0; round < rounds; round += 1) {
      names.push(names.shift());
      for (const name of names) {
        const queue = made[name];
        const n = 100;
        const timed = (kind, work) => {
          const begun = process.cpuUsage();
          for (let i = 0; i < n; i += 1) work(i);
          const { user, system } = process.cpuUsage(begun);
          times[kind][name].push((user + system) / n);
        };
        const claimed = [];
        // As many runs are claimed as were enqueued before, so that the queue keeps its length.
        timed('enqueue', () => put(queue));
        timed('claim', () => claimed.push(queue.claim(Date.now())));
        timed('heartbeat', (i) => queue.heartbeat(claimed[i], Date.now()));
        timed('finish', (i) => queue.finish(claimed[i], Date.now()));
      }
    }
    for (const kind of kinds) {
      print(
        `${kind}: ${queued} to ${queued + 100} queued, ${running} to ${running + 100} running, ${finished} finished`,
        times[kind],
      );
    }
    for (const [name, queue] of Object.entries(made)) {
      queue.db.transaction(() => {
        for (const run of busy.get(name).splice(0)) queue.finish(run, Date.now());
      })();
    }
  }
}

function output() {
  const queue = drafted('output');
  fill(queue.db);
  for (let n = 0; n < 3; n += 1) put(queue);
  const [short, long] = [queue.claim(Date.now()), queue.claim(Date.now())];
  const text = 'x'.repeat(80);
  queue.db.transaction(() => {
    for (let n = 0; n < 100_000; n += 1) queue.output(long, 1, text);
  })();
  print(
    'a chunk of 80 bytes',
    compare(
      {
        'into an empty run': () => queue.output(short, 1, text),
        'into one of 100,000': () => queue.output(long, 1, text),
      },
      20,
      200,
    ),
  );
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const what = process.argv[2] ?? 'log';
if (what === 'log') log();
if (what === 'calls') calls();
if (what === 'output') output();
