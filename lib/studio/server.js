'use strict';

// The server of `visual-db studio`, for this machine alone, with limits for clients that connect and send nothing.

const { randomBytes } = require('node:crypto');
const { once } = require('node:events');
const http = require('node:http');
const { handlerOf } = require('./index.js');
const { optionsOf } = require('./options.js');

const LIMITS = {
  headersTimeout: 5000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
};

const secret = () => randomBytes(32).toString('base64url');

/**
 * Serves Studio on 127.0.0.1: `{ url, urlForOnce, close }`. Port 0 is any that is free. Everybody on the machine can see a browser's
 * arguments in the list of processes, so `urlForOnce()` gives an address that lets in one time.
 */
async function serve(db, { port, write, actor }) {
  const token = secret();
  const studio = optionsOf(db, { write, actor, token });
  const server = http.createServer(LIMITS, handlerOf(studio));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const addressOf = (secret) => `http://127.0.0.1:${server.address().port}/?token=${secret}`;
  return {
    url: addressOf(token),
    urlForOnce() {
      const once = secret();
      studio.once.add(once);
      return addressOf(once);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      // Connections that follow the feed never end by themselves.
      server.closeAllConnections();
      await closed;
    },
  };
}

module.exports = { serve };
