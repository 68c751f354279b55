// The thread of proxy.mjs: sockets in both directions for each connection.
import net from 'node:net';
import { Messages, texts } from './messages.mjs';
import { given, serve } from './thread.mjs';

const connections = new Set();
/** Milliseconds by which what a client sends comes later: a turn takes so much longer. */
let delay = 0;
let cutAfter;
/** What is cut off before it comes to the server. */
let cutBefore;
/** Whether nobody is let in. */
let isShut = false;
let counted = { turns: [], connections: 0 };

/** One client's connection and what it asks of the server. */
class Connection {
  #client;
  #server;
  #asked = new Messages({ isClient: true });
  #answered = new Messages({ isClient: false });
  /** How many times the server has yet to say that it is ready; the first is about the start. */
  #awaited = 0;
  /** The client has begun a turn that the server hasn't ended; and something came for which it may have waited in between. */
  #isOpen = false;
  #hasAnswer = false;
  /** The texts of statements by name. */
  #statements = new Map();
  #isDoomed = false;
  #isGone = false;
  /** The next byte from the server says whether there is encryption; what follows that is none of ours. */
  #isChoosing = false;
  #isOpaque = false;

  constructor(client) {
    this.#client = client;
    this.#server = net.connect(given.to);
    const end = () => this.cut();
    for (const socket of [client, this.#server]) socket.setNoDelay(true).on('error', end).on('close', end);
    client.on('data', (bytes) => {
      if (!this.#isOpaque) for (const message of this.#asked.push(bytes)) this.#ask(message);
      if (this.#isGone) return void this.cut();
      if (delay === 0) this.#server.write(bytes);
      else setTimeout(() => this.#server.write(bytes), delay);
    });
    this.#server.on('data', (bytes) => {
      this.#answer(bytes);
      if (!this.#isDoomed) client.write(bytes);
      else if (this.#awaited === 0) this.cut();
    });
  }

  cut() {
    connections.delete(this);
    this.#client.destroy();
    this.#server.destroy();
  }

  #ask({ type, bytes }) {
    if (type === 'encryption?') return void (this.#isChoosing = true);
    if (type === 'startup') {
      counted.connections += 1;
      this.#awaited = 1;
      return;
    }
    // Passwords belong to the start; Terminate is answered by nobody.
    if (type === 'p' || type === 'X') return;
    if (!this.#isOpen || this.#hasAnswer) counted.turns.push('');
    this.#isOpen = true;
    this.#hasAnswer = false;
    counted.turns[counted.turns.length - 1] += type;
    if (type === 'Q' || type === 'S' || type === 'F') this.#awaited += 1;
    const text = this.#textOf(type, bytes);
    if (cutBefore?.test(text)) {
      this.#isGone = true;
      cutBefore = undefined;
    }
    if (cutAfter?.pattern.test(text)) {
      this.#isDoomed = true;
      isShut ||= cutAfter.andShut;
      cutAfter = undefined;
    }
  }

  /** The statement that a message runs. */
  #textOf(type, bytes) {
    if (type === 'Q') return texts(bytes, 1)[0];
    if (type === 'P') {
      const [name, text] = texts(bytes, 2);
      this.#statements.set(name, text);
    }
    return type === 'B' ? (this.#statements.get(texts(bytes, 2)[1]) ?? '') : '';
  }

  #answer(bytes) {
    let rest = bytes;
    if (this.#isChoosing) {
      this.#isOpaque = bytes[0] !== 'N'.charCodeAt(0);
      this.#isChoosing = false;
      rest = bytes.subarray(1);
    }
    if (this.#isOpaque) return;
    for (const { type } of this.#answered.push(rest)) {
      // What a Flush has brought, or that there may come data to copy.
      this.#hasAnswer = this.#isOpen && (this.#awaited === 0 || type === 'G');
      if (type !== 'Z') continue;
      this.#awaited -= 1;
      if (this.#awaited === 0) this.#isOpen = this.#hasAnswer = false;
    }
  }
}

const server = net.createServer((client) => {
  if (isShut) client.destroy();
  else connections.add(new Connection(client));
});

serve({
  listen: () => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port))),
  delay: (milliseconds) => void (delay = milliseconds),
  cutAfter: (pattern, andShut = false) => void (cutAfter = { pattern: new RegExp(pattern, 'i'), andShut }),
  cutBefore: (pattern) => void (cutBefore = new RegExp(pattern, 'i')),
  cut() {
    for (const connection of connections) connection.cut();
  },
  close() {
    server.close();
    for (const connection of connections) connection.cut();
  },
  counted() {
    const answer = counted;
    counted = { turns: [], connections: 0 };
    return answer;
  },
});
