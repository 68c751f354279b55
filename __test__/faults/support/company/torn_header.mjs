// The header of the WAL index stands twice at the beginning of the `-shm` file. Who commits writes the second copy and then
// the first (`walIndexWriteHdr`): one who dies in between leaves them different. https://sqlite.org/walformat.html
import fs from 'node:fs';

const SIZE = 48;
/** Where its fields are, in bytes. */
const [CHANGE, MX_FRAME, CHECKSUM, SALT] = [8, 16, 40, 32];

/** To be called only by a process that has not opened the database: closing the file drops the process's locks of it. */
function withIndex(file, body) {
  const index = fs.openSync(`${file}-shm`, 'r+');
  try {
    return body(index);
  } finally {
    fs.closeSync(index);
  }
}

export function headerOf(file) {
  return withIndex(file, (index) => {
    const header = Buffer.alloc(SIZE);
    fs.readSync(index, header, 0, SIZE, 0);
    return header;
  });
}

/**
 * Tears the header, while somebody has the writer's lock: as it was between both copies of the latest commit, where that is
 * the only one since `before`, else as a commit would have begun that wrote no frame. Says which of the two.
 */
export function tear(file, before) {
  const now = headerOf(file);
  const isNext =
    now.readUInt32LE(CHANGE) === before.readUInt32LE(CHANGE) + 1 &&
    now.subarray(SALT, SALT + 8).equals(before.subarray(SALT, SALT + 8));
  withIndex(file, (index) => {
    if (isNext) {
      fs.writeSync(index, before, 0, SIZE, 0);
      return;
    }
    now.writeUInt32LE((now.readUInt32LE(CHANGE) + 1) >>> 0, CHANGE);
    now.writeUInt32LE(now.readUInt32LE(MX_FRAME) + 3, MX_FRAME);
    now.writeUInt32LE((now.readUInt32LE(CHECKSUM) + 1) >>> 0, CHECKSUM);
    fs.writeSync(index, now, 0, SIZE, SIZE);
  });
  return isNext ? 'headers torn after a commit' : 'headers torn before one';
}
