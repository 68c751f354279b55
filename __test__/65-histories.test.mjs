// Whatever anybody writes, in whatever way, the counts of executions are what a count of all rows says, or a doubt is counted,
// which the next opening mends. Folded each 16th row instead of each 8,192nd.
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { expectRight } from './support/counted.mjs';
import { foldingFile } from './support/folding_file.mjs';
import { anyHistory } from './support/histories.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { bare, schema } from './support/schema.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const RUNS = 60;

const stateOf = (dbPath) => bare(dbPath, { readonly: true }).prepare('SELECT * FROM changes_state').get();

describeWriters('with %o', (writers) => {
  it.each(Object.keys(writers))(
    'the counts are right or doubted, and mended, after any history by %s',
    async (writer) => {
      const empty = foldingFile();
      const seen = { folded: 0, certain: 0, doubted: 0 };
      await fc.assert(
        fc.asyncProperty(anyHistory, async (history) => {
          const dbPath = temporaryFile();
          copyFileSync(empty, dbPath);
          const reading = open({ dbPath, readonly: true });
          expectRight(reading);
          await writers[writer](dbPath, history);
          const { counted_to: countedTo, doubts } = stateOf(dbPath);
          seen.folded += countedTo > 0;
          seen[doubts > 0 ? 'doubted' : 'certain'] += 1;
          if (doubts === 0) expect(schema.checkCounts(dbPath)).toEqual([]);
          expectRight(reading);
          expectRight(open({ dbPath }));
          expect(schema.checkCounts(dbPath)).toEqual([]);
          expectRight(reading);
        }),
        { numRuns: RUNS },
      );
      for (const times of Object.values(seen)) expect(times).toBeGreaterThan(RUNS / 20);
    },
  );
});
