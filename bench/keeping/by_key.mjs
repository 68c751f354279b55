// `DELETE` by key on better-sqlite3, in slices of a given size, each a transaction, after which free pages are given back in slices, too.
import Database from 'better-sqlite3';

const [path, size] = [process.argv[2], Number(process.argv[3])];
const db = new Database(path);
db.pragma('synchronous = NORMAL');
const ids = db.prepare('SELECT id FROM zone_executions ORDER BY rowid').pluck().all();
const remove = db.prepare('DELETE FROM zone_executions WHERE id = ?');
const slice = db.transaction((some) => some.forEach((id) => remove.run(id)));
const before = process.cpuUsage();
let from = performance.now();
for (let at = 0; at < ids.length; at += size) slice.immediate(ids.slice(at, at + size));
const took = performance.now() - from;
from = performance.now();
while (db.pragma('freelist_count', { simple: true }) > 0) db.pragma('incremental_vacuum(256)');
const shrunk = performance.now() - from;
const { user, system } = process.cpuUsage(before);
db.close();
process.send({ took, shrunk, cpu: Math.round((user + system) / 1000) });
