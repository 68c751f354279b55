// How properties are tried. A gate says the same of the same commit, so it goes by one seed; `npm run torture` and
// `VISUAL_DB_SEED=random` go by another one each time, `VISUAL_DB_SEED=n` by that one.
// A property that fails says so at once, with its seed: making the example smaller opens databases by the thousands, and once took
// 24 GB and all of a run's time. `VISUAL_DB_SHRINK=1` does it, for who looks for the reason.
import fc from 'fast-check';

const { VISUAL_DB_SEED: seed = process.env.VISUAL_DB_TORTURE ? 'random' : '20261127', VISUAL_DB_SHRINK: shrinks } =
  process.env;

fc.configureGlobal({
  endOnFailure: shrinks === undefined,
  ...(seed !== 'random' && { seed: Number(seed) }),
});
