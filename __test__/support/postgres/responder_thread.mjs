// The thread of responder.mjs: a server of a few bytes.
import net from 'node:net';
import { Messages } from './messages.mjs';
import { given, serve } from './thread.mjs';

const message = (type, ...parts) => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const text = (value) => Buffer.from(`${value}\0`);
const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** As PostgreSQL begins a session, with these parameters, once it has let somebody in. */
const greeting = (parameters) =>
  Buffer.concat([
    message('R', int32(0)),
    ...Object.entries(parameters).map(([name, value]) => message('S', text(name), text(value))),
    message('K', int32(1), int32(2)),
    message('Z', Buffer.from('I')),
  ]);

const BEHAVIOURS = {
  /** A version that we have no server of. */
  parameters: (socket, parameters) => {
    const asked = new Messages({ isClient: true });
    socket.on('data', (bytes) => {
      for (const { type } of asked.push(bytes)) {
        if (type === 'encryption?') socket.write('N');
        if (type === 'startup') socket.write(greeting(parameters));
      }
    });
  },
  /** Says this at once, whatever it is asked, and no more. */
  banner: (socket, words) => socket.write(words),
  /** Says it after it was asked something. */
  answer: (socket, words) => socket.once('data', () => socket.end(words)),
  silence: () => {},
  hangUp: (socket) => socket.destroy(),
};

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  const [[name, value]] = Object.entries(given);
  BEHAVIOURS[name](socket, value);
});

serve({
  listen: () => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port))),
});
