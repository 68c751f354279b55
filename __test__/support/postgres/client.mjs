// Another client than the package's own, for tests: to make a database, to write into it as other programs do, and to look at
// it. Its calls wait, as those of the package do: the connections are in a thread.
import { Thread } from './thread.mjs';

export class Client {
  #thread;

  /** `admin` is the URL of a superuser; databases are copies of `template`, their names begin with `prefix`. */
  constructor(given) {
    this.#thread = new Thread(new URL('client_thread.mjs', import.meta.url), given);
  }

  /**
   * The rows of the last statement, each value as SQLite has it or as text, and how many it changed. `place` has a URL and the
   * schema in which names are looked up.
   */
  query = (place, text, values) => this.#thread.call('query', place, text, values);
  /** The name of a database of its own. */
  fresh = () => this.#thread.call('fresh');
  /** Drops the schema of a place, which isn't waited for. */
  drop = (place) => this.#thread.send('drop', place);
}
