// The runs of an hour of the week are those of many hours: of 14 o'clock on each Tuesday since some time, say.
import { get } from '../shared/api.js';
import { timeZone } from '../shared/format.js';

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** The name of an hour of the week, counted from Monday at 0 o'clock, as in `getTrend`. */
export const nameOfHour = (hour) => `${DAYS[Math.floor(hour / 24)]}, ${hour % 24}:00`;

/** The hour of the week of a date, in local time. */
const hourOfWeek = (date) => ((date.getDay() + 6) % 7) * 24 + date.getHours();

/** A filter for each hour that had runs, the newest first; without `hourOfWeek` only the given filter. */
export async function filtersOf({ hourOfWeek: wanted, ...filter }) {
  if (wanted === undefined) return [filter];
  const { finishedSince, finishedUntil: _, since: __, until: ___, orderBy: ____, ...asked } = filter;
  const hours = await get('trend', { ...asked, since: finishedSince, bucket: 'hour', timeZone });
  return hours
    .map(({ start, runs }, index) => ({ start, runs, end: hours[index + 1]?.start }))
    .filter(({ start, runs }) => runs > 0 && hourOfWeek(new Date(start)) === Number(wanted))
    .toReversed()
    .map(({ start, end }) => ({
      ...filter,
      finishedSince: start,
      finishedUntil: end && new Date(Date.parse(end) - 1).toISOString(),
    }));
}
