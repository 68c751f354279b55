// PostgreSQL's messages on the wire, as far as one who passes them on has to tell them apart.

/** What a client may send instead of its version, to ask for encryption; the answer is a single byte. */
const ASKS_FOR_ENCRYPTION = new Set([80877103, 80877104]);

/** Cuts what one side sends into messages: `push(bytes)` answers those that are whole, `{ type, bytes }`, and keeps the rest. */
export class Messages {
  #rest = Buffer.alloc(0);
  #hasBegun;

  constructor({ isClient }) {
    this.#hasBegun = !isClient;
  }

  push(bytes) {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const messages = [];
    for (let message; (message = this.#next());) messages.push(message);
    return messages;
  }

  /** Those with which a client begins have no type: 'encryption?' and 'startup', which is also what a request to cancel looks like. */
  #next() {
    const head = this.#hasBegun ? 1 : 0;
    if (this.#rest.length < head + 4) return undefined;
    const length = head + this.#rest.readInt32BE(head);
    if (this.#rest.length < length) return undefined;
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    if (this.#hasBegun) return { type: String.fromCharCode(bytes[0]), bytes };
    if (ASKS_FOR_ENCRYPTION.has(bytes.readInt32BE(4))) return { type: 'encryption?', bytes };
    this.#hasBegun = true;
    return { type: 'startup', bytes };
  }
}

/** The texts that end with a zero byte in a message, from its fifth byte on, as many as are asked for. */
export function texts(bytes, count) {
  const found = [];
  for (let at = 5; found.length < count; at = bytes.indexOf(0, at) + 1)
    found.push(bytes.toString('utf8', at, bytes.indexOf(0, at)));
  return found;
}
