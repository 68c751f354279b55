'use strict';

// What commands print: text and tables for people, JSON for programs; colours and progress bars on a terminal only.

const util = require('node:util');

const coloured = () => Boolean(process.stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

/** The text in a colour of `util.styleText`, where colours are wanted. */
function colour(name, text) {
  // Its own check of the terminal is turned off: it takes an empty NO_COLOR for one that is set.
  return coloured() && util.styleText ? util.styleText(name, text, { validateStream: false }) : text;
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

function printJson(value) {
  print(JSON.stringify(value, null, 2));
}

/** Prints an error's message, never its stack; with --json also as JSON on standard output, so that a program reads one stream. */
function printError(error, json) {
  if (json) printJson({ error: { code: error.code ?? null, message: error.message } });
  process.stderr.write(`visual-db: ${error.message}\n`);
}

/** Text without control characters: data must not move the cursor or colour the terminal. */
function printable(text) {
  // oxlint-disable-next-line no-control-regex -- control characters are what is meant
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, '\u{fffd}');
}

/** A table without colours of its own. */
function table(head, rows, options = {}) {
  const Table = require('cli-table3');
  const made = new Table({ head, style: { head: [], border: [], compact: true }, ...options });
  made.push(...rows);
  return made.toString();
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size for people: `1.5 MiB`. */
function size(bytes) {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

/** `1 worktree`, `2 worktrees`. */
function many(count, noun) {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function countsText({ worktrees, zones, assignments, executions }) {
  return [
    many(worktrees, 'worktree'),
    many(zones, 'zone'),
    many(assignments, 'assignment'),
    many(executions, 'execution'),
  ].join(', ');
}

const STAGES = {
  verify: 'verifying',
  copy: 'copying',
  check: 'checking',
  publish: 'writing to the disk',
  safety: 'keeping what is there',
  restore: 'restoring',
  replace: 'replacing the file',
  vacuum: 'compacting',
  export: 'writing',
  import: 'taking it in',
  done: 'taking it in',
  index: 'indexing',
};

/** A progress bar on standard error, where that is a terminal: `progress` as the package calls it, and `stop`. */
function progressBar({ json } = {}) {
  if (json || !process.stderr.isTTY) return { progress: undefined, stop: () => {} };
  const { SingleBar } = require('cli-progress');
  const bar = new SingleBar({
    format: '{bar} {percentage}% {stage}',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  });
  bar.start(1, 0, { stage: 'starting' });
  return {
    progress: ({ stage, totalPages, remainingPages }) => {
      bar.setTotal(Math.max(totalPages, 1));
      bar.update(totalPages - remainingPages, { stage: STAGES[stage] ?? stage });
    },
    stop: () => bar.stop(),
  };
}

module.exports = { colour, print, printJson, printError, printable, table, size, many, countsText, progressBar };
