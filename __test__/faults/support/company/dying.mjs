// A writer that makes one step without saying so, and takes the writer's lock again: whoever started it writes half of the
// index's header meanwhile, and kills it. Says 'before' and 'after' with the lock held, and waits for a line.
import { once } from 'node:events';
import { random } from '../random.mjs';
import { Acknowledged } from './acknowledged.mjs';
import { isBusy, open } from './clients.mjs';
import { latestStep, stepOf } from './statements.mjs';

const { kind, writers, writer, seed, ...options } = JSON.parse(process.argv[2]);
const acknowledged = new Acknowledged(options.acknowledged, writers);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

try {
  const client = await open(kind, options);
  await client.run(['BEGIN IMMEDIATE']);
  const last = acknowledged.now()[writer];
  const found = Number(await client.run([latestStep(writer)]));
  if (found !== last && found !== last + 1) {
    say({ finding: `${kind}, dying: step ${last} was acknowledged, ${found} is in the file` });
  }
  acknowledged.set(writer, found);
  say({ at: 'before' });
  await once(process.stdin, 'data');
  const { begin, own, end } = stepOf(writer, found + 1, random(seed));
  await client.run([...begin, ...own, ...end, 'COMMIT', 'BEGIN IMMEDIATE']);
  say({ at: 'after' });
  await once(process.stdin, 'data');
} catch (error) {
  if (!isBusy(error)) say({ finding: `${kind}, dying: ${error.code ?? error.name}: ${error.message}` });
  process.exit();
}
