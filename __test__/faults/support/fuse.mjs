// A file system in memory, mounted at the folder that is named: a process of its own, since its user waits for its answers.
// Files are opened for direct I/O, and so Linux refuses to map them as shared memory, as it does on some network mounts.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const [mountPoint] = process.argv.slice(2);
const [read, write] = [promisify(fs.read), promisify(fs.write)];

const DIRECT_IO = 1;
const ROOT = 1n;
const [ENOENT, EEXIST, ENOSYS] = [2, 17, 38];
const MODE = 1;
const SIZE = 8;

/** Nodes by their number, and the names in the one folder that there is. */
const nodes = new Map([[ROOT, { mode: 0o40777, data: Buffer.alloc(0) }]]);
const names = new Map();

class Failure extends Error {
  constructor(number) {
    super();
    this.number = number;
  }
}

const struct = (...fields) =>
  Buffer.concat(
    fields.map(([bits, value]) => {
      const bytes = Buffer.alloc(bits / 8);
      if (bits === 64) bytes.writeBigUInt64LE(BigInt(value));
      else if (bits === 32) bytes.writeUInt32LE(value);
      else bytes.writeUInt16LE(value);
      return bytes;
    }),
  );
const u64 = (value) => [64, value];
const u32 = (value) => [32, value];
const u16 = (value) => [16, value];
const zeros = (count) => Array.from({ length: count }, () => u32(0));

function attributes(id) {
  const { mode, data } = nodes.get(id);
  const times = [u64(0), u64(0), u64(0), ...zeros(3)];
  const owner = [u32(process.getuid()), u32(process.getgid())];
  return [u64(id), u64(data.length), u64(Math.ceil(data.length / 512)), ...times, u32(mode), u32(1)].concat(owner, [
    u32(0),
    u32(4096),
    u32(0),
  ]);
}

const entry = (id) => struct(u64(id), u64(0), u64(0), u64(0), ...zeros(2), ...attributes(id));
const opened = (id, flags = DIRECT_IO) => struct(u64(id), u32(flags), u32(0));
const attributesOf = (id) => struct(u64(0), ...zeros(2), ...attributes(id));
const nameIn = (bytes) => bytes.subarray(0, bytes.indexOf(0)).toString();

function found(name) {
  if (!names.has(name)) throw new Failure(ENOENT);
  return names.get(name);
}

function resize(node, size) {
  const data = Buffer.alloc(size);
  node.data.copy(data);
  node.data = data;
}

/** What is answered, by the number of the request: its node and what else it has. */
const ANSWERS = {
  1: (_, body) => entry(found(nameIn(body))),
  3: attributesOf,
  4(id, body) {
    const valid = body.readUInt32LE();
    const node = nodes.get(id);
    if (valid & SIZE) resize(node, Number(body.readBigUInt64LE(16)));
    if (valid & MODE) node.mode = body.readUInt32LE(68);
    return attributesOf(id);
  },
  10(_, body) {
    found(nameIn(body));
    names.delete(nameIn(body));
    return Buffer.alloc(0);
  },
  14: (id) => opened(id),
  15(id, body) {
    const from = Number(body.readBigUInt64LE(8));
    return nodes.get(id).data.subarray(from, from + body.readUInt32LE(16));
  },
  16(id, body) {
    const [node, at, data] = [nodes.get(id), Number(body.readBigUInt64LE(8)), body.subarray(40)];
    if (node.data.length < at + data.length) resize(node, at + data.length);
    data.copy(node.data, at);
    return struct(u32(data.length), u32(0));
  },
  17: () => struct(...[1e6, 1e6, 1e6, 1e6, 1e6].map(u64), u32(4096), u32(255), u32(4096), ...zeros(7)),
  18: () => Buffer.alloc(0),
  20: () => Buffer.alloc(0),
  25: () => Buffer.alloc(0),
  // Version 7.31, and what is written at once at most.
  26: () => struct(u32(7), u32(31), ...zeros(2), u16(0), u16(0), u32(65_536), u32(1), ...zeros(9)),
  27: (id) => opened(id, 0),
  28(_, body) {
    const entries = [...names].slice(Number(body.readBigUInt64LE(8))).map(([name, id], index) => {
      const bytes = Buffer.from(name);
      const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8);
      const offset = body.readBigUInt64LE(8) + BigInt(index + 1);
      return Buffer.concat([struct(u64(id), u64(offset), u32(bytes.length), u32(8)), bytes, padding]);
    });
    return Buffer.concat(entries);
  },
  29: () => Buffer.alloc(0),
  35(_, body) {
    const name = nameIn(body.subarray(16));
    if (names.has(name)) throw new Failure(EEXIST);
    const id = BigInt(nodes.size + 1);
    nodes.set(id, { mode: body.readUInt32LE(4), data: Buffer.alloc(0) });
    names.set(name, id);
    return Buffer.concat([entry(id), opened(id)]);
  },
};
const UNANSWERED = new Set([2, 36, 42]);

function answer(request) {
  const [operation, unique, id] = [request.readUInt32LE(4), request.readBigUInt64LE(8), request.readBigUInt64LE(16)];
  let [error, body] = [0, Buffer.alloc(0)];
  try {
    if (!ANSWERS[operation]) throw new Failure(ENOSYS);
    body = ANSWERS[operation](id, request.subarray(40));
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    error = failure.number;
  }
  const head = Buffer.alloc(16);
  head.writeUInt32LE(16 + body.length);
  head.writeInt32LE(-error, 4);
  head.writeBigUInt64LE(unique, 8);
  return UNANSWERED.has(operation) ? null : Buffer.concat([head, body]);
}

const device = fs.openSync('/dev/fuse', 'r+');
const options = `fd=3,rootmode=40000,user_id=${process.getuid()},group_id=${process.getgid()}`;
const mount = spawn('mount', ['-i', '-t', 'fuse', '-o', options, 'none', mountPoint], {
  stdio: ['ignore', 'inherit', 'inherit', device],
});
mount.on('error', () => process.exit(1));
mount.on('exit', (code) => (code === 0 ? console.log('mounted') : process.exit(1)));

const buffer = Buffer.alloc(1 << 20);
for (;;) {
  let length;
  try {
    ({ bytesRead: length } = await read(device, buffer, 0, buffer.length, null));
  } catch (error) {
    // It was unmounted.
    if (error.code === 'ENODEV') process.exit(0);
    // It is not mounted yet.
    if (error.code !== 'EPERM') throw error;
    await setTimeout(1);
    continue;
  }
  const reply = answer(buffer.subarray(0, length));
  if (reply) await write(device, reply);
}
