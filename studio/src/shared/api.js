// Requests to the server. Addresses are relative, since Studio may be mounted under any path.

/** A refusal by the server, or by the class behind it. */
export class Refusal extends Error {
  constructor({ message, code, field, current }) {
    super(message);
    Object.assign(this, { code, field, current });
  }
}

async function answerOf(response) {
  const body = await response.json();
  if (!response.ok) throw new Refusal(body.error);
  return body;
}

/** `get('runs', { status: ['failed'], limit: 100 })`; empty values are left out. */
export async function get(name, given = {}, { signal } = {}) {
  return answerOf(await fetch(`api/${name}${queryOf(given)}`, { signal }));
}

export async function post(name, body) {
  const headers = { 'content-type': 'application/json' };
  return answerOf(await fetch(`api/${name}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

export function queryOf(given) {
  const entries = Object.entries(given).flatMap(([key, value]) => [value].flat().map((one) => [key, one]));
  const query = new URLSearchParams(entries.filter(([, one]) => one !== undefined && one !== null && one !== ''));
  return query.size === 0 ? '' : `?${query}`;
}
