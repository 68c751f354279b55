// `by_hand.mjs FILE`: a search without an index, by LIKE, the latest first. It knows nothing of words, and gives no position of a hit.
import Database from 'better-sqlite3';
import { measure } from './searches.mjs';

const db = new Database(process.argv[2], { readonly: true });
const COLUMNS = {
  worktreeId: 'worktree_id = ?',
  zoneId: 'zone_id = ?',
  agentType: 'agent_type = ?',
  status: 'success <> ?',
};

measure((text, filter) => {
  const keys = Object.keys(filter);
  const words = text.split(' ');
  const where = [...keys.map((key) => COLUMNS[key]), ...words.map(() => '(prompt LIKE ? OR result LIKE ?)')];
  const sql = `SELECT id, prompt, result FROM zone_executions WHERE ${where.join(' AND ')} ORDER BY executed_at DESC LIMIT 51`;
  const values = keys.map((key) => (key === 'status' ? 1 : filter[key]));
  return db.prepare(sql).all(...values, ...words.flatMap((word) => [`%${word}%`, `%${word}%`]));
});
