'use strict';

// `npm run demo`: the main job on real worktrees, with what it needs set up. What it shows is in demo/story.js, which is
// written to be read as an example. `--keep` leaves the repository and the database behind.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const setup = require('./setup.js');

const { keep } = parseArgs({ options: { keep: { type: 'boolean' } } }).values;

setup.dependencies();
setup.addon();

// The canonical path, since Git names worktrees by it.
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-demo-')));

async function main() {
  try {
    await require('./demo/story.js').tell(folder);
  } finally {
    if (keep) {
      const dbPath = path.join(folder, 'data', 'visual.db');
      console.log(`\nEverything is left in ${folder}. Look at it with\n  npx --no -- visual-db runs --db ${dbPath}`);
    } else {
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      console.log('\nThe temporary folder is gone; `npm run demo -- --keep` leaves it.');
    }
  }
}

main().catch((error) => {
  console.error(error);
  // The story would wait for ever for workers that are gone.
  process.exit(1);
});
