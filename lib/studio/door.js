'use strict';

// Who may come in. Every page in a browser of this machine can send requests here, and every name server can point its name to this
// machine: so every request has to name this machine, come from this page itself, and carry a secret.

const { createHash, randomBytes, timingSafeEqual } = require('node:crypto');
const { Refused } = require('./replies.js');

/** With any port: through `ssh -L` it is another one than ours. */
const THIS_MACHINE = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;
const READING = new Set(['GET', 'HEAD']);

/** `door(request, response, url)` throws where it refuses a request, and gives true where it has answered it. */
function doorOf({ token, authorize, basePath, once }) {
  const admit = token === undefined ? ownLogin(authorize) : secret(token, basePath, once);
  return async (request, response, url) => {
    const { headers, method } = request;
    if (token !== undefined && !THIS_MACHINE.test(headers.host ?? '')) throw no(403, 'This is no name of this machine');
    refuseOthers(headers, method);
    return admit(request, response, url);
  };
}

/** Refuses requests of other pages. A browser names the origin in every request that changes something. */
function refuseOthers({ origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode }, method) {
  const isForeign = origin !== undefined && !isOf(origin, host);
  // A person may follow a link from another page; the cookie does not come along then, so it gets no data.
  const isFollowed = mode === 'navigate' && READING.has(method);
  const isSentBy = site !== undefined && site !== 'same-origin' && site !== 'none' && !isFollowed;
  const isUnsaid = !READING.has(method) && origin === undefined;
  if (isForeign || isSentBy || isUnsaid) throw no(403, 'Only the page of Studio itself may ask');
}

function isOf(origin, host) {
  try {
    return new URL(origin).host === host;
  } catch {
    // Not a URL: 'null' is the origin of a page that has none.
    return false;
  }
}

/** For a server that Studio is a part of, its own login decides. */
const ownLogin = (authorize) => async (request) => {
  if ((await authorize(request)) !== true) throw no(401, 'Log in first');
  return false;
};

/** Wants the token in the address, once, and from then on a cookie that no script can read and no other site can send. */
function secret(token, basePath, once) {
  // Browsers share cookies between all ports of a machine: several Studios must not overwrite one another's.
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
 * Leads to the address without the token. A link from another page (a terminal in the browser, say) stays that page's navigation through
 * every redirect, and the cookie doesn't come along: then a page of our own leads on.
 */
function lead(response, { 'sec-fetch-site': site }, address) {
  if (site !== 'cross-site' && site !== 'same-site') return response.writeHead(303, { Location: address }).end();
  const page = `<!doctype html><title>Studio</title><meta http-equiv="refresh" content="0; url=${address}">`;
  return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}

/** Compares in a time that doesn't depend on where the texts differ. */
function isSame(one, other) {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a, b);
}

const no = (status, message) => new Refused(status, 'ERR_FORBIDDEN', message);

module.exports = { doorOf };
