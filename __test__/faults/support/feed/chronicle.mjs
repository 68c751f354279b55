// Writers of every kind and readers of the feed on one file, what happens to them, and what was found.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VisualDatabase } from '../../../../lib/index.mjs';
import { peerNode } from '../../../support/child.mjs';
import { random } from '../random.mjs';
import { counterOf, statements } from './statements.mjs';

const ENTRY = fileURLToPath(new URL('../../../../lib/index.mjs', import.meta.url));
const program = (name) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));

const WRITERS = { 'ours 1': 'scribe', 'ours 2': 'scribe', 'better-sqlite3': 'stranger', shell: 'shell' };
const READERS = { 'reader 1': 'look', 'reader 2': 'look', 'reader 3': 'watch' };

/**
 * Has at least so many changes written and read in `folder`, with somebody killed now and then, and what the log loses in between:
 * `{ findings, counted }`. `broken` is a fault of the readers that must be noticed.
 */
export async function keepChronicle({ folder, seed, changes, milliseconds, shell, broken }) {
  const chronicle = new Chronicle({ folder, seed, shell, broken });
  try {
    await chronicle.work(changes, milliseconds);
    return await chronicle.end();
  } finally {
    chronicle.dissolve();
  }
}

class Chronicle {
  #folder;
  #file;
  #seed;
  #dice;
  #shell;
  #broken;
  #members = new Map();
  #findings = [];
  #counted = {};
  #counters = new Map();
  #feeding = 0;
  /** The first row of the log. */
  #first = 0;

