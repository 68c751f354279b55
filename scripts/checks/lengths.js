'use strict';

// Refuses files over 300 lines without a reason in the comment at their head, a line that begins with 'Long because'.

const { ROOT } = require('../setup.js');
const { filesUnder, read, report } = require('./files.js');

const LONGEST = 300;
const FOLDERS = [
  'src',
  'lib',
  'bin',
  'scripts',
  'bench',
  'benches',
  'examples',
  'packages',
  'fuzz',
  '__test__',
  'schema',
  'studio/src',
];
const ENDS = ['.rs', '.js', '.mjs', '.cjs', '.c', '.sh', '.py', '.sql', '.mts', '.jsx', '.css'];

/** The comment that a file begins with. */
const headOf = (text) => /^(?:'use strict';|\s|#!.*|\/\/.*|--.*|\/\*[\s\S]*?\*\/)*/.exec(text)[0];

/** The files that are too long, a line each. */
function problems(root) {
  return filesUnder(root, FOLDERS, ENDS).flatMap((file) => {
    const text = read(root, file);
    const lines = text.split('\n').length - 1;
    if (lines <= LONGEST || /^(?:\/\/!?|--|\s*\*) Long because \S/m.test(headOf(text))) return [];
    return [`${file} has ${lines} lines: split it, or say in its head comment 'Long because …'`];
  });
}

module.exports = { problems };
if (require.main === module) report(problems(ROOT));
