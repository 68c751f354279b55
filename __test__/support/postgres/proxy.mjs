// What stands between the package and a server, and sees each message: it counts the turns from the one to the other, delays
// them as a network does, and cuts them off.
import { onTestFinished } from 'vitest';
import { Thread } from './thread.mjs';

/** A proxy to the server of `url`, for one test; `url` of the answer goes through it. */
export function proxyTo(url) {
  const parsed = new URL(url);
  const [host, port] = [decodeURIComponent(parsed.hostname), Number(parsed.port)];
  const to = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const thread = new Thread(new URL('proxy_thread.mjs', import.meta.url), { to });
  const password = parsed.password && `:${parsed.password}`;
  const proxy = {
    url: `postgres://${parsed.username}${password}@127.0.0.1:${thread.call('listen')}${parsed.pathname}${parsed.search}`,
    /** Milliseconds a turn, from now on. */
    delay: (milliseconds) => thread.call('delay', milliseconds),
    /** The next statement whose text matches is passed on, and the connection cut instead of answering. */
    cutAfter: (pattern) => thread.call('cutAfter', pattern.source),
    /** The same, and nobody is let in any more. */
    shutAfter: (pattern) => thread.call('cutAfter', pattern.source, true),
    /** The next statement whose text matches is not passed on, nor what is sent with it, and the connection is cut. */
    cutBefore: (pattern) => thread.call('cutBefore', pattern.source),
    /** Cuts each connection. */
    cut: () => thread.call('cut'),
    /** Cuts each, and refuses further ones. */
    close: () => thread.call('close'),
    /** Since it was last asked: the turns, each as the types of a client's messages, and how many connections were begun. */
    counted: () => thread.call('counted'),
  };
  onTestFinished(() => thread.call('close'));
  return proxy;
}
