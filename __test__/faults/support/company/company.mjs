// A company of ours and others on one file, the faults that happen to it, and what has to be true at its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VisualDatabase } from '../../../../lib/index.mjs';
import { random } from '../random.mjs';
import { Acknowledged } from './acknowledged.mjs';
import { clientsThatAreThere, withoutMending } from './clients.mjs';
import { SETUP } from './statements.mjs';
import { headerOf, tear } from './torn_header.mjs';

const MEMBER = fileURLToPath(new URL('./member.mjs', import.meta.url));
const DYING = fileURLToPath(new URL('./dying.mjs', import.meta.url));
export const ORDINARY = fileURLToPath(new URL('../../../../lib/index.mjs', import.meta.url));

/** How long a member may take to end when it is told to, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Lets the company loose on a new file in `folder` for so long, or until something is found. Gives what was found, in
 * words, and what was done, in numbers. `broken` is a fault of one member that must be noticed.
 */
export async function keepCompany({ folder, entry = ORDINARY, seed, milliseconds, broken }) {
  const company = new Company({ folder, entry, seed, broken });
  try {
    await company.work(milliseconds);
    return await company.end();
  } finally {
    company.dissolve();
  }
}

class Company {
  #dice;
  #findings = [];
  #counted = {};
  #versions = {};
  #children = new Set();
  #members = new Map();
  #options;
  #acknowledged;
  #writers;
  #seed;

