'use strict';

// The server of `visual-db studio`: this machine's own, with limits for whoever connects and says nothing.

const { randomBytes } = require('node:crypto');
const { once } = require('node:events');
const http = require('node:http');
const { createStudioHandler } = require('./index.js');

const LIMITS = {
  headersTimeout: 5000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
};

/** Serves Studio on 127.0.0.1: `{ url, close }`. Port 0 is any that is free. */
async function serve(db, { port, write, actor }) {
  const token = randomBytes(32).toString('base64url');
  const server = http.createServer(LIMITS, createStudioHandler(db, { write, actor, token }));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/?token=${token}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      // Those that follow the feed never end by themselves.
      server.closeAllConnections();
      await closed;
    },
  };
}

module.exports = { serve };