  constructor({ folder, seed, shell, broken }) {
    [this.#folder, this.#seed, this.#dice, this.#shell] = [folder, seed, random(seed), shell];
    this.#broken = broken;
    this.#file = path.join(folder, 'visual.db');
    const db = new VisualDatabase({ dbPath: this.#file });
    for (let n = 0; n < 4; n += 1) db.createZone({ id: `zone-${n}`, name: `Zone ${n}` });
    for (const name of Object.keys(WRITERS)) db.createZone({ id: counterOf(name), name });
    // Nothing is kept of the log but what has to be, and it is cut soon for the first time.
    db.db.exec('UPDATE changes_state SET keep_rows = 0');
    db.transaction(() => {
      for (let n = 0; n < 7700; n += 1) db.updateZone('zone-0', { position: { x: n } });
    });
    db.close();
  }

  async work(changes, milliseconds) {
    const until = performance.now() + milliseconds;
    const disruptions = [
      [0.4, () => this.#restore()],
      [0.7, () => this.#copyOver()],
    ];
    await this.#startAll();
    for (let done = 0; done < changes && performance.now() < until && this.#findings.length === 0;) {
      await sleep(150 + this.#dice.below(250));
      const name = this.#dice.pick([...this.#members.keys()]);
      await this.#kill(name);
      this.#start(name);
      this.#count('kills');
      this.#look();
      // Two readers count what they read.
      done = (this.#counted['changes read'] ?? 0) / 2;
      if (disruptions.length > 0 && done >= disruptions[0][0] * changes) await disruptions.shift()[1]();
    }
    if (disruptions.length > 0 && this.#findings.length === 0) this.#find(`too slow: ${JSON.stringify(this.#counted)}`);
  }

  /** Writers end first, so that readers can come to the end of the log. */
  async end() {
    for (const names of [Object.keys(WRITERS), Object.keys(READERS)]) {
      await Promise.all(names.map((name) => this.#finish(name)));
    }
    const db = new VisualDatabase({ dbPath: this.#file, readonly: true });
    const zones = db.listZones().filter(({ id }) => id.startsWith('counter'));
    const expected = Object.fromEntries(zones.map(({ id, position }) => [id, position.x]));
    db.close();
    for (const [name, counters] of this.#counters) {
      for (const [id, x] of Object.entries(expected)) {
        if (counters[id] !== x) this.#find(`${name} has ${id} at ${counters[id]}, not at ${x}`);
      }
    }
    if (this.#counters.size !== 3) this.#find(`${this.#counters.size} readers came to the end`);
    return { findings: this.#findings, counted: this.#counted };
  }

  dissolve() {
    clearInterval(this.#feeding);
    for (const { child } of this.#members.values()) child.kill('SIGKILL');
  }

  async #startAll() {
    for (const name of [...Object.keys(WRITERS), ...Object.keys(READERS)]) this.#start(name);
    await sleep(100);
  }

  #start(name) {
    const kind = WRITERS[name] ?? 'reader';
    if (kind === 'shell') return this.#startShell(name);
    this.#seed += 1;
    const notes = path.join(this.#folder, `${name}.json`);
    const task = {
      entry: ENTRY,
      file: this.#file,
      name,
      seed: this.#seed,
      notes,
      how: READERS[name],
      broken: this.#broken,
    };
    const node = kind === 'stranger' ? peerNode() : process.execPath;
    this.#join(name, spawn(node, [program(kind), JSON.stringify(task)], { stdio: 'pipe' }));
  }

  /** The shell leaves foreign keys off. What it is to run it is told while it runs. */
  #startShell(name) {
    if (!this.#shell) return;
    this.#seed += 1;
    const dice = random(this.#seed);
    const child = spawn('sqlite3', ['-batch', this.#file], { stdio: 'pipe' });
    this.#join(name, child);
    child.stdin.write('.timeout 60000\nPRAGMA foreign_keys = OFF;\n');
    clearInterval(this.#feeding);
    let count = 0;
    this.#feeding = setInterval(() => {
      // What it can't take at once would be written long after it was told to end.
      if (child.stdin.writableLength < 1000 && child.stdin.writable) {
        child.stdin.write(`${statements(dice, name, (count += 1)).join(';\n')};\n`);
      }
    }, 8);
  }

  #join(name, child) {
    this.#members.set(name, { child, exited: once(child, 'exit') });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stderr }).on('line', (line) => {
      // The shell says what a constraint refuses.
      if (/Error|panicked/.test(line) && !/constraint failed/i.test(line)) this.#find(`${name}: ${line}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(name, line));
  }

  #hear(name, line) {
    let told;
    try {
      told = JSON.parse(line);
    } catch {
      return; // Killed in the middle of a line.
    }
    if (told.finding) this.#find(told.finding);
    if (told.counters) this.#counters.set(name, told.counters);
    for (const [what, by] of Object.entries(told.counted ?? {})) this.#count(what, by);
  }

  async #kill(name) {
    const member = this.#members.get(name);
    member.child.kill('SIGKILL');
    await member.exited;
  }

  async #finish(name) {
    const member = this.#members.get(name);
    if (!member) return;
    if (name === 'shell') clearInterval(this.#feeding);
    member.child.stdin.end();
    await Promise.race([member.exited, sleep(30_000).then(() => this.#find(`${name} does not end`))]);
  }

  /** Counts how often the log was cut: whoever was behind that has a gap. */
  #look() {
    const db = new VisualDatabase({ dbPath: this.#file, readonly: true, timeout: 60_000 });
    const first = db.db.prepare('SELECT min(seq) FROM changes').pluck().get();
    db.close();
    if (first > this.#first) this.#count('compactions');
    this.#first = first;
  }

  async #restore() {
    const db = new VisualDatabase({ dbPath: this.#file, timeout: 60_000 });
    const backup = path.join(this.#folder, 'backup.db');
    // What the shell leaves behind without foreign keys is not to be in a backup.
    if (this.#shell) await this.#kill('shell');
    for (const table of ['worktree_zones', 'zone_executions']) {
      db.db.exec(`DELETE FROM ${table} WHERE worktree_id NOT IN (SELECT id FROM worktrees)`);
    }
    db.backupSync(backup);
    db.close();
    await this.#replaceBy(() => VisualDatabase.restore(backup, { dbPath: this.#file }));
    this.#count('restores');
  }

  async #copyOver() {
    const copy = path.join(this.#folder, 'copy.db');
    const db = new VisualDatabase({ dbPath: this.#file, timeout: 60_000 });
    db.db.prepare('VACUUM INTO ?').run(copy);
    db.close();
    await this.#replaceBy(() => {
      for (const end of ['-wal', '-shm']) fs.rmSync(this.#file + end, { force: true });
      fs.copyFileSync(copy, this.#file);
    });
    this.#count('copies');
  }

  /** After a while nobody is there, and the file is what it was. */
  async #replaceBy(replace) {
    await sleep(500);
    await Promise.all([...this.#members.keys()].map((name) => this.#kill(name)));
    replace();
    await this.#startAll();
  }

  #find(finding) {
    this.#findings.push(finding);
  }

  #count(what, by = 1) {
    this.#counted[what] = (this.#counted[what] ?? 0) + by;
  }
}
