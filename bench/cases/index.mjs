// What is measured. A case is `{ name, group, sizes, file, again | cold | each | timed, every, tunedOnly }`: its row of targets
// (`targets.mjs`), the numbers of executions in the file on which it runs, whether that has runs (`file: 'runs'`), what it does,
// for how many milliseconds of effort a batch of writes is, and whether the JavaScript layer is left out.
import { reads } from './reads.mjs';
import { runCalls } from './run_calls.mjs';
import { runs } from './runs.mjs';
import { writes } from './writes.mjs';

export const CASES = [...reads, ...writes, ...runCalls, ...runs];
