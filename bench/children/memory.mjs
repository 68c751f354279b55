// Measures the peak resident memory of a fixed number of calls, the same for each peer, however fast it is.
import { CASES } from '../cases/index.mjs';
import { open } from '../peers/index.mjs';
import { SIZES } from '../workload.mjs';

const [peer, path] = process.argv.slice(2);
const db = await open(peer, path);
const all = (_operations, fn) => fn();
const one = (values, call) => values.forEach(call);
for (const { again, cold, each, timed } of CASES.filter(({ sizes }) => sizes.includes(SIZES[1]))) {
  const call = again ?? cold;
  if (timed) for (let n = 0; n < 3; n++) timed(db, all);
  else if (each) for (let n = 0; n < 3; n++) each(db, one);
  else for (let i = 0; i < 50; i++) call(db, i);
}
db.close();
process.send(process.resourceUsage().maxRSS * 1024);
process.disconnect();
