'use strict';

// Answers: their headers, JSON, text, and errors as JSON.

/** Allows the page's own files alone, no inline script and no frame around it, so that data can't become any of these. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** A refusal, with the status of its answer. */
class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const STATUSES = {
  ERR_NOT_FOUND: 404,
  ERR_CONFLICT: 409,
  ERR_RUN_TRANSITION: 409,
  ERR_RUN_LIMIT: 409,
  ERR_WIP_LIMIT: 409,
  ERR_BUDGET: 409,
  ERR_SEARCH_OFF: 409,
  ERR_SCHEMA_OLDER: 409,
  ERR_HISTORY_PRUNED: 410,
  ERR_CURSOR: 400,
  SQLITE_READONLY: 403,
  SQLITE_BUSY: 503,
  ERR_ENGINE_UNSUPPORTED: 501,
};

function setHeaders(response) {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

function json(response, value, status = 200) {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(text);
}

/** Answers with what a program or a person can act on, never a stack. An answer that has begun is cut off. */
function answerError(response, error) {
  if (response.headersSent) return response.destroy();
  const isRefusal = error instanceof TypeError || error instanceof RangeError;
  const status = error.status ?? STATUSES[error.code] ?? (isRefusal && error.code ? 400 : 500);
  const { code = 'ERR_INTERNAL', message, field, current } = error;
  if (status === 413 || status === 415) response.setHeader('Connection', 'close');
  json(response, { error: { code, message, field, current } }, status);
}

module.exports = { Refused, answerError, json, setHeaders };
