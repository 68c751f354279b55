'use strict';

const { InvalidArgumentError } = require('commander');

const UNITS = [
  [/^s(ec(ond)?s?)?$/, 1000],
  [/^m(in(ute)?s?)?$/, 60_000],
  [/^h(ours?)?$/, 3_600_000],
  [/^d(ays?)?$/, 86_400_000],
  [/^w(eeks?)?$/, 604_800_000],
];

/** The time that is meant by ISO 8601, or by `2 hours ago`, `90m ago`. What it is of a day without a zone is the system's. */
function time(text) {
  const [, amount, unit] = /^(\d{1,9})\s*([a-z]+)(?:\s+ago)?$/i.exec(text.trim()) ?? [];
  const length = UNITS.find(([name]) => name.test((unit ?? '').toLowerCase()))?.[1];
  const at = length === undefined ? Date.parse(text) : Date.now() - Number(amount) * length;
  const date = new Date(at);
  if (!Number.isNaN(date.getTime()) && (length !== undefined || /^\d{4}-/.test(text))) return date;
  throw new InvalidArgumentError("a time is wanted: ISO 8601, or '2 hours ago'.");
}

module.exports = { time };
