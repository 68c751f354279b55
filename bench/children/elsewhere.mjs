// Another process that commits when it is told to, and only then. It is told and answers through two named pipes, because the
// caller has to wait without going back to its event loop.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('committer.mjs', import.meta.url));
const WARM_UP = 0.03; // milliseconds of work after the wait, for the processor to be back at its speed

export class Elsewhere {
  #path;
  #pipes;
  #byte = Buffer.alloc(1);

  constructor(path) {
    this.#path = path;
  }

  #start() {
    const names = ['request', 'reply'].map((kind) => `${this.#path}.${kind}`);
    names.forEach((name) => rmSync(name, { force: true }));
    execFileSync('mkfifo', names);
    spawn(process.execPath, [script, this.#path, ...names], { stdio: 'inherit' });
    this.#pipes = [openSync(names[0], 'w'), openSync(names[1], 'r')];
  }

  /** Returns as soon as the other process has committed. */
  commit() {
    if (this.#pipes === undefined) this.#start();
    writeSync(this.#pipes[0], this.#byte);
    readSync(this.#pipes[1], this.#byte);
    const start = performance.now();
    while (performance.now() - start < WARM_UP);
  }

  close() {
    this.#pipes?.forEach((pipe) => closeSync(pipe));
  }
}
