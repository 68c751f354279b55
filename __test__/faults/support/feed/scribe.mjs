// A process that writes by the calls of the class, by an actor and without one. Argument: `{ entry, file, name, seed }`.
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../random.mjs';
import { counterOf, portOf, worktreeOf, zoneOf } from './statements.mjs';

const { entry, file, name, seed } = JSON.parse(process.argv[2]);
const { VisualDatabase } = await import(entry);
const dice = random(seed);
const plain = new VisualDatabase({ dbPath: file, timeout: 60_000 });
const named = plain.as({ kind: 'agent', id: name });
const counter = counterOf(name);

/** What is refused is refused: worktrees come and go, and others take their ports. */
function tolerant(call) {
  try {
    call();
  } catch (error) {
    if (!/CONSTRAINT/.test(error.code) && !/not found/.test(error.message)) throw error;
  }
}

function change(db, count) {
  const [id, zoneId] = [worktreeOf(dice), zoneOf(dice)];
  const wanted = { zoneId, worktreeId: id, agentType: 'a', prompt: 'Do it' };
  dice.pick([
    () => db.createWorktree({ id, path: '/p', port: portOf(dice), branchName: `b${count}` }),
    () => db.createWorktree({ id, path: '/p', port: portOf(dice), branchName: `b${count}` }),
    () => db.updateWorktree(id, { status: `s${count}`, position: { x: count, y: -count } }),
    () => db.relocateWorktree(id, { port: portOf(dice) }),
    () => db.deleteWorktree(id),
    () => db.updateZone(zoneId, { agents: [count], promptTemplate: `Do ${count}`, size: { width: count } }),
    () => db.assignWorktreeToZone(id, zoneId),
    () => db.removeWorktreeFromZone(id),
    () => db.recordExecution({ ...wanted, success: dice.chance(0.5) }),
    () => db.db.prepare("DELETE FROM zone_executions WHERE id LIKE 'exec%' AND rowid % 3 = 0").run(),
    () => {
      const { run, token } = db.startRun(wanted, { workerId: name });
      db.finishRun(run.id, token, { status: dice.pick(['succeeded', 'failed']) });
    },
    () => db.enqueueRun(wanted),
  ])();
}

process.stdout.write('{"isThere":true}\n');
let ended = false;
process.stdin.on('end', () => (ended = true)).resume();
for (let count = 0; !ended; count += 1) {
  const db = dice.chance(0.5) ? plain : named;
  const undo = new Error('on second thoughts');
  try {
    db.transaction(() => {
      for (let n = dice.below(3); n >= 0; n -= 1) tolerant(() => change(db, count));
      const { position } = db.getZone(counter);
      db.updateZone(counter, { position: { x: position.x + 1 } });
      if (dice.chance(0.1)) throw undo;
    });
  } catch (error) {
    if (error !== undo) process.stdout.write(`${JSON.stringify({ finding: `${name}: ${error.stack}` })}\n`);
  }
  await sleep(dice.below(6));
}
plain.close();
