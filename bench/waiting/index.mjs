// How soon a process hears of another's commit, and what waiting costs, in several ways of waiting:
// `node bench/waiting/index.mjs [--waits 1000] [--seconds 10] [--only REGEX]`, with the addon built. Decision 25 quotes it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WAYS } from './ways.mjs';

const { values } = parseArgs({
  options: {
    waits: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
  },
});
const milliseconds = Number(values.seconds) * 1000;

async function start(name, ...args) {
  const child = fork(fileURLToPath(new URL(name, import.meta.url)), args);
  const answer = async () => (await once(child, 'message'))[0];
  await answer();
  return {
    answer,
    ask(message) {
      child.send(message);
      return answer();
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The sorted milliseconds between commits and hearing of them, with `count` waiting at once. */
async function latencies(waiter, committer, rounds, count = 1) {
  const all = [];
  for (let n = 0; n < rounds; n += 1) {
    await waiter.ask({ ask: 'once', count });
    const heard = waiter.answer();
    // At a random moment between two polls of the ways that poll.
    const committed = await committer.ask({ after: Math.random() * 110 });
    all.push(Number(BigInt(await heard) - BigInt(committed)) / 1e6);
  }
  return all.sort((a, b) => a - b);
}

const folder = mkdtempSync(join(tmpdir(), 'visual-db-waiting-'));
const percent = (share) => `${(share * 100).toFixed(3)} %`;
const rows = [];
for (const way of Object.keys(WAYS).filter((name) => new RegExp(values.only).test(name))) {
  const file = join(folder, `${rows.length}.db`);
  const committer = await start('committer.mjs', file);
  const waiter = await start('waiter.mjs', file, way);
  // Now and then the JavaScript engine collects garbage, so the least of several windows counts.
  const windows = [];
  for (let n = 0; n < 4; n += 1) windows.push((await waiter.ask({ ask: 'cost', milliseconds })).share);
  const idle = Math.min(...windows);
  await committer.ask({ every: 2 });
  const { share: busy, heard } = await waiter.ask({ ask: 'cost', milliseconds: milliseconds / 2 });
  await committer.ask({});
  await waiter.stop();
  const fresh = await start('waiter.mjs', file, way);
  const measured = way === 'nothing' ? [] : await latencies(fresh, committer, Number(values.waits));
  const crowds = way === 'nothing' ? [] : await latencies(fresh, committer, 20, 1000);
  const at = (all, q) => (all.length === 0 ? '' : `${all[Math.ceil(q * all.length) - 1].toFixed(1)} ms`);
  rows.push([
    way,
    ...[0.5, 0.99, 1].map((q) => at(measured, q)),
    at(crowds, 1),
    percent(idle),
    percent(busy),
    Math.round((heard * 2000) / milliseconds),
  ]);
  await Promise.all([fresh.stop(), committer.stop()]);
  process.stderr.write(`${rows.at(-1).join(', ')}\n`);
}
rmSync(folder, { recursive: true });
const line = (cells) => `| ${cells.join(' | ')} |\n`;
process.stdout.write(
  line(['way', 'half', '99 %', 'all', '1,000 at once', 'a core, idle', '500 commits a second', 'heard of, a second']) +
    line(['---', ...Array(7).fill('---:')]) +
    rows.map(line).join(''),
);
