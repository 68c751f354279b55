'use strict';

// Time zones: what their clocks show at a time, and when days and months begin there, by the runtime's time zone data.

const { describe } = require('./arguments.js');
const { wrongType, wrongValue } = require('./errors.js');

/** Formats of the zones that were asked for so far. */
const formats = new Map();

/** The format of a time zone; throws a RangeError for one that doesn't exist. */
function formatOf(timeZone) {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' };
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      second: '2-digit',
      ...parts,
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** What the clocks of a time zone show at a time, as the time at which clocks of UTC show the same. */
function shown(timeZone, time) {
  const parts = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(time)) parts[type] = value;
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  return date.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second), 0);
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * When a day begins in a time zone: the first moment at which its clocks show that day or a later one. `day` is the day's midnight in UTC.
 * Where clocks are put forward over midnight, a day does not begin at midnight.
 */
function beginning(timeZone, day) {
  let low = day - 2 * DAY;
  let high = day + 2 * DAY;
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / (2 * MINUTE)) * MINUTE;
    if (shown(timeZone, middle) >= day) high = middle;
    else low = middle;
  }
  return high;
}

/** The period that a time is in: when it begins, and when the next one begins, `null` where there is none. */
function periodOf(period, timeZone, time) {
  if (period === 'total') return { start: 0, end: null };
  const local = new Date(shown(timeZone, time));
  const [year, month, date] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const days = period === 'day' ? [[month, date], [month, date + 1]] : [[month, 1], [month + 1, 1]]; // prettier-ignore
  const [start, end] = days.map(([m, d]) => beginning(timeZone, Date.UTC(year, m, d)));
  return { start, end };
}

/** The given name of a time zone, checked; UTC where none is given. */
function timeZoneOf(method, given) {
  if (given === undefined || given === null) return 'UTC';
  const message = `${method}: timeZone must be a name such as 'Europe/Berlin', got ${describe(given)}`;
  if (typeof given !== 'string') throw wrongType(method, 'timeZone', given, message);
  try {
    formatOf(given);
  } catch {
    throw wrongValue(method, 'timeZone', given, message);
  }
  return given;
}

/** No zone has ever changed its clocks and changed them back within this time. */
const STEP = 7 * DAY;

/** The latest time of a Date. */
const LAST = 8.64e15;

/** By time zone, the stretch of time that was asked for last, and the offsets in it. */
const looked = new Map();

/** How far a zone's clocks are ahead of UTC between two times: `[from when on, by how many milliseconds]` for each change. */
function offsetsOf(timeZone, from, to) {
  if (timeZone === 'UTC') return [[from, 0]];
  const known = looked.get(timeZone);
  if (known !== undefined && known.from <= from && known.to >= to) return known.offsets;
  // Somewhat more than is asked for, since the next question is mostly about a time nearby.
  const stretch = { from: Math.max(from - 30 * DAY, -LAST), to: Math.min(to + 30 * DAY, LAST), offsets: [] };
  const at = (time) => shown(timeZone, time) - Math.floor(time / 1000) * 1000;
  let before = stretch.from;
  let offset = at(before);
  stretch.offsets.push([before, offset]);
  while (before < stretch.to) {
    const next = Math.min(before + STEP, LAST);
    const then = at(next);
    if (then !== offset) {
      let [low, high] = [before, next];
      while (high - low > 1000) {
        const middle = low + Math.floor((high - low) / 2000) * 1000;
        if (at(middle) === offset) low = middle;
        else high = middle;
      }
      stretch.offsets.push([Math.floor(high / 1000) * 1000, then]);
      offset = then;
    }
    before = next;
  }
  looked.set(timeZone, stretch);
  return stretch.offsets;
}

module.exports = { offsetsOf, periodOf, timeZoneOf };
