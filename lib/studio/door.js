'use strict';

// Who may come in. On one's own machine every page in the browser can send requests here, and every name server can make its
// name this machine's: so a name of this machine, this page itself, and a secret are wanted, each of every request.

const { createHash, randomBytes, timingSafeEqual } = require('node:crypto');
const { Refused } = require('./replies.js');

/** Any port: behind `ssh -L` it is another one than ours. */
const THIS_MACHINE = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;
const READING = new Set(['GET', 'HEAD']);

/** `door(request, response, url)` throws what is refused; true where it has answered itself. */
function doorOf({ token, authorize, basePath, once }) {
  const admit = token === undefined ? ownLogin(authorize) : secret(token, basePath, once);
  return async (request, response, url) => {
    const { headers, method } = request;
    if (token !== undefined && !THIS_MACHINE.test(headers.host ?? '')) throw no(403, 'This is no name of this machine');
    refuseOthers(headers, method);
    return admit(request, response, url);
  };
}

/** Pages of elsewhere. A browser says in every request that changes something where it comes from. */
function refuseOthers({ origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode }, method) {
  const isForeign = origin !== undefined && !isOf(origin, host);
  // What a person follows from elsewhere may be followed here, where the cookie does not come along; it gets no data.
  const isFollowed = mode === 'navigate' && READING.has(method);
  const isSentBy = site !== undefined && site !== 'same-origin' && site !== 'none' && !isFollowed;
  const isUnsaid = !READING.has(method) && origin === undefined;
  if (isForeign || isSentBy || isUnsaid) throw no(403, 'Only the page of Studio itself may ask');
}

function isOf(origin, host) {
  try {
    return new URL(origin).host === host;
  } catch {
    // 'null' is the origin of a page that has none.
    return false;
  }
}

/** A server that Studio is a part of asks as it always does. */
const ownLogin = (authorize) => async (request) => {
  if ((await authorize(request)) !== true) throw no(401, 'Log in first');
  return false;
};

/** The token in the address, once, and then a cookie that no script can read and no other site can send. */
function secret(token, basePath, once) {
  // Browsers keep one jar for all ports of a machine: several Studios must not take one another's cookies away.
  const name = `studio_${createHash('sha256').update(token).digest('hex').slice(0, 12)}`;
  const session = randomBytes(32).toString('base64url');
  return async ({ method, headers }, response, { searchParams }) => {
    const given = searchParams.get('token');
    if (given !== null && READING.has(method)) {
      if (!isSame(given, token) && !once.delete(given)) throw no(401, 'This token is not the one that was printed');
      response.setHeader('Set-Cookie', `${name}=${session}; Path=${basePath}/; HttpOnly; SameSite=Strict`);
      lead(response, headers, `${basePath}/`);
      return true;
    }
    const cookies = (headers.cookie ?? '').split(/; */).filter((each) => each.startsWith(`${name}=`));
    if (!cookies.some((each) => isSame(each.slice(name.length + 1), session)))
      throw no(401, 'Open the address that `visual-db studio` printed: it has the token');
    return false;
  };
}

/**
 * To the address without the token. What a person followed from another page (a terminal in the browser, say) stays that page's
 * navigation through every redirect, and the cookie doesn't come along: there our own page leads on.
 */
function lead(response, { 'sec-fetch-site': site }, address) {
  if (site !== 'cross-site' && site !== 'same-site') return response.writeHead(303, { Location: address }).end();
  const page = `<!doctype html><title>Studio</title><meta http-equiv="refresh" content="0; url=${address}">`;
  return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}

/** In a time that says nothing about where they differ. */
function isSame(one, other) {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a, b);
}

const no = (status, message) => new Refused(status, 'ERR_FORBIDDEN', message);

module.exports = { doorOf };
