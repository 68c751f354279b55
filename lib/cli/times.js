'use strict';

const { InvalidArgumentError } = require('commander');

const UNITS = [
  [/^s(ec(ond)?s?)?$/, 1000],
  [/^m(in(ute)?s?)?$/, 60_000],
  [/^h(ours?)?$/, 3_600_000],
  [/^d(ays?)?$/, 86_400_000],
  [/^w(eeks?)?$/, 604_800_000],
];

/** The time that ISO 8601, `2 hours ago` or `90m ago` says. Without a zone, a time of day is local, a date alone is UTC. */
function time(text) {
  const [, amount, unit] = /^(\d{1,9})\s*([a-z]+)(?:\s+ago)?$/i.exec(text.trim()) ?? [];
  const length = UNITS.find(([name]) => name.test((unit ?? '').toLowerCase()))?.[1];
  const at = length === undefined ? Date.parse(text) : Date.now() - Number(amount) * length;
  const date = new Date(at);
  if (!Number.isNaN(date.getTime()) && (length !== undefined || /^\d{4}-/.test(text))) return date;
  throw new InvalidArgumentError("a time is wanted: ISO 8601, or '2 hours ago'.");
}

module.exports = { time };
