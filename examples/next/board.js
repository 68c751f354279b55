// The one database of the server. Next loads a module again when it has changed, and may load it several times, so the open database
// is kept in globalThis.
import { VisualDatabase } from '@ai-orchestra/visual-db';

const KEPT = Symbol.for('board-in-next');

/** Opened at the first request, since `next build` loads every route without a board. */
export function board() {
  globalThis[KEPT] ??= new VisualDatabase({ dbPath: process.env.VISUAL_DB_PATH || 'data/visual.db' });
  return globalThis[KEPT];
}

const STATUS = { ERR_NOT_FOUND: 404, ERR_CONFLICT: 409, ERR_WIP_LIMIT: 409, ERR_RUN_TRANSITION: 409, ERR_BUDGET: 409 };

/** The result of `call` as JSON; a refusal with its code and 404, 409, or 400 for a bad request. */
export async function answered(call, status = 200) {
  try {
    return Response.json(await call(board()), { status });
  } catch (error) {
    const { code, message, field, current } = error;
    const wrong = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
    const refused = STATUS[code] ?? (wrong || `${code}`.startsWith('SQLITE_CONSTRAINT') ? 400 : undefined);
    if (refused === undefined) throw error;
    return Response.json({ error: { code, message, field, current } }, { status: refused });
  }
}
