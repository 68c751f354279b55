'use strict';

// Streams as targets of exports, written no faster than they take it.

const { once } = require('node:events');

/** A stream of Node, written with its backpressure. It is ended, unless it is one of the process's own. */
function nodeSink(stream) {
  let failed;
  const onError = (error) => {
    failed ??= error;
  };
  stream.on('error', onError);
  const closed = () => new Error('the stream was closed before everything was written');
  const check = () => {
    if (failed !== undefined) throw failed;
    if (stream.destroyed || stream.writableEnded) throw closed();
  };
  const isProcess = stream === process.stdout || stream === process.stderr;
  return {
    write: async (bytes) => {
      check();
      if (!stream.write(bytes)) await settled(stream, 'drain');
      check();
    },
    end: async () => {
      check();
      if (!isProcess) {
        const finished = settled(stream, 'finish');
        stream.end();
        await finished;
      }
      if (failed !== undefined) throw failed;
      stream.off('error', onError);
    },
    // The error listener stays: later errors of an abandoned stream are ignored.
    abandon: async (error) => {
      if (!isProcess) stream.destroy?.(error);
    },
  };
}

/** Waits for the event, or until none can come any more. */
async function settled(stream, event) {
  const over = new AbortController();
  const wait = (name) =>
    once(stream, name, { signal: over.signal }).catch((error) => {
      if (error.name !== 'AbortError') throw error;
    });
  try {
    await Promise.race([wait(event), wait('close')]);
  } finally {
    over.abort();
  }
}

function webSink(stream) {
  const writer = stream.getWriter();
  return {
    write: async (bytes) => {
      await writer.ready;
      await writer.write(bytes);
    },
    end: () => writer.close(),
    abandon: (error) => writer.abort(error).catch(() => {}),
  };
}

module.exports = { nodeSink, webSink };
