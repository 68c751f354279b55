// better-sqlite3 on the same file, as an orchestrator of before writes it.
import { createRequire } from 'node:module';
import { work } from './clock.mjs';

const require = createRequire(new URL('../../../peer/package.json', import.meta.url));
const Database = require('better-sqlite3');
const db = new Database(process.argv[2]);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
const insert = db.prepare(
  "INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) VALUES (?, 'zone-1', 'wt-2', 'theirs', 'kept', '{}', 1, ?)",
);
const read = db.prepare("SELECT * FROM zone_executions WHERE zone_id = 'zone-1' ORDER BY executed_at DESC LIMIT 10");
let n = 0;

work(
  (timed) => {
    n += 1;
    const id = `theirs-${n}`;
    timed('insert', () => insert.run(id, new Date().toISOString()));
    timed('select', () => read.all());
    return id;
  },
  () => db.close(),
);
