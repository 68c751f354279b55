'use strict';

// Arguments of commands about runs: zones and worktrees, durations, amounts, and texts from standard input.

const { InvalidArgumentError } = require('commander');
const { Usage } = require('./outcome.js');

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The milliseconds that `90s`, `30m` or `2h` say. */
function duration(text) {
  const [, amount, unit] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (unit === undefined) throw new InvalidArgumentError('a duration such as 90s, 30m or 2h is wanted.');
  return Number(amount) * UNITS[unit];
}

/** Parses an integer; the class checks its range. */
function integer(text) {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('an integer is wanted.');
  return Number(text);
}

/** Parses how many may run at once; `none` is `null`, no limit. */
function countOrNone(text) {
  if (text === 'none') return null;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a non-negative integer is wanted, or 'none'.");
  return Number(text);
}

/** The millionths that an amount such as `20` or `0.0045` says, exactly; `none` is `null`, no limit. */
function amountOrNone(text) {
  if (text === 'none') return null;
  const [, whole, fraction = ''] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  const micros = Number(`${whole}${fraction.padEnd(6, '0')}`);
  if (Number.isSafeInteger(micros)) return micros;
  throw new InvalidArgumentError("an amount such as 20 or 0.0045 is wanted, with at most six decimals, or 'none'.");
}

/** Parses a JSON object. */
function jsonObject(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InvalidArgumentError('an object of JSON is wanted.');
}

/** Gathers the values of an option that is given several times. */
const several = (text, before = []) => [...before, text];

/** A text of the command line, or what standard input says where it is `-`. */
async function textOf(argument) {
  if (argument !== '-') return argument;
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const part of process.stdin) text += part;
  return text;
}

/** The id of the zone with this id or name. A deleted zone may still have runs, so an unknown text is taken as an id. */
function zoneOf(database, given) {
  if (given === undefined || database.getZone(given) !== null) return given;
  return onlyOne(
    'zone',
    given,
    'named',
    database.listZones().filter(({ name }) => name === given),
  );
}

/** The id of the worktree with this id or on this branch. */
function worktreeOf(database, given) {
  if (given === undefined || database.getWorktree(given) !== null) return given;
  const found = database.listWorktrees().filter(({ branchName }) => branchName === given);
  return onlyOne('worktree', given, 'on the branch', found);
}

function onlyOne(noun, given, how, found) {
  if (found.length > 1) {
    const ids = found
      .map(({ id }) => id)
      .toSorted()
      .join(', ');
    throw new Usage(`several ${noun}s are ${how} '${given}': say which, by its id: ${ids}`);
  }
  return found[0]?.id ?? given;
}

module.exports = { amountOrNone, countOrNone, duration, integer, jsonObject, several, textOf, worktreeOf, zoneOf };
