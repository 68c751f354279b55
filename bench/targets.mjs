// The targets: the least ratios of a peer's median to the package's, for the JavaScript layer as written and for
// the better of the two hand-tuned peers.
import { SIZES } from './workload.mjs';

const [, MIDDLE, LARGE] = SIZES;
const OTHER = { asWritten: 1, tuned: 0.97 };
export const GEOMETRIC_MEAN = 1.4;
/** The most by which a history page, a statistics call or recording may get slower from the smallest history to the largest. */
export const GROWTH = 1.3;
/** The most by which the time of a claim may grow from a short queue to a long one with the same lanes. */
export const QUEUE_GROWTH = 1.3;
export const FLOOR = { single: 1.3, list: 1.6 };
export { LARGEST_BINARY as ADDON_BYTES } from '../scripts/build.js';

const groups = {
  'single reads, cold': { asWritten: 5, tuned: 1 },
  'single reads, again': { asWritten: 15, tuned: 3 },
  'lists, again': { asWritten: 4, tuned: 2.5 },
  'lists, cold': { asWritten: 1.3, tuned: 1.2 },
  'history pages': { asWritten: 20, tuned: 1.1, at: MIDDLE },
  'single writes': { asWritten: 1.3, tuned: 1 },
  recordExecution: { asWritten: 1.3, tuned: 0.9 },
  'writes in a transaction': { asWritten: 4, tuned: 1.1 },
  'recordExecution in a transaction': { asWritten: 2.5, tuned: 0.8 },
  statistics: { asWritten: 100, tuned: 50, at: LARGE },
  // The peers only move rows. The package also writes the log and the counts, ends runs, and restores the rows' order.
  archive: { asWritten: 0.15, tuned: 0.15 },
  'cold start': { asWritten: 1, tuned: 1 },
  'bulk calls': { asWritten: 1, tuned: 1.5 },
  runs: { asWritten: 1, tuned: 1.1 },
  'runs in many lanes': { asWritten: 1, tuned: 1 },
  'runs of 8 processes': { asWritten: 1, tuned: 1 },
};

export function targetOf({ group, size }) {
  const found = groups[group];
  return found === undefined || (found.at !== undefined && found.at !== size) ? OTHER : found;
}
