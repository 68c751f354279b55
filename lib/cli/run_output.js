'use strict';

const { colour } = require('./output.js');
const { readable } = require('./run_text.js');

const COLOURS = { stderr: 'yellow', event: 'gray' };

/**
 * Prints a run's output as it comes: text runs on from piece to piece, events stand on lines of their own. `begin` is called before the
 * first piece.
 */
function outputPrinter(begin) {
  let isBegun = false;
  let isLineBegun = false;
  const write = (text) => {
    process.stdout.write(text);
    isLineBegun = !text.endsWith('\n');
  };
  const endLine = () => isLineBegun && write('\n');
  const chunk = ({ stream, text }) => {
    if (text === '') return;
    if (!isBegun) begin();
    isBegun = true;
    if (stream === 'event') endLine();
    const shown = readable(text);
    const end = shown.endsWith('\n') ? '\n' : '';
    const body = shown.slice(0, shown.length - end.length);
    write((COLOURS[stream] && body !== '' ? colour(COLOURS[stream], body) : body) + end);
    if (stream === 'event') endLine();
  };
  /** Prints a message that is no output: on standard error, and not in the middle of a line. */
  const tell = (text) => {
    if (text === undefined) return;
    endLine();
    process.stderr.write(`${text}\n`);
  };
  return { chunk, tell, end: endLine };
}

module.exports = { outputPrinter };
