'use strict';

// Lengths of time as options say them: `'90s'`, `'30m'`, `'1h'`, `'7d'`, `'1y'`.

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 };

/** Milliseconds of such a text; `undefined` for any other value. A year has 365 days. */
function millisecondsOf(text) {
  const [, amount, unit] = (typeof text === 'string' && /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w|y)$/.exec(text)) || [];
  return unit === undefined ? undefined : Number(amount) * UNITS[unit];
}

/** A length of time as such a text, in the largest unit that divides it, but never in weeks. */
function durationText(milliseconds) {
  const [unit, length] = Object.entries(UNITS)
    .toReversed()
    .find(([name, each]) => name !== 'w' && milliseconds % each === 0);
  return `${milliseconds / length}${unit}`;
}

module.exports = { durationText, millisecondsOf };
