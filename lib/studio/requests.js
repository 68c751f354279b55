'use strict';

// Reading requests: where to, with what.

const { Refused } = require('./replies.js');

/** The longest body of a request: no person's answer is longer. */
const MOST_BYTES = 256 * 1024;
const NUMBERS = new Set(['limit', 'minDurationMs', 'bucketMs']);
const BOOLEANS = new Set(['runs']);

/** The URL of a request, without the path that Studio is mounted under. */
function pathOf(request, basePath) {
  let url;
  try {
    url = new URL(request.url, 'http://studio.invalid');
  } catch {
    throw new Refused(400, 'ERR_BAD_REQUEST', 'That is no address');
  }
  const inside = url.pathname === basePath || url.pathname.startsWith(`${basePath}/`);
  if (!inside) throw new Refused(404, 'ERR_NOT_FOUND', 'There is nothing');
  return { pathname: url.pathname.slice(basePath.length), searchParams: url.searchParams };
}

/** The query as the argument of a method: a key that comes several times is a list. The method checks it. */
function argumentsOf(searchParams) {
  const keys = [...new Set(searchParams.keys())];
  return Object.fromEntries(keys.map((key) => [key, valueOf(key, searchParams.getAll(key))]));
}

function valueOf(key, texts) {
  if (texts.length > 1) return texts;
  const [text] = texts;
  if (NUMBERS.has(key)) return numberOf(text);
  if (BOOLEANS.has(key)) return text === 'true' || (text === 'false' ? false : text);
  return text;
}

/** The number that a text says, or the text itself, for the method to refuse. */
const numberOf = (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);

/** The JSON object that a request brings. */
async function bodyOf(request) {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new Refused(415, 'ERR_BAD_REQUEST', 'JSON is wanted');
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Refused(413, 'ERR_TOO_MUCH', 'That is too much');
    parts.push(part);
  }
  let value;
  try {
    value = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new Refused(400, 'ERR_BAD_REQUEST', 'That is no JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Refused(400, 'ERR_BAD_REQUEST', 'An object is wanted');
  return value;
}

module.exports = { pathOf, argumentsOf, numberOf, bodyOf };
