// What listens where a PostgreSQL server was thought to be: something else, or a version that nobody has here any more. It says
// only how it begins; all that follows the beginning is tested with real servers.
import { Thread } from './thread.mjs';

/** `{ parameters }`, `{ banner }`, `{ answer }`, `{ silence: true }` or `{ hangUp: true }`; its port. */
export const respond = (given) => new Thread(new URL('responder_thread.mjs', import.meta.url), given).call('listen');
