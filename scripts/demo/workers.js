'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

/** The worker processes of a database, by name. */
class Workers {
  #dbPath;
  #processes = new Map();
  #fail;

  constructor(dbPath) {
    this.#dbPath = dbPath;
    /** Rejected when a worker ends with an error of its own. */
    this.failure = new Promise((_, reject) => (this.#fail = reject));
  }

  start(name) {
    const child = fork(path.join(__dirname, 'worker.js'), [this.#dbPath, name]);
    this.#processes.set(name, child);
    child.once('exit', (code) => {
      this.#processes.delete(name);
      if (code > 0) this.#fail(new Error(`${name} has ended with ${code}`));
    });
    return child.pid;
  }

  isAlive(name) {
    return this.#processes.has(name);
  }

  /** Kills a worker without warning, as a machine that runs out of memory does. */
  async kill(name) {
    const child = this.#processes.get(name);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Stops all workers: each gives back its run, and ends. */
  async stop() {
    const children = [...this.#processes.values()];
    await Promise.all(
      children.map((child) => {
        child.disconnect();
        return once(child, 'exit');
      }),
    );
  }
}

module.exports = { Workers };
