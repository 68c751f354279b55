// Between HTTP and the database: who may ask, what a request says, and the status of an error.
import { HTTPException } from 'hono/http-exception';

const NAMES = new Set(['127.0.0.1', 'localhost']);

/** Refuses requests to any other name, which somebody else's name server may have pointed to this machine. */
export async function ofThisMachine(c, next) {
  if (!NAMES.has(new URL(c.req.url).hostname)) throw new HTTPException(403, { message: 'Forbidden' });
  await next();
}

/** The body of a request: a JSON object, `{}` where there is none. */
export async function body(c) {
  const text = await c.req.text();
  const value = text === '' ? {} : JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new SyntaxError('an object of JSON is wanted');
}

/** The page of a list that is asked for: `?limit=50&after=…`, where `after` is the `next` of an earlier page. */
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

/** The status of an error. An unforeseen one is 500, and its message is for the log only. */
export function statusOf(error) {
  if (error instanceof HTTPException) return error.status;
  if (error instanceof SyntaxError) return 400;
  // A foreign key failed: `missing` says which ids don't exist.
  if (error.missing) return 404;
  if (error.code?.startsWith('SQLITE_CONSTRAINT')) return 409;
  return STATUSES[error.code] ?? 500;
}
