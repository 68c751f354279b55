// What is measured. A case is `{ name, group, sizes, every, again | cold | each | timed }`: its row of targets (`targets.mjs`), the numbers of
// executions in the file on which it runs, and what it does.
import { reads } from './reads.mjs';
import { writes } from './writes.mjs';

export const CASES = [...reads, ...writes];
