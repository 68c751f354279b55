// `committer.mjs FILE`: commits when it is asked to, and says when the commit was made; or commits all the time.
import { VisualDatabase } from '../../lib/index.mjs';

const db = new VisualDatabase(process.argv[2]);
db.createZone({ id: 'zone', name: 'Zone' });
let n = 0;
let busy;
const commit = () => db.updateZone('zone', { name: String((n += 1)) });

process.on('message', ({ after, every }) => {
  clearInterval(busy);
  if (every !== undefined) busy = setInterval(commit, every);
  if (after === undefined) return process.send('done');
  setTimeout(() => {
    commit();
    process.send(String(process.hrtime.bigint()));
  }, after);
});
process.on('disconnect', () => process.exit(0));
process.send('open');
