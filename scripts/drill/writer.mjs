// A writer: calls of three kinds, one after the other. Each is known by its id or its text, and counts once it has been acknowledged.
import { given, isOn, isUnknown, note, open, untilAnswered, untilKnown } from './told.mjs';

const { name } = given;
const db = await open();

/** Creates a zone, whose id is the caller's: after an unknown outcome it is read, and created again where it is missing. */
async function zone(id) {
  let wasUnknown = false;
  for (;;) {
    try {
      await untilAnswered(() => db.createZone({ id, name }));
      return 'acknowledged';
    } catch (error) {
      const isThere = wasUnknown && error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
      if (!isUnknown(error) && !isThere) throw error;
      if (isUnknown(error)) note({ told: error.code });
      wasUnknown = true;
    }
    // A row that can be read may still be lost: a later write is acknowledged only once both are kept.
    const isThere = (await untilKnown(() => db.getZone(id))) !== null;
    if (isThere && (await untilKnown(() => db.updateZone(id, { description: 'found' })))) return 'acknowledged';
  }
}

/** Records an execution, whose id is the database's, so a repetition could not be told from the first: an unknown outcome stays so. */
async function execution(prompt) {
  try {
    await untilAnswered(() =>
      db.recordExecution({ zoneId: name, worktreeId: name, agentType: 'drill', prompt, success: true }),
    );
    return 'acknowledged';
  } catch (error) {
    if (!isUnknown(error)) throw error;
    note({ told: error.code });
    return 'unknown';
  }
}

let counted = 0;
const count = () => Number(db.getWorktree(name).taskId);
const setCount = (value) => db.updateWorktree(name, { taskId: String(value) });

/** A transaction that reads and writes. After an unknown outcome another one tells: it waits for the first, and for its standby. */
async function counter() {
  try {
    await untilAnswered(() => db.transaction(() => setCount(count() + 1)));
    counted += 1;
  } catch (error) {
    if (!isUnknown(error)) throw error;
    note({ told: error.code });
    const found = await untilKnown(() =>
      db.transaction(() => {
        const value = count();
        setCount(value);
        return value;
      }),
    );
    if (found !== counted && found !== counted + 1) note({ kind: 'jump', from: counted, to: found });
    if (found === counted) return 'not done';
    counted = found;
  }
  return 'acknowledged';
}

const KINDS = { zone, execution, counter };
try {
  for (let n = 1; await isOn(); n += 1) {
    for (const [kind, call] of Object.entries(KINDS)) {
      const id = `${name}-${n}`;
      note({ kind, id, told: await call(id) });
    }
  }
} catch (error) {
  note({ kind: 'error', message: `${error.code}: ${error.message}` });
  throw error;
} finally {
  db.close();
}
