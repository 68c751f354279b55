// Prunes a file as the option `retention` does, a slice and a pause in turn, from 'go' until 'stop'.
import { VisualDatabase } from '../../lib/index.mjs';

const db = new VisualDatabase({ dbPath: process.argv[2], retention: false });
/** In milliseconds, as in lib/visual/retention.js. */
const [SLICE, PAUSE] = [20, 60];
let timer;
let done;

function slice() {
  const { runs, more } = db.prune({ runs: '1d', budgetMs: SLICE });
  done.runs += runs;
  done.ended ||= !more;
  timer = setTimeout(slice, PAUSE);
}

process.on('message', (told) => {
  if (told === 'go') {
    done = { runs: 0, ended: false };
    slice();
    process.send('going');
  } else {
    clearTimeout(timer);
    process.send(done);
  }
});
process.on('disconnect', () => db.close());
process.send('ready');
