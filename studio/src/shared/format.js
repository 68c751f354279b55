// Values as text for people.

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const NUMBER = new Intl.NumberFormat('en');
const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const number = (value) => (value === null || value === undefined ? '–' : NUMBER.format(value));

/** A time in local time; text that is no time is shown as it is. */
export const time = (text) => {
  if (text === null || text === undefined) return '–';
  return Number.isNaN(Date.parse(text)) ? text : TIME.format(new Date(text));
};

/** `840 ms`, `12.3 s`, `4 min 5 s`, `2 h 5 min`. */
export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return '–';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Millionths as an amount with two decimals, or six where it is less than a hundredth. */
export function cost(micros) {
  if (micros === null || micros === undefined) return '–';
  const amount = micros / 1e6;
  const digits = amount !== 0 && Math.abs(amount) < 0.01 ? 6 : 2;
  return amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: digits });
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const power = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), UNITS.length - 1);
  return `${(value / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

export const percent = (value) => (value === null || value === undefined ? '–' : `${value.toFixed(0)} %`);

export const who = (by) => (by === null || by === undefined ? '–' : by.id);

export const json = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
