// A process that opens files which may hold anything, and says of each what came of it: so that a crash or a hang is
// this process's, and its parent knows of which file. `node examiner.mjs`, paths as JSON lines on standard input.
import fs from 'node:fs';
import path from 'node:path';
import { VisualDatabase } from '../../../lib/index.mjs';

const say = (what) => fs.writeSync(1, `${JSON.stringify(what)}\n`);

for (const file of JSON.parse(fs.readFileSync(0, 'utf8'))) {
  say({ begins: file });
  say(examine(file));
}

function examine(file) {
  const before = contents(path.dirname(file));
  let visual;
  try {
    visual = new VisualDatabase({ dbPath: file, timeout: 100 });
  } catch (error) {
    return { refused: describe(error), touched: differences(before, contents(path.dirname(file))) };
  }
  try {
    return { answers: answers(visual) };
  } catch (error) {
    return { failed: describe(error) };
  } finally {
    visual.close();
  }
}

/** Everything the package can tell of a file. */
function answers(visual) {
  const worktrees = visual.listWorktrees();
  const zones = visual.listZones();
  return {
    worktrees,
    zones,
    assignments: worktrees.map(({ id }) => visual.getWorktreeZone(id)),
    members: zones.map(({ id }) => visual.getWorktreesInZone(id).map((worktree) => worktree.id)),
    histories: zones.map(({ id }) => visual.getExecutionHistory(id, -1)),
    runs: worktrees.map(({ id }) => visual.getWorktreeExecutions(id, -1).length),
    statistics: [
      visual.getStats(),
      visual.getExecutionStats(),
      ...zones.map(({ id }) => visual.getExecutionStats({ zoneId: id })),
    ],
    sound: visual.db.pragma('integrity_check', { simple: true }),
  };
}

function describe(error) {
  return { name: error.name, code: error.code, message: error.message };
}

/** What is in a folder, all of it. */
function contents(folder) {
  const entries = fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return new Map(entries.map((name) => [name, fs.readFileSync(path.join(folder, name), 'latin1')]));
}

function differences(before, after) {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}
