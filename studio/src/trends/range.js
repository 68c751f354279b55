// The ranges of time, and their buckets.

const DAY = 86_400_000;

/** The length of each range, and the bucket that shows it well. */
export const RANGES = {
  '24 hours': [DAY, 'hour'],
  '7 days': [7 * DAY, 'day'],
  '30 days': [30 * DAY, 'day'],
  '90 days': [90 * DAY, 'week'],
  '1 year': [365 * DAY, 'month'],
};
export const USUAL = '7 days';

/** When a range begins, to the minute, so that two requests ask for the same. */
export const sinceOf = (range) => new Date(Math.floor((Date.now() - RANGES[range][0]) / 60_000) * 60_000).toISOString();

const FORMS = {
  hour: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
};

/** The function that names buckets. */
export const labelOf = (bucket) => {
  const format = new Intl.DateTimeFormat('en-GB', FORMS[bucket]);
  return (start) => format.format(new Date(start));
};
