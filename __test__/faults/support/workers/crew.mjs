// Eight workers, two sweepers and a bystander on one file, the faults that happen to them, and what is true at the end.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VisualDatabase } from '../../../../lib/index.mjs';
import { peerNode } from '../../../support/child.mjs';
import { random } from '../random.mjs';
import { everyRun, examine } from './examine.mjs';
import { SETUP } from './witness.mjs';

const program = (name) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
export const ORDINARY = fileURLToPath(new URL('../../../../lib/index.mjs', import.meta.url));

const WORKERS = 8;
const LEASE = 400;
const OPEN = ['queued', 'running', 'waiting'];
const GIT = ['-c', 'user.name=Crew', '-c', 'user.email=crew@example.org'];

/**
 * Has `runs` runs done on a new file in `folder`, or works until `milliseconds` are over, or something is found. Gives what
 * was found, in words, and what was done, in numbers. `broken` is a fault of the workers that must be noticed.
 */
export async function keepCrew({ folder, entry = ORDINARY, seed, runs, milliseconds, broken }) {
  const crew = new Crew({ folder, entry, seed, runs, broken });
  try {
    await crew.work(milliseconds);
    return await crew.end();
  } finally {
    crew.dissolve();
  }
}

class Crew {
  #dice;
  #seed;
  #file;
  #entry;
  #broken;
  #repository;
  #visual;
  #ids;
  #findings = [];
  #counted = {};
  #members = new Map();
  #children = new Set();
  /** What is deleted in the middle: how much has to be done by then, and how it is done. */
  #deletions;

