// Between HTTP and the database: who asks, what a request says, and what an error is.
import { HTTPException } from 'hono/http-exception';

const NAMES = new Set(['127.0.0.1', 'localhost']);

/** Refuses what came by another name, which somebody else's name server has made this machine's. */
export async function ofThisMachine(c, next) {
  if (!NAMES.has(new URL(c.req.url).hostname)) throw new HTTPException(403, { message: 'Forbidden' });
  await next();
}

/** The body of a request: an object of JSON, `{}` where there is none. */
export async function body(c) {
  const text = await c.req.text();
  const value = text === '' ? {} : JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new SyntaxError('an object of JSON is wanted');
}

/** Which part of a list is asked for: `?limit=50&after=…`, what the list gave as `next`. */
export function page(c) {
  const { limit, after } = c.req.query();
  return { limit: limit === undefined ? undefined : Number(limit), after };
}

/** Which runs are asked for: `?zoneId=…&status=failed&status=lost`. */
export function filter(c) {
  return Object.fromEntries(['zoneId', 'worktreeId', 'agentType', 'status'].map((key) => [key, c.req.queries(key)]));
}

const STATUSES = {
  ERR_NOT_FOUND: 404,
  ERR_CONFLICT: 409,
  ERR_RUN_TRANSITION: 409,
  ERR_CURSOR: 400,
  ERR_INVALID_ARG_TYPE: 400,
  ERR_INVALID_ARG_VALUE: 400,
  ERR_OUT_OF_RANGE: 400,
  ERR_UNKNOWN_KEY: 400,
};

/** The status of an error. What nobody foresaw is 500, and its words are for the log only. */
export function statusOf(error) {
  if (error instanceof HTTPException) return error.status;
  if (error instanceof SyntaxError) return 400;
  // A foreign key: `missing` says which id is of nothing.
  if (error.missing) return 404;
  if (error.code?.startsWith('SQLITE_CONSTRAINT')) return 409;
  return STATUSES[error.code] ?? 500;
}
