// A program that is none of ours and writes with npm's `pg`, in transactions of any length, some of which it takes back, until its
// input ends. Then it tells the ids of what it has committed.
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';

const require = createRequire(new URL('../../postgres/package.json', import.meta.url));
const { Client, escapeIdentifier } = require('pg');

const [where, name] = process.argv.slice(2);
const { url, schema } = JSON.parse(where);
const { username, hostname, port, pathname } = new URL(url);
const client = new Client({
  user: decodeURIComponent(username),
  host: decodeURIComponent(hostname),
  port: Number(port),
  database: decodeURIComponent(pathname.slice(1)),
});
await client.connect();
await client.query(`SET search_path TO ${escapeIdentifier(schema)}`);

let goesOn = true;
process.stdin.on('data', () => {}).on('end', () => (goesOn = false));
const committed = [];
for (let count = 0; goesOn;) {
  const ids = [];
  await client.query('BEGIN');
  for (let left = 1 + Math.floor(Math.random() * 6); left > 0; left -= 1) {
    const id = `${name}-${(count += 1)}`;
    await client.query("INSERT INTO zones (id, name, created_at) VALUES ($1, 'z', 't')", [id]);
    ids.push(id);
    await setTimeout(Math.random() * 12);
  }
  const keeps = Math.random() < 0.8;
  await client.query(keeps ? 'COMMIT' : 'ROLLBACK');
  if (keeps) committed.push(...ids);
}
await client.end();
console.log(JSON.stringify(committed));