  constructor({ folder, entry, seed, broken }) {
    this.#seed = seed;
    this.#dice = random(seed);
    const there = clientsThatAreThere();
    const ours = there[0];
    // Two of ours write, one of each other kind; the last writer is whoever dies in a commit.
    this.#writers = [ours, ...there, undefined];
    this.#options = {
      entry,
      file: path.join(folder, 'visual.db'),
      acknowledged: path.join(folder, 'acknowledged'),
      writers: this.#writers.length,
    };
    this.#setUp();
    this.#acknowledged = new Acknowledged(this.#options.acknowledged, this.#writers.length);
    for (const [writer, client] of this.#writers.entries()) {
      if (client) this.#start(`writer ${writer}`, client, { writer, broken: writer === 0 ? broken : undefined });
    }
    for (const reader of [0, 1]) this.#start(`reader ${reader}`, ours, { broken: reader === 0 ? broken : undefined });
  }

  #setUp() {
    const visual = new VisualDatabase(this.#options.file);
    visual.createZone({ id: 'zone', name: 'Zone' });
    for (const writer of this.#writers.keys()) {
      visual.createWorktree({ id: `wt-${writer}`, path: `/wt/${writer}`, port: writer + 1, branchName: 'main' });
    }
    visual.db.exec(SETUP);
    visual.close();
  }

  #start(name, client, task) {
    const member = this.#spawn(MEMBER, client, task);
    const gone = once(member, 'exit').then(([code, signal]) => {
      if (!member.isToGo || (code !== 0 && signal !== 'SIGKILL'))
        this.#find(`${name}, ${client.kind}: ended by ${signal ?? code}`);
    });
    this.#members.set(name, { member, gone, client, task });
  }

  /** A process group of its own: the client within it may be another process. */
  #spawn(program, { kind, node }, task) {
    this.#seed += 1;
    const argument = JSON.stringify({ ...this.#options, ...task, kind, seed: this.#seed });
    const child = spawn(node, [program, argument], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    child.stdin.on('error', () => {});
    // What a crash says: an assertion that failed, say.
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/panicked|frames are held|Error/.test(line)) this.#find(`${kind}: ${line}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { kind, finding, counted = {}, at, version } = parse(line);
      if (finding) this.#find(finding);
      if (version) {
        child.isThere = true;
        this.#versions[kind] = version;
      }
      if (at) child.emit('at', at);
      for (const [what, by] of Object.entries(counted)) this.#count(what, by);
    });
    return child;
  }

  #find(finding) {
    this.#findings.push(finding);
  }

  #count(what, by = 1) {
    this.#counted[what] = (this.#counted[what] ?? 0) + by;
  }

  async work(milliseconds) {
    // On a loaded machine starting takes its time.
    const started = performance.now();
    const areThere = () => [...this.#members.values()].every(({ member }) => member.isThere);
    while (!areThere() && this.#findings.length === 0 && performance.now() < started + PATIENCE) await sleep(20);
    const end = performance.now() + milliseconds;
    while (performance.now() < end && this.#findings.length === 0) {
      await sleep(100 + this.#dice.below(200));
      await this.#dice.pick([
        () => this.#kill(),
        () => this.#stop(),
        () => this.#die(),
        () => this.#leaveAlone(),
        () => {},
      ])();
    }
  }

  async #kill() {
    const name = this.#dice.pick([...this.#members.keys()]);
    await this.#gone(name);
    this.#count('kills');
    const { client, task } = this.#members.get(name);
    this.#start(name, client, task);
  }

  /** Kills a member, and waits until it is gone with all that it held. */
  async #gone(name) {
    const { member, gone } = this.#members.get(name);
    member.isToGo = true;
    signal(member, 'SIGKILL');
    await gone;
  }

  /** Stops a member wherever it is, in a commit or a checkpoint maybe, and lets it go on. */
  async #stop() {
    const { member } = this.#dice.pick([...this.#members.values()]);
    signal(member, 'SIGSTOP');
    await sleep(this.#dice.below(300));
    signal(member, 'SIGCONT');
    this.#count('stops');
  }

  /** A writer dies between the two copies of the header. */
  async #die() {
    const writer = this.#writers.length - 1;
    const client = this.#dice.pick(this.#writers.filter((client) => client && client.kind !== 'shell'));
    const dying = this.#spawn(DYING, client, { writer });
    const gone = once(dying, 'exit');
    let before;
    dying.on('at', (at) => {
      if (at === 'before') {
        before = headerOf(this.#options.file);
        dying.stdin.write('\n');
      } else {
        this.#count(tear(this.#options.file, before));
        signal(dying, 'SIGKILL');
      }
    });
    await Promise.race([gone, sleep(PATIENCE, undefined, { ref: false })]);
    signal(dying, 'SIGKILL');
    await gone;
  }

  /** Everybody but one only reads for a while. */
  async #leaveAlone() {
    this.#acknowledged.alone = this.#dice.below(this.#writers.length - 1);
    await sleep(400);
    this.#acknowledged.alone = undefined;
    this.#count('quiet times');
  }

  async end() {
    const killed = this.#findings.length > 0 || this.#dice.chance(0.5);
    if (killed) await Promise.all([...this.#members.keys()].map((name) => this.#gone(name)));
    else await this.#close();
    const acknowledged = this.#acknowledged.now();
    this.#acknowledged.close();
    // What was found already is what there is to say: such a file may be in any state.
    if (this.#findings.length === 0) this.#examine(acknowledged);
    return { findings: this.#findings, counted: this.#counted, versions: this.#versions };
  }

  /** Whatever happened, nobody stays. */
  dissolve() {
    for (const child of this.#children) signal(child, 'SIGKILL');
  }

  /** Everybody ends by itself; the last one to close moves the log into the file. */
  async #close() {
    const all = [...this.#members.values()];
    for (const { member } of all) {
      member.isToGo = true;
      member.stdin.end();
    }
    const late = sleep(PATIENCE, 'late', { ref: false });
    if ((await Promise.race([Promise.all(all.map(({ gone }) => gone)), late])) !== 'late') return;
    for (const [name, { member, client }] of this.#members) {
      if (member.exitCode === null && member.signalCode === null) this.#find(`${name}, ${client.kind}: does not end`);
      signal(member, 'SIGKILL');
    }
  }

  #examine(acknowledged) {
    const find = (finding) => this.#find(`at the end: ${finding}`);
    const visual = new VisualDatabase({ dbPath: this.#options.file, logger: withoutMending(find) });
    const all = (sql) => visual.db.prepare(sql).raw().all();
    const expect = (what, found, right) => {
      if (!right) this.#find(`at the end, ${what}: ${JSON.stringify(found)}`);
    };
    const sound = visual.db.pragma('integrity_check', { simple: true });
    expect('integrity_check', sound, sound === 'ok');
    const orphans = visual.db.pragma('foreign_key_check');
    expect('foreign_key_check', orphans, orphans.length === 0);

    const positions = this.#writers.map((_, writer) => visual.getWorktree(`wt-${writer}`).position.x);
    for (const [writer, last] of acknowledged.entries()) {
      const found = positions[writer];
      expect(`writer ${writer}, ${last} acknowledged`, found, found === last || found === last + 1);
    }
    const [[commits]] = all('SELECT commits FROM company');
    expect('commits', { commits, positions }, commits === sum(positions));
    this.#count('commits', commits);
    for (const [writer, rows, first, latest] of all(
      'SELECT writer, count(*), min(step), max(step) FROM steps GROUP BY 1',
    )) {
      const right = latest === positions[writer] && rows === latest - first + 1;
      expect(`steps of writer ${writer}`, { rows, first, latest, position: positions[writer] }, right);
      const executions = all(`SELECT prompt FROM zone_executions WHERE worktree_id = 'wt-${writer}'`).flat();
      const steps = new Set(executions.map(Number));
      const counted = visual.getExecutionStats({ worktreeId: `wt-${writer}` }).total;
      expect(
        `executions of writer ${writer}`,
        { counted, rows },
        [steps.size, executions.length, counted].every((n) => n === rows),
      );
    }
    const stamps = all('SELECT DISTINCT stamp FROM ballast').flat();
    expect('ballast', stamps, stamps.length === 1 && stamps[0] >= 0);
    visual.close();
  }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

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
