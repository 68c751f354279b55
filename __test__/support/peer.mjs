// The JavaScript layer as the other side of a comparison, asked from here.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { peerNode } from './child.mjs';

const SERVER = fileURLToPath(new URL('../peer/serve.mjs', import.meta.url));

/** Starts the JavaScript layer; `steps` performs calls on a file and tells how each went. */
export function startPeer() {
  // 'advanced': undefined, NaN and lone surrogates arrive as they are.
  const child = fork(SERVER, { execPath: peerNode(), execArgv: [], serialization: 'advanced' });
  const gone = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the JavaScript layer ended (${signal ?? code})`);
  });
  gone.catch(() => {});
  return {
    /** Opens `dbPath`, performs `steps`, runs each query of `rows`, closes. */
    async perform(dbPath, steps, { start = Date.now(), rows = [] } = {}) {
      child.send({ dbPath, start, steps, rows });
      const [answer] = await Promise.race([once(child, 'message'), gone]);
      return answer;
    },
    stop: () => child.kill(),
  };
}
