// A process that has the board by what it hears of changes. It writes down what it has, and goes on from there when it was killed.
// Whenever it looks, what it has must be the board, in the same snapshot. Argument: `{ entry, file, name, notes, how, broken }`.
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { boardOf, changesSince, Replica } from '../../../support/replica.mjs';

const { entry, file, name, notes, how, broken } = JSON.parse(process.argv[2]);
const { VisualDatabase } = await import(entry);
const db = new VisualDatabase({ dbPath: file, timeout: 60_000 });
/** Several reads of one snapshot, which keep nobody from writing. */
const inSnapshot = (read) => db.db.transaction(read)();
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const find = (finding) => say({ finding: `${name}: ${finding}` });

let state;

/** From the board itself: at the beginning, and where there is a gap. */
function begin() {
  const board = db.getBoard();
  state = { after: board.next, seq: -1, replica: new Replica(board), counters: {} };
  for (const { id, position } of board.zones) if (id.startsWith('counter')) state.counters[id] = position.x;
}

function remember() {
  const { after, seq, counters, replica } = state;
  const maps = Object.fromEntries(['worktrees', 'zones', 'assignments'].map((each) => [each, [...replica[each]]]));
  // Whole or not at all, wherever it is killed.
  fs.writeFileSync(`${notes}.new`, JSON.stringify({ after, seq, counters, maps }));
  fs.renameSync(`${notes}.new`, notes);
}

function recall() {
  const { maps, ...known } = JSON.parse(fs.readFileSync(notes, 'utf8'));
  const replica = new Replica();
  for (const [each, entries] of Object.entries(maps)) replica[each] = new Map(entries);
  state = { ...known, replica };
}

let taken = 0;

function take(change) {
  const { entity, id, fields, seq } = change;
  taken += 1;
  if (broken === 'forgetful' && taken % 40 === 0) return;
  if (broken === 'repeating' && taken % 40 === 0) take(change);
  if (seq <= state.seq) find(`change ${seq} came behind ${state.seq}`);
  state.seq = seq;
  state.replica.apply(change);
  if (entity !== 'zone' || !id.startsWith('counter') || fields.position?.x === undefined) return;
  const expected = (state.counters[id] ?? 0) + 1;
  if (fields.position.x !== expected) find(`${id} came to ${fields.position.x}, not to ${expected}`);
  state.counters[id] = fields.position.x;
}

function expectEqual(replica, where) {
  const [mine, theirs] = [replica.board, boardOf(db.getBoard())];
  if (isDeepStrictEqual(mine, theirs)) return;
  for (const part of Object.keys(theirs)) {
    if (isDeepStrictEqual(mine[part], theirs[part])) continue;
    find(`${where}: ${part} are ${JSON.stringify(mine[part])}, not ${JSON.stringify(theirs[part])}`);
  }
}

/** All that came since, and then it is the board. */
function look() {
  return inSnapshot(() => {
    const page = db.getChanges({ after: state.after, limit: 1000 });
    if (page.gap) return recover();
    for (const change of page.items) take(change);
    state.after = page.next;
    if (page.items.length < 1000) expectEqual(state.replica, 'at the end');
    return page.items.length;
  });
}

function recover() {
  begin();
  // Who is killed before this has the gap again.
  remember();
  say({ counted: { gaps: 1 } });
  return 0;
}

/** What a watch has given, and what has come since, is the board. */
function compare() {
  const ahead = new Replica();
  for (const each of ['worktrees', 'zones', 'assignments']) ahead[each] = new Map(state.replica[each]);
  inSnapshot(() => {
    let since;
    try {
      since = changesSince(db, state.after);
    } catch {
      return;
    }
    expectEqual(ahead.applyAll(since.items), 'ahead of the watch');
  });
}

if (fs.existsSync(notes)) recall();
else begin();
say({ isThere: true });
let ended = false;
let watch;
process.stdin
  .on('end', () => {
    ended = true;
    setTimeout(() => watch?.return(), 500);
  })
  .resume();

while (!ended) {
  if (how === 'watch') {
    watch = db.watch({ after: state.after });
    try {
      for await (const change of watch) {
        take(change);
        state.after = watch.position;
        say({ counted: { 'changes watched': 1 } });
        if (change.seq % 16 > 0) continue;
        compare();
        remember();
      }
    } catch (error) {
      if (error.code !== 'ERR_HISTORY_PRUNED') throw error;
      recover();
    }
  } else {
    const count = look();
    remember();
    say({ counted: { 'changes read': count, looks: 1 } });
    await sleep(5);
  }
}
while (look() > 0);
remember();
say({ counters: state.counters });
db.close();
