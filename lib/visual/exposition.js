'use strict';

// Prometheus's text format, version 0.0.4: a name, what it is, and a line for each value.

/** The text of families `{ name, help, type, samples: [labels, value] }`; samples without a value are left out. */
function exposition(families, prefix, common) {
  const lines = [];
  for (const { name, help, type, samples } of families) {
    const known = samples.filter(([, value]) => value !== null && value !== undefined);
    if (known.length === 0) continue;
    lines.push(`# HELP ${prefix}${name} ${escaped(help)}`, `# TYPE ${prefix}${name} ${type}`);
    for (const [labels, value] of known) lines.push(`${prefix}${name}${labelsText({ ...common, ...labels })} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function labelsText(labels) {
  const given = Object.entries(labels);
  if (given.length === 0) return '';
  return `{${given.map(([name, value]) => `${name}="${escaped(String(value)).replaceAll('"', String.raw`\"`)}"`).join(',')}}`;
}

const escaped = (text) => text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);

module.exports = { exposition };
