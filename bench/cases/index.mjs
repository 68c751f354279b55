// The cases. A case is `{ name, group, sizes, file, again | cold | each | timed, every, tunedOnly }`: `group` is its row of targets
// (`targets.mjs`), `sizes` are the numbers of executions in its files, `file: 'runs'` says that these have runs, then comes what it does,
// `every` is for how many milliseconds of effort a batch of writes is, and `tunedOnly` leaves out the JavaScript layer.
import { reads } from './reads.mjs';
import { runCalls } from './run_calls.mjs';
import { runs } from './runs.mjs';
import { writes } from './writes.mjs';

export const CASES = [...reads, ...writes, ...runCalls, ...runs];
