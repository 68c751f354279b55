// A reporter that ends a run in which a file of tests goes on for too long, and names the file and its test: a test that
// waits within a synchronous call can't be timed out by vitest, which would wait with it, without a word.

import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';

/** The longest file takes a tenth of this on a quiet machine. */
const LIMIT_MS = 15 * 60_000;

export default class Overdue {
  /** The files that are running: since when, and their test. */
  #running = new Map();
  #timer;

  onTestModuleStart(file) {
    this.#running.set(file, { since: Date.now(), test: 'none yet' });
    this.#timer ??= setInterval(() => this.#look(), 10_000).unref();
  }

  onTestCaseReady(test) {
    const running = this.#running.get(test.module);
    if (running) running.test = test.fullName;
  }

  onTestModuleEnd(file) {
    this.#running.delete(file);
  }

  onTestRunEnd() {
    clearInterval(this.#timer);
  }

  #look() {
    const overdue = [...this.#running].filter(([, { since }]) => Date.now() - since > LIMIT_MS);
    if (overdue.length === 0) return;
    const minutes = LIMIT_MS / 60_000;
    for (const [{ moduleId }, { test }] of overdue) {
      console.error(
        `\n${relative(process.cwd(), moduleId)} has been running for more than ${minutes} minutes. Its last test: ${test}`,
      );
    }
    // Who waits within a call hears nothing of this process's end.
    spawnSync('pkill', ['-KILL', '-P', String(process.pid)]);
    process.exit(1);
  }
}
