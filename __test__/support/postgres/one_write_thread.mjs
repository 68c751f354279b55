// A thread that makes a worktree, and says what it was told.
import { VisualDatabase } from '../visual_database.mjs';
import { given, serve } from './thread.mjs';

const db = new VisualDatabase(given);
let told = {};

serve({
  write(worktree) {
    try {
      db.createWorktree(worktree);
    } catch ({ code, message }) {
      told = { code, message };
    }
  },
  told: () => told,
});
