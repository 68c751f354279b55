'use strict';

// Runs as text for people.

const util = require('node:util');
const { colour, printable } = require('./output.js');

const COLOURS = {
  queued: 'blue',
  running: 'cyan',
  waiting: 'yellow',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'gray',
  timedOut: 'red',
  lost: 'red',
};

const statusText = (status) => colour(COLOURS[status], status);

/** A duration: `840 ms`, `12.3 s`, `4 min 5 s`, `2 h 5 min`; nothing where it is not known. */
function durationText(milliseconds) {
  if (milliseconds === null) return '';
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (milliseconds < 60_000) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Millionths as an amount, exactly: with at least two decimals, and no trailing zeros beyond these. */
function costText(micros) {
  if (micros === null) return '';
  const digits = String(micros).padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${Number(digits.slice(0, -6)).toLocaleString('en')}.${decimals}`;
}

const number = (count) => (count === null ? '?' : count.toLocaleString('en'));

/** Input and output tokens; nothing where neither is known. */
function tokensText({ inputTokens, outputTokens }) {
  return inputTokens === null && outputTokens === null ? '' : `${number(inputTokens)} / ${number(outputTokens)}`;
}

/** Tokens and cost in words, with cached and reasoning tokens. */
function usageText({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens, costMicros }) {
  const of = (count, noun) => (count === null ? '' : ` (${number(count)} ${noun})`);
  const parts = [
    inputTokens === null ? '' : `${number(inputTokens)} tokens in${of(cachedInputTokens, 'cached')}`,
    outputTokens === null ? '' : `${number(outputTokens)} out${of(reasoningTokens, 'reasoning')}`,
    costMicros === null ? '' : `cost ${costText(costMicros)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What a limit or a budget is about: `zone Testing`, `agent qa in zone Testing`, `all runs`. */
function scopeText(database, { zoneId, worktreeId = null, agentType }) {
  const place =
    zoneId !== null
      ? `zone ${database.getZone(zoneId)?.name ?? zoneId}`
      : worktreeId !== null && `worktree ${database.getWorktree(worktreeId)?.branchName ?? worktreeId}`;
  const agent = agentType !== null && `agent ${agentType}`;
  return printable([agent, place].filter(Boolean).join(' in ') || 'all runs');
}

/** The beginning of a text, in one line. */
function oneLine(text, most) {
  const line = printable(
    text
      .slice(0, 4 * most)
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** Text of several lines that is safe for a terminal: without colours or anything that moves the cursor. */
function readable(text) {
  const lines = util.stripVTControlCharacters(text).replaceAll(/\r\n?/g, '\n').split('\n');
  return lines.map((line) => line.split('\t').map(printable).join('\t')).join('\n');
}

module.exports = { costText, durationText, oneLine, readable, scopeText, statusText, tokensText, usageText };
