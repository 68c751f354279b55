// One of several processes on one queue: enqueues a run, claims one, finishes it, as often as it can in the given time.
import { OUTCOMES, newRun } from '../cases/runs.mjs';
import { open } from '../peers/index.mjs';

const [peer, path, member, milliseconds] = process.argv.slice(2);
const db = await open(peer, path, {}, 'runs');
const worker = { workerId: `worker-${member}` };

/** One run's life; the claimed run may be one that another process enqueued. */
function work(n) {
  db.enqueueRun(newRun());
  const claimed = db.claimRun(worker);
  if (claimed === null) throw new Error('somebody took more than was put in line');
  db.finishRun(claimed.run.id, claimed.token, OUTCOMES[n % OUTCOMES.length]);
}

for (let n = 0; n < 20; n++) work(n);

process.once('message', () => {
  const until = performance.now() + Number(milliseconds);
  let done = 0;
  while (performance.now() < until) work(done++);
  process.send(done);
  db.close();
  process.disconnect();
});
process.send('ready');
