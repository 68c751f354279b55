// `node committer.mjs FILE REQUESTS REPLIES`: makes one small commit for each byte that arrives.
import { openSync, readSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { WORKTREES, worktreeId } from '../workload.mjs';

const [path, requests, replies] = process.argv.slice(2);
const [request, reply] = [openSync(requests, 'r'), openSync(replies, 'w')];
const db = new Database(path);
db.pragma('synchronous = NORMAL');
const move = db.prepare('UPDATE worktrees SET position_x = position_x + 1 WHERE id = ?');
const byte = Buffer.alloc(1);
while (readSync(request, byte) === 1) {
  move.run(worktreeId(WORKTREES - 1));
  writeSync(reply, byte);
}
db.close();
