// Undo and redo: what the calls take, and their results to the letter.
import type { Change, UndoOptions } from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase();

const undone = db.undo({ by: { kind: 'user', id: 'anna' }, onConflict: 'skip' });
exactly<Same<typeof undone, Change[] | null>>();
const redone = db.as({ kind: 'agent', id: 'a' }).redo();
exactly<Same<typeof redone, Change[] | null>>();
const none: UndoOptions = { by: null, onConflict: null };
db.redo(none);

// @ts-expect-error: whose is an actor.
db.undo({ by: 'anna' });
// @ts-expect-error: nobody is overruled.
db.undo({ onConflict: 'force' });
// @ts-expect-error: an unknown key.
db.redo({ steps: 2 });
