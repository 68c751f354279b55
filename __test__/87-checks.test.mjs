// The checks of CONTRIBUTING's rules find what breaks them. That nothing does is for `npm run lint` to say.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/temporary.mjs';

const require = createRequire(import.meta.url);
const check = (name) => require(`../scripts/checks/${name}.js`).problems;

/** A folder with these files, as a checkout has them. */
function checkout(files) {
  const root = temporaryFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

describe('imports', () => {
  const problems = (files) => check('imports')(checkout(files));
  const DRIVER = 'src/engine/sqlite/driver';
  const assembled = {
    'src/lib.rs': 'pub mod binding;\npub mod engine;\npub mod error;\n',
    'src/engine/mod.rs': 'pub mod sqlite;\n',
    'src/engine/sqlite/mod.rs': 'pub mod driver;\npub mod store;\n',
    'src/engine/sqlite/store/mod.rs': 'use crate::error::Error;\npub struct Store(Error);\n',
    [`${DRIVER}/mod.rs`]: 'mod busy;\nmod connection;\npub use connection::Connection;\n',
    [`${DRIVER}/connection.rs`]: 'pub struct Connection;\n',
    'src/error.rs': 'pub struct Error;\n',
  };

  it('may run downward, by any path, and through what a module passes on', () => {
    expect(
      problems({
        ...assembled,
        [`${DRIVER}/busy.rs`]: 'use super::Connection;\nfn fail(_: &Connection) -> crate::error::Error {}\n',
        'src/binding/mod.rs': 'use crate::engine::sqlite::{driver::{self, Connection}, store::Store};\n',
        'lib/visual/zones.js': "const rows = require('../native/rows.js');\n",
        'lib/native/rows.js': '',
      }),
    ).toEqual([]);
  });

  it.each([
    ['in a use', 'use crate::engine::sqlite::store::Store;\n'],
    ['in a list of many', 'use crate::{error::Error, engine::sqlite::{store::{Store}}};\n'],
    ['by its neighbour', 'use super::super::store;\n'],
    ['in a signature', 'fn of(_: &crate::engine::sqlite::store::Store) {}\n'],
  ])('of Rust that run back up are found %s', (_, code) => {
    expect(problems({ ...assembled, [`${DRIVER}/busy.rs`]: code })).toEqual([
      `${DRIVER}/busy.rs imports src/engine/sqlite/store/mod.rs, which is above it`,
    ]);
  });

  it('of tests and comments are nobody’s', () => {
    const code = `
// use crate::engine::sqlite::store::Store;
#[cfg(test)]
#[cfg(unix)]
mod tests {
    use crate::engine::sqlite::store::Store;
}
`;
    expect(problems({ ...assembled, [`${DRIVER}/busy.rs`]: code })).toEqual([]);
  });

  it('of JavaScript that run back up are found, also where they are loaded late', () => {
    expect(
      problems({
        'lib/raw/database.js': "const late = () => require('../visual/board.js');\n",
        'lib/visual/board.js': '',
        'lib/native/rows.js': "const SqliteError = require('../raw/database.js');\n",
      }),
    ).toEqual([
      'lib/native/rows.js imports lib/raw/database.js, which is above it',
      'lib/raw/database.js imports lib/visual/board.js, which is above it',
    ]);
  });

  it('that go round are found', () => {
    expect(
      problems({
        ...assembled,
        [`${DRIVER}/connection.rs`]: 'use super::busy::Patience;\npub struct Connection(Patience);\n',
        [`${DRIVER}/busy.rs`]: 'use super::connection::Connection;\npub struct Patience;\n',
        'lib/visual/a.js': "require('./b.js');\n",
        'lib/visual/b.js': "require('./c.js');\n",
        'lib/visual/c.js': "require('./a.js');\n",
      }),
    ).toEqual([
      `These import one another: ${DRIVER}/busy.rs, ${DRIVER}/connection.rs`,
      'These import one another: lib/visual/a.js, lib/visual/b.js, lib/visual/c.js',
    ]);
  });

  it('of a file that stands in no layer are not overlooked', () => {
    expect(problems({ 'lib/new/a.js': "require('../native/rows.js');\n", 'lib/native/rows.js': '' })).toEqual([
      'lib/new/a.js belongs to no layer: say in scripts/checks/imports.js to which',
    ]);
  });
});

describe('lengths', () => {
  const problems = (files) => check('lengths')(checkout(files));
  const lines = (head, number) => head + '\n'.repeat(number - head.split('\n').length + 1);

  it('of up to 300 lines need no reason', () => {
    expect(problems({ 'src/a.rs': lines('//! A.\n', 300), 'lib/a/b.js': lines('', 300) })).toEqual([]);
  });

  it('beyond that need one in the comment at the head of the file, and nowhere else', () => {
    const files = {
      'bin/a.js': lines(
        "#!/usr/bin/env node\n'use strict';\n\n// A.\n//\n// Long because it lists what there is.\n",
        301,
      ),
      'src/a.rs': lines('//! A.\n//!\n//! Long because it lists what there is.\n', 301),
      'src/without.rs': lines('//! A.\n', 301),
      'src/later.rs': lines('//! A.\n\nuse b::c;\n\n//! Long because it says so too late.\n', 301),
      'src/empty.rs': lines('//! Long because \n', 301),
      'docs/a.md': lines('', 301),
    };
    expect(problems(files).map((line) => line.split(':')[0])).toEqual([
      'src/empty.rs has 301 lines',
      'src/later.rs has 301 lines',
      'src/without.rs has 301 lines',
    ]);
  });
});
