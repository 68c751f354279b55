// Studio on a board, in this process, and whoever asks it: with headers that no browser would send, too.
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';

const require = createRequire(import.meta.url);
export const { createStudioHandler } = require('../../lib/index.js');
const { serve } = require('../../lib/studio/server.js');

/** Studio as `visual-db studio` serves it: `ask(path, options)` comes as its page does. */
export async function served(db, { write = false, actor = { kind: 'user', id: 'anna' } } = {}) {
  const { url, close } = await serve(db, { port: 0, write, actor });
  onTestFinished(close);
  const { origin, searchParams } = new URL(url);
  const asked = asker(origin);
  const entered = await asked(`/?token=${searchParams.get('token')}`);
  const cookie = entered.headers['set-cookie'][0].split(';')[0];
  const ask = (path, options = {}) => asked(path, { ...options, headers: { cookie, ...options.headers } });
  const get = async (path) => answerOf(await ask(path));
  const post = async (path, body) =>
    answerOf(
      await ask(path, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  return { url, origin, token: searchParams.get('token'), cookie, entered, asked, ask, get, post, close };
}

/** Studio mounted in a server of somebody's own. */
export async function mounted(db, options) {
  const server = createServer(createStudioHandler(db, options)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, asked: asker(origin) };
}

/** A request as it is given, `Host` included, and its whole answer. */
const asker =
  (origin) =>
  (path, { method = 'GET', headers, body } = {}) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(origin);
      // Not by URL, which would tidy up a path.
      const sent = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });

/** `{ status, body }`. */
const answerOf = ({ status, text }) => ({ status, body: JSON.parse(text) });

/** A follower of the feed: what it has heard so far, and `until` it has heard something. */
export function following({ origin, cookie }, { after, last } = {}) {
  const heard = [];
  const listeners = new Set();
  const { hostname, port } = new URL(origin);
  const path = `/api/events${after ? `?after=${encodeURIComponent(after)}` : ''}`;
  const headers = { cookie, ...(last ? { 'last-event-id': last } : {}) };
  const sent = httpRequest({ hostname, port, path, headers, agent: false });
  sent.on('error', () => {});
  let rest = '';
  sent.on('response', (response) => {
    response.on('error', () => {});
    response.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n\n');
      rest = parts.pop();
      heard.push(...parts.map(eventOf).filter(({ event }) => event !== undefined));
      for (const listener of listeners) listener();
    });
  });
  const begun = once(sent, 'response').then(([response]) => response);
  // Who goes before there is an answer has none.
  begun.catch(() => {});
  sent.end();
  onTestFinished(() => sent.destroy());
  const until = (is) =>
    new Promise((resolve) => {
      const look = () => {
        if (!heard.some(is)) return;
        listeners.delete(look);
        resolve(heard.find(is));
      };
      listeners.add(look);
      look();
    });
  return {
    heard,
    until,
    sent,
    begun,
    end: () => sent.destroy(),
  };
}

function eventOf(text) {
  const fields = Object.fromEntries(text.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
  return fields.data === undefined ? fields : { ...fields, data: JSON.parse(fields.data) };
}
