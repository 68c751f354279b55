'use strict';

// Standard output and error that fail. Nothing here may need a package or the binary: `build` runs without them.

/**
 * A reader that goes away (`visual-db board | head -1`) ends nothing: the command runs to its end, its exit code says how that went, and
 * what is left to print goes nowhere. Where output can't be written (a full disk), it says so.
 */
function watchStreams() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }) => {
      if (code === 'EPIPE') return;
      process.exitCode ||= 1;
      if (stream === process.stdout) process.stderr.write(`visual-db: cannot write what was found: ${message}\n`);
    });
  }
}

module.exports = { watchStreams };
