'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** The files in some folders of `root` that end in one of `ends`, as paths relative to `root`, with '/'. Absent folders are empty. */
function filesUnder(root, folders, ends) {
  return folders
    .filter((folder) => fs.existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      fs
        .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && ends.some((end) => entry.name.endsWith(end)))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
    )
    .filter((file) => !file.includes('node_modules/'))
    .sort();
}

const read = (root, file) => fs.readFileSync(path.join(root, file), 'utf8');

/** Ends a check that is run as a command: prints its problems, and fails if there are any. */
function report(problems) {
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

module.exports = { filesUnder, read, report };
