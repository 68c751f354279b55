// What a suite that AsyncVisualDatabase passes as well may ask about that.
import { inFiles } from '../places.mjs';

const isAsync = Boolean(process.env.VISUAL_DB_ASYNC);

/** Whether the class gets to see a value: AsyncVisualDatabase refuses by itself what no other thread can be told. */
export function crosses(value) {
  if (!isAsync) return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether what looks at a board by SQL sees what isn't committed: neither a server nor another connection to a file does. */
export const seesUncommitted = inFiles && !isAsync;
