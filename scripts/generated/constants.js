'use strict';

// The generated files that only have constants.

/** The head of every generated file. */
const head = (about, from) => `'use strict';

// ${about}
// Written by \`npm run generate\` from ${from}: change that.
`;

const words = (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** The constants of packed rows. */
function layout({ cells, bytes, head: numbers, kinds }) {
  const constants = [
    ['CELLS', cells, 'How many cells a batch of rows has.'],
    ['HEAD_BYTES', bytes.head, 'How long the head is.'],
    ['ENDS_AT', bytes.ends, 'Where the cells begin, in bytes.'],
    ['NUMBERS_AT', bytes.numbers, 'Where their numbers begin.'],
    ['BLOBS_AT', bytes.blobs, 'Where the small blobs begin.'],
  ];
  return `${head('How packed rows lie in the memory that is shared with the addon.', 'src/rows')}
module.exports = {
${constants.map(([name, value, about]) => `  /** ${about} */\n  ${name}: ${value},`).join('\n')}
  /** Where each number of the head is, counted in 32-bit integers. */
  HEAD: { ${Object.entries(numbers).map(([name, value]) => `${words(name)}: ${value}`)} },
  /** What an end holds where the cell is no text of the first string. */
  KIND: { ${Object.entries(kinds).map(([name, value]) => `${words(name)}: ${value}`)} },
};
`;
}

/** The steps of transactions. */
function controls({ controls: names }) {
  return `${head('The steps of a transaction, as `addon.control` takes them.', 'src/engine/control.rs')}
module.exports = {
${names.map((name, value) => `  ${words(name[0].toLowerCase() + name.slice(1))}: ${value},`).join('\n')}
};
`;
}

/** Limits of the rules that JavaScript checks, too. */
function sizes({ limits: { bytes } }) {
  return `${head('How large a value may be.', 'src/model/rules.rs')}
module.exports = {
  /** The largest text or JSON value, in bytes of UTF-8. */
  MAX_BYTES: ${bytes},
};
`;
}

module.exports = { controls, head, layout, sizes };
