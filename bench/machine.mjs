// The machine and the versions with which the numbers were measured.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { versions } from './node24.mjs';

const require = createRequire(import.meta.url);

export function machine() {
  const { node, v8, sqlite } = versions();
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    processor: `${cpu.model.trim()}, ${os.cpus().length} cores`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release().split('-')[0]} ${os.arch()}`,
    node: `${node} (V8 ${v8}, SQLite ${sqlite} built in)`,
    'better-sqlite3': require('better-sqlite3/package.json').version,
    'visual-db': JSON.parse(readFileSync(new URL('../package.json', import.meta.url))).version,
  };
}
