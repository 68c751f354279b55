'use strict';

// Days and months of a time zone: when they begin there, by the runtime's own knowledge of time zones.

/** Formats of the zones that were asked about. */
const formats = new Map();

/** Throws a RangeError for a zone that there is none of. */
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

/** What the clocks of a time zone show at a time, as the time at which those of Greenwich would. */
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
 * When a day begins in a time zone: the first moment at which its clocks show that day or a later one. `day` is its midnight in
 * Greenwich. Where clocks are put forward over midnight, that is not midnight.
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

/** The period that a time is in: when it began, and when the next one begins, `null` where there is none. */
function periodOf(period, timeZone, time) {
  if (period === 'total') return { start: 0, end: null };
  const local = new Date(shown(timeZone, time));
  const [year, month, date] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const days = period === 'day' ? [[month, date], [month, date + 1]] : [[month, 1], [month + 1, 1]]; // prettier-ignore
  const [start, end] = days.map(([m, d]) => beginning(timeZone, Date.UTC(year, m, d)));
  return { start, end };
}

module.exports = { formatOf, periodOf };
