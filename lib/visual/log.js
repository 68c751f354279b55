'use strict';

/** The caller's logger, if there is one. A logger that throws changes nothing: its failure is not the call's. */
class Log {
  #logger;

  constructor(logger) {
    this.#logger = logger;
  }

  info(message, details) {
    if (this.#logger !== null) this.#write('info', message, details);
  }

  error(message, error, details) {
    if (this.#logger !== null) this.#write('error', message, { error: messageOf(error), ...details });
  }

  #write(level, message, details) {
    try {
      this.#logger[level](message, details);
    } catch {}
  }
}

function messageOf(error) {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'unknown';
  }
}

module.exports = { Log };
