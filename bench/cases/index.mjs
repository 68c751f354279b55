// What is measured. A case is `{ name, group, sizes, file, again | cold | each | timed, every }`: its row of targets
// (`targets.mjs`), the numbers of executions in the file on which it runs, whether that has runs (`file: 'runs'`), what it does,
// and for how many milliseconds of effort a batch of writes is.
import { reads } from './reads.mjs';
import { runs } from './runs.mjs';
import { writes } from './writes.mjs';

export const CASES = [...reads, ...writes, ...runs];
