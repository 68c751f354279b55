// The import form of CommonJS.
import visualDb = require('@ai-orchestra/visual-db');
const { VisualDatabase, SqliteError, Database } = visualDb;

const db = new VisualDatabase({ dbPath: ':memory:' });
const worktree: visualDb.Worktree = db.createWorktree({ id: 'w', path: '/w', port: 1, branchName: 'b' });
const same: visualDb.VisualDatabase = new visualDb.default();
export = { worktree, same, SqliteError, Database };
