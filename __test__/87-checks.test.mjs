// The checks of CONTRIBUTING's rules find what breaks them. That nothing does is for `npm run lint` to say.
// Long because it is read as a specification: each rule of the checks of the project is a test.
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
    [`${DRIVER}/mod.rs`]: 'mod busy_handler;\nmod connection;\npub use connection::Connection;\n',
    [`${DRIVER}/connection.rs`]: 'pub struct Connection;\n',
    'src/error.rs': 'pub struct Error;\n',
  };

  it('may run downward, by any path, and through what a module passes on', () => {
    expect(
      problems({
        ...assembled,
        [`${DRIVER}/busy_handler.rs`]: 'use super::Connection;\nfn fail(_: &Connection) -> crate::error::Error {}\n',
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
    expect(problems({ ...assembled, [`${DRIVER}/busy_handler.rs`]: code })).toEqual([
      `${DRIVER}/busy_handler.rs imports src/engine/sqlite/store/mod.rs, which is above it`,
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
    expect(problems({ ...assembled, [`${DRIVER}/busy_handler.rs`]: code })).toEqual([]);
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

  it('of the command line that go past the door, by which a packed package is one file, are found', () => {
    expect(
      problems({
        'lib/cli/stats.js': "const { schema } = require('../entry/parts');\nrequire('./output.js');\n",
        'lib/cli/output.js': "const rows = require('../native/rows.js');\n",
        'lib/index.js': "module.exports = require('./entry/parts');\n",
        'lib/entry/parts/index.js': "const rows = require('../../native/rows.js');\n",
        'lib/native/rows.js': '',
      }),
    ).toEqual([
      'lib/cli/output.js imports lib/native/rows.js past lib/entry/parts/index.js: in a packed package it would be loaded a second time',
    ]);
  });

  it('that go round are found', () => {
    expect(
      problems({
        ...assembled,
        [`${DRIVER}/connection.rs`]: 'use super::busy_handler::Patience;\npub struct Connection(Patience);\n',
        [`${DRIVER}/busy_handler.rs`]: 'use super::connection::Connection;\npub struct Patience;\n',
        'lib/visual/a.js': "require('./b.js');\n",
        'lib/visual/b.js': "require('./c.js');\n",
        'lib/visual/c.js': "require('./a.js');\n",
      }),
    ).toEqual([
      `These import one another: ${DRIVER}/busy_handler.rs, ${DRIVER}/connection.rs`,
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

/** A checkout whose index.d.ts and type tests are these. */
const typed = (types, tests = '') =>
  checkout({
    'index.d.ts': types,
    '__test__/types/tests.mts': tests,
    '__test__/types/tsconfig.json': '{ "files": ["../../index.d.ts", "tests.mts"] }',
  });

describe('fields', () => {
  const field = (name, holds, more) => ({ name, column: name, holds, given: true, ...more });
  const ENTITY = {
    name: 'agent',
    fields: [
      field('id', 'id'),
      field('role', 'text', { hasDefault: true, edit: 'update', column: 'its_role' }),
      field('notes', 'text', { hasDefault: true, nullable: true, edit: 'update' }),
      field('plan', 'json', {}),
      field('position.x', 'coordinate', { hasDefault: true, edit: 'update', column: 'x' }),
      field('position.y', 'coordinate', { hasDefault: true, edit: 'update', column: 'y' }),
      field('updatedAt', 'time', { given: false, nullable: true }),
      field('endsAt', 'instant', { given: false, nullable: true }),
      field('rank', 'integer', { given: false }),
      field('usage.inputTokens', 'integer', { given: false, nullable: true }),
      field('usage.models', 'json', { given: false, nullable: true }),
    ].map((one) => ({ hasDefault: false, nullable: false, edit: null, ...one })),
  };
  const TYPES = `
export interface Position { x: number; y: number }
export interface Agent<Role extends string = string, Plan = any> {
  id: string;
  role: Role;
  notes: string | null;
  plan: Plan;
  position: Position;
  updatedAt: string | null;
  endsAt: string | null;
  rank: number;
  usage: Usage;
}
export interface NewAgent<Plan = any> {
  id: string;
  role?: string | null | undefined;
  notes?: string | null | undefined;
  plan?: Plan | undefined;
  position?: { x?: number | string | null; y?: number } | null | undefined;
}
export interface AgentChanges {
  role?: string | undefined;
  notes?: string | null | undefined;
  position?: { x?: number; y?: number } | null | undefined;
  its_role?: string | undefined;
  x?: number | null | undefined;
  y?: number | null | undefined;
}
`;
  const problems = (types) => check('fields')(typed(types), [ENTITY]);

  it('of the types are those of the declarations', async () => {
    expect(await problems(TYPES)).toEqual([]);
  });

  it.each([
    [
      'its name',
      'notes: string',
      'note: string',
      'Agent has id, role, note, plan, position, updatedAt, endsAt, rank, usage instead of',
    ],
    ['one more', 'id: string;\n  role:', 'id: string;\n  age: number;\n  role:', 'Agent has id, age, role'],
    ['what it holds', 'id: string;\n  role:', 'id: number;\n  role:', 'Agent: id holds id'],
    ['another parameter', 'plan: Plan', 'plan: Role', 'Agent: plan holds json'],
    ['null too much', 'role: Role', 'role: Role | null', 'Agent: role can not be null'],
    ['null too little', 'notes: string | null', 'notes: string', 'Agent: notes can be null'],
    ['that it may be missing', 'role?: string | null', 'role: string | null', 'NewAgent: role may be left out'],
    ['that it may not', 'id: string;\n  role?', 'id?: string;\n  role?', 'NewAgent: id may not be left out'],
    ['a number as text', 'rank: number', 'rank: string', 'Agent: rank holds integer'],
    ['its parts', 'y?: number } | null', 'z?: number } | null', 'NewAgent: position has x and y'],
    ['the column’s spelling', 'its_role?', 'their_role?', 'AgentChanges has role, notes, position, their_role'],
  ])('differ where index.d.ts has otherwise %s', async (_, before, after, words) => {
    expect(TYPES).toContain(before);
    const [found, ...rest] = await problems(TYPES.replace(before, after));
    expect(found).toContain(words);
    expect(rest).toEqual([]);
  });
});

describe('methods', () => {
  const CALLED = 'call((db) => db.getCount({}));\n';
  const FILES = {
    'index.d.ts': `
export interface Filter { status: string }
export class VisualDatabase { getCount(filter: Filter): number; static list(): string[]; close(): void; size: number }
`,
    '__test__/types/tests.mts': "import { VisualDatabase } from '../../index.js';\nnew VisualDatabase().getCount();\n",
    '__test__/types/tsconfig.json': '{ "files": ["../../index.d.ts", "tests.mts"] }',
    '__test__/05-count.test.mjs': CALLED,
    '__test__/15-closing.test.mjs': CALLED,
    '__test__/16-errors.test.mjs': "['createZone', 'id'],\n['getCount', 'filter'],\n",
    '__test__/21-bad-input.test.mjs': CALLED,
    '__test__/22-hostile-input.test.mjs': CALLED,
    '__test__/22-strict-and-near-misses.test.mjs': CALLED,
    '__test__/28-repeated-reads.test.mjs': CALLED,
    '__test__/95-reads-that-repeat.test.mjs': CALLED,
    '__test__/support/calls.mjs': "call('getCount');\n",
    'bench/cases/reads.mjs': CALLED,
    'bench/peers/as_written.mjs': 'class AsWritten {\n  close() {}\n}\n',
    'bench/peers/bulk_as_written.mjs': 'class WithBulk {\n  getCount(filter) {}\n}\n',
    'bench/peers/hand_tuned.mjs': 'class HandTuned {\n  getCount(filter) {}\n}\n',
    'README.md': '`db.getCount()`\n',
    'CHANGELOG.md': '`getCount` counts.\n',
  };
  const REASON = 'there is no more to say';
  const EVERYWHERE = ['suite', 'model', 'benchmark', 'type test', 'reference'];
  const AFTER_CLOSE = 'row in suite 15, of calls after close()';
  const IN_CHANGELOG = 'word in the changelog';
  const ALL = {
    ...Object.fromEntries(
      EVERYWHERE.map((what) => [what, { 'VisualDatabase.list': REASON, 'VisualDatabase.close': REASON }]),
    ),
    [AFTER_CLOSE]: { 'VisualDatabase.close': REASON },
    [IN_CHANGELOG]: { 'VisualDatabase.list': REASON },
  };
  const problems = (files, exceptions = ALL) => check('methods')(checkout({ ...FILES, ...files }), exceptions);

  it('that have everything, or a reason, are fine', async () => {
    expect(await problems({})).toEqual([]);
  });

  it.each([
    [
      'suite',
      Object.fromEntries(
        Object.keys(FILES).flatMap((file) => (file.endsWith('.test.mjs') ? [[file, "'getCount'"]] : [])),
      ),
    ],
    ['model', { '__test__/support/calls.mjs': "call('getCounts');\n" }],
    ['benchmark', { 'bench/cases/reads.mjs': '' }],
    ['peer as written', { 'bench/peers/bulk_as_written.mjs': 'class WithBulk {\n  getCounts() {}\n}\n' }],
    ['hand-tuned peer', { 'bench/peers/hand_tuned.mjs': 'const count = (db) => db.getCount();\n' }],
    // Another's of the same name.
    ['type test', { '__test__/types/tests.mts': 'console.getCount();\n' }],
    ['reference', { 'README.md': '`db.regetCount()`\n' }],
    [IN_CHANGELOG, { 'CHANGELOG.md': 'getCounts()\n' }],
    [AFTER_CLOSE, { '__test__/15-closing.test.mjs': '' }],
    ['row in suite 16, of what errors say', { '__test__/16-errors.test.mjs': '' }],
    ['row in suite 21, of wrong values', { '__test__/21-bad-input.test.mjs': '' }],
    ['row in suite 22, of arguments that act', { '__test__/22-hostile-input.test.mjs': '' }],
    ['row in suite 22, of unknown keys', { '__test__/22-strict-and-near-misses.test.mjs': '' }],
    ['row in suite 28, of repeated reads', { '__test__/28-repeated-reads.test.mjs': '' }],
    ['row in suite 95, of repeated reads', { '__test__/95-reads-that-repeat.test.mjs': '' }],
  ])('without a %s are named', async (what, files) => {
    expect(await problems(files)).toEqual([`VisualDatabase.getCount has no ${what}`]);
  });

  it('need no row in a table of another kind of methods', async () => {
    const types = (method) => ({ 'index.d.ts': `export class VisualDatabase { ${method} }` });
    const missing = async (method) =>
      (await problems(types(method), {})).flatMap((problem) => /row in suite \d\d, of (.*)/.exec(problem)?.[1] ?? []);
    expect(await missing('sum(): number')).toEqual(['calls after close()']);
    expect(await missing('static sum(of: string | null): number')).toEqual(['what errors say', 'wrong values']);
    expect(await missing('getSum(): number')).toEqual(['calls after close()', 'repeated reads', 'repeated reads']);
    expect(await missing('listOf(fn: () => Date): void')).not.toContain('unknown keys');
    for (const object of [
      'New',
      'readonly New<Of>[]',
      '{ a?: string }',
      'string | New',
      '{ each?: (a: string) => void }',
    ]) {
      expect(await missing(`static sum(of: ${object}): number`)).toContain('unknown keys');
    }
  });

  it('static ones and those that nothing excepts are among them', async () => {
    const found = await problems({}, {});
    expect(found).toHaveLength(12);
    expect(found).toContain('VisualDatabase.list has no type test');
  });

  it('that an exception is no more needed for are named', async () => {
    expect(await problems({ 'docs/reference.md': '`close()`\n' })).toEqual([
      expect.stringMatching(/^VisualDatabase\.close has a reference or is gone/),
    ]);
  });
});

describe('the table at the end of `npm run check`', () => {
  it('has what took longest first, what failed, and all together', () => {
    const { summary } = require('../scripts/checks/summary.js');
    const results = [
      { name: 'rustfmt', passed: true, seconds: 1.04 },
      { name: 'test', passed: false, seconds: 299.96 },
    ];
    expect(summary(results).split('\n')).toEqual([
      'test       300.0 s  FAILED',
      'rustfmt      1.0 s  passed',
      'all        301.0 s  1 passed, 1 failed',
    ]);
  });
});
