// What has been acknowledged, in a file of 64-bit numbers that every process reads and writes at its place: the latest step
// of each writer whose COMMIT has returned, and behind them who may write, 0 for everybody.
import fs from 'node:fs';

export class Acknowledged {
  #file;
  #slots;

  /** @param {number} writers how many there are */
  constructor(path, writers) {
    this.#file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT);
    this.#slots = new BigInt64Array(writers + 1);
    if (fs.fstatSync(this.#file).size === 0) fs.writeSync(this.#file, this.#slots, 0, this.#slots.byteLength, 0);
  }

  /** Every writer's latest acknowledged step, as it is now. */
  now() {
    this.#read();
    return Array.from(this.#slots.subarray(0, -1), Number);
  }

  set(writer, step) {
    fs.writeSync(this.#file, new BigInt64Array([BigInt(step)]), 0, 8, writer * 8);
  }

  /** The one who writes while all others only read; `undefined` where everybody does. */
  get alone() {
    this.#read();
    const slot = Number(this.#slots.at(-1));
    return slot === 0 ? undefined : slot - 1;
  }

  set alone(writer) {
    this.set(this.#slots.length - 1, writer === undefined ? 0 : writer + 1);
  }

  #read() {
    fs.readSync(this.#file, this.#slots, 0, this.#slots.byteLength, 0);
  }

  close() {
    fs.closeSync(this.#file);
  }
}
