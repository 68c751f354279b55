'use strict';

// The page's files. They are read once, and only what was read is served: no path of a request reaches the file system.

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { Refused } = require('./replies.js');

const FOLDER = path.join(__dirname, '../../studio/assets');
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

/** Reads the files, once for each handler, and returns `serve(request, response, pathname)`. */
function assets() {
  const files = new Map();
  for (const name of fs.readdirSync(FOLDER)) {
    const content = fs.readFileSync(path.join(FOLDER, name));
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    files.set(name === 'index.html' ? '/' : `/${name}`, { content, etag, type: TYPES[path.extname(name)] });
  }
  return ({ method, headers }, response, pathname) => {
    const file = files.get(pathname);
    if (!file) throw new Refused(404, 'ERR_NOT_FOUND', 'There is nothing');
    if (method !== 'GET' && method !== 'HEAD') throw new Refused(405, 'ERR_BAD_REQUEST', 'This can only be read');
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('ETag', file.etag);
    if (headers['if-none-match'] === file.etag) return response.writeHead(304).end();
    response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.content.length });
    response.end(method === 'HEAD' ? undefined : file.content);
  };
}

module.exports = { assets };