  constructor({ folder, entry, seed, runs, broken }) {
    [this.#seed, this.#entry, this.#broken, this.#dice] = [seed, entry, broken, random(seed)];
    this.#file = path.join(folder, 'visual.db');
    this.#repository = path.join(folder, 'repository');
    this.#setUp(folder, runs);
    this.#deletions = [
      [0.3, () => this.#deleteWorktree()],
      [0.6, () => this.#members.get('better-sqlite3').child.stdin.write('delete zones zone-doomed\n')],
    ];
    for (let n = 0; n < WORKERS; n += 1) this.#start(`worker ${n}`, 'worker');
    for (let n = 0; n < 2; n += 1) this.#start(`sweeper ${n}`, 'sweeper');
    this.#start('better-sqlite3', 'bystander', peerNode());
  }

  #setUp(folder, runs) {
    const git = (...args) => execFileSync('git', [...GIT, ...args], { cwd: this.#repository, stdio: 'pipe' });
    fs.mkdirSync(this.#repository);
    git('init', '--quiet');
    for (const key of ['user.name', 'user.email']) git('config', key, 'crew@example.org');
    git('commit', '--quiet', '--allow-empty', '-m', 'The first');
    const visual = new VisualDatabase({ dbPath: this.#file, timeout: 60_000 });
    this.#visual = visual;
    visual.db.exec(SETUP);
    for (const name of ['a', 'b', 'c', 'doomed']) visual.createZone({ id: `zone-${name}`, name });
    for (const [n, name] of ['0', '1', '2', '3', 'doomed'].entries()) {
      const place = path.join(folder, `wt-${name}`);
      git('worktree', 'add', '--quiet', '-b', `branch-${name}`, place);
      visual.createWorktree({ id: `wt-${name}`, path: place, port: 3001 + n, branchName: `branch-${name}` });
    }
    visual.setRunLimit({}, 6);
    visual.setRunLimit({ zoneId: 'zone-a' }, 3);
    visual.setRunLimit({ agentType: 'qa' }, 2);
    visual.setRunLimit({ zoneId: 'zone-b', agentType: 'frontend' }, 1);
    visual.setBudget({ period: 'total' }, Number.MAX_SAFE_INTEGER);
    visual.setBudget({ agentType: 'backend', period: 'total' }, 10_000);
    visual.setBudget({ worktreeId: 'wt-0', period: 'day' }, 10_000);
    const dice = this.#dice;
    const wanted = Array.from({ length: runs }, (_, n) => ({
      zoneId: dice.chance(0.1) ? 'zone-doomed' : dice.pick(['zone-a', 'zone-b', 'zone-c']),
      worktreeId: dice.chance(0.1) ? 'wt-doomed' : `wt-${dice.below(4)}`,
      agentType: dice.pick(['frontend', 'backend', 'qa']),
      prompt: `Run ${n}`,
      priority: dice.below(3),
      maxAttempts: 1 + dice.below(3),
      timeoutMs: dice.chance(0.05) ? 100 : null,
      availableAt: dice.chance(0.1) ? new Date(Date.now() + dice.below(3000)) : null,
    }));
    this.#ids = visual.enqueueRuns(wanted).map(({ id }) => id);
  }

  /** A process group of its own: Git is started within. */
  #start(name, kind, node = process.execPath) {
    this.#seed += 1;
    const task = { entry: this.#entry, file: this.#file, name, seed: this.#seed, leaseMs: LEASE, broken: this.#broken };
    const child = spawn(node, [program(kind), JSON.stringify(task)], { detached: true, stdio: 'pipe' });
    const member = { child, kind, isThere: false, isToGo: false };
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    child.stdin.on('error', () => {});
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/panicked|Error/.test(line)) this.#find(`${name}: ${line}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { finding, counted = {}, isThere } = parse(line);
      if (finding) this.#find(finding);
      if (isThere) member.isThere = true;
      for (const [what, by] of Object.entries(counted)) this.#count(what, by);
    });
    member.gone = once(child, 'exit').then(([code, signal]) => {
      if (!member.isToGo || (code !== 0 && signal !== 'SIGKILL')) this.#find(`${name} ended by ${signal ?? code}`);
    });
    this.#members.set(name, member);
  }

  #find(finding) {
    this.#findings.push(finding);
  }

  #count(what, by = 1) {
    this.#counted[what] = (this.#counted[what] ?? 0) + by;
  }

  async work(milliseconds) {
    const end = performance.now() + milliseconds;
    const areThere = () => [...this.#members.values()].every(({ isThere }) => isThere);
    while (!areThere() && performance.now() < end && this.#findings.length === 0) await sleep(20);
    while (this.#findings.length === 0) {
      const open = everyRun(this.#visual, { status: OPEN });
      if (open.length === 0) return;
      if (performance.now() > end) {
        if (!this.#broken)
          this.#find(`${open.length} runs are still open: ${open.map(({ id, status }) => `${id} ${status}`)}`);
        return;
      }
      const done = 1 - open.length / this.#ids.length;
      while (this.#deletions.length > 0 && done >= this.#deletions[0][0]) this.#deletions.shift()[1]();
      await sleep(50 + this.#dice.below(150));
      const roll = this.#dice.below(10);
      if (roll < 3) await this.#kill();
      else if (roll < 6) void this.#stop();
    }
  }

  #one = () => this.#dice.pick([...this.#members.keys()].filter((name) => name !== 'better-sqlite3'));

  async #kill() {
    const name = this.#one();
    const { child, kind, gone } = this.#members.get(name);
    this.#members.get(name).isToGo = true;
    signal(child, 'SIGKILL');
    await gone;
    this.#count('kills');
    this.#start(name, kind);
  }

  /** Stops a member wherever it is, for longer than its lease as a rule, and lets it go on. */
  async #stop() {
    const { child } = this.#members.get(this.#one());
    signal(child, 'SIGSTOP');
    this.#count('stops');
    await sleep(200 + this.#dice.below(800));
    signal(child, 'SIGCONT');
  }

  /** Deletes a worktree: its open runs end, and no others. Looked at in the same transaction. */
  #deleteWorktree() {
    const visual = this.#visual;
    visual.transaction(() => {
      const before = everyRun(visual, { status: OPEN });
      visual.deleteWorktree('wt-doomed');
      for (const { id, worktreeId, status } of before) {
        const after = visual.getRun(id);
        const right =
          worktreeId === 'wt-doomed'
            ? after.status === 'cancelled' &&
              /worktree was deleted/.test(after.error) &&
              visual.getExecution(id) === null
            : after.status === status;
        if (!right) this.#find(`${id} of ${worktreeId} was ${status}, and is ${after?.status} after the deletion`);
      }
      const left = everyRun(visual, { status: OPEN }).length;
      const ended = before.filter(({ worktreeId }) => worktreeId === 'wt-doomed').length;
      if (left !== before.length - ended)
        this.#find(`${before.length} runs were open, ${ended} ended, ${left} are left`);
      this.#count('runs ended by a deletion', ended);
    });
  }

  async end() {
    await this.#close();
    // What was found already is what there is to say.
    if (this.#findings.length === 0 && !this.#broken)
      this.#count(
        'attempts',
        examine(this.#visual, {
          ids: this.#ids,
          repository: this.#repository,
          find: (finding) => this.#find(`at the end: ${finding}`),
        }),
      );
    else if (this.#findings.length === 0)
      examine(this.#visual, {
        ids: [...new Set(this.#done())],
        repository: this.#repository,
        find: (finding) => this.#find(finding),
      });
    this.#visual.close();
    return { findings: this.#findings, counted: this.#counted };
  }

  #done = () => this.#ids.filter((id) => !OPEN.includes(this.#visual.getRun(id)?.status));

  async #close() {
    for (const member of this.#members.values()) {
      member.isToGo = true;
      signal(member.child, 'SIGCONT');
      member.child.stdin.end();
    }
    const late = sleep(30_000, 'late', { ref: false });
    const all = Promise.all([...this.#members.values()].map(({ gone }) => gone));
    if ((await Promise.race([all, late])) === 'late') this.#find('somebody does not end');
  }

  /** Whatever happened, nobody stays. */
  dissolve() {
    for (const child of this.#children) signal(child, 'SIGKILL');
    if (this.#visual.db.open) this.#visual.close();
  }
}

/** To the whole group. */
function signal({ pid }, name) {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** A line that a kill cut in two says nothing. */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
