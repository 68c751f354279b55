//! Moves, which come with the lines.

use super::apply::of_lines;
use crate::engine::postgres::store::Store;
use crate::engine::transfer::tables::Table;
use crate::error::Result;

impl Store {
    /// Replaces the moves that triggers wrote for the imported assignments by those of the lines. The ledger is in the order of time: where
    /// the board has moves that are later than those that come, all get new numbers.
    pub(super) fn take_moves(&self, table: &Table, last: i64) -> Result<u64> {
        self.write(
            &of_lines(&format!(
                "DELETE FROM {{s}}.moves AS m USING {{worktree_zones}} AS s WHERE m.key > {last} AND m.worktree_id = s.worktree_id AND m.from_zone_id IS NULL"
            )),
            &[],
        )?;
        let columns: Vec<String> = table.columns.iter().skip(1).map(|column| format!("\"{}\"", column.name)).collect();
        let columns = columns.join(", ");
        let is_later = self
            .one_number(&of_lines("SELECT 1 WHERE (SELECT max(at) FROM {s}.moves) > (SELECT min(at) FROM {moves})"))?;
        if is_later.is_none() {
            return self.count(&format!(
                "INSERT INTO {{s}}.moves (key, {columns}) OVERRIDING SYSTEM VALUE SELECT key + {last}, {columns} FROM {{moves}} ORDER BY line RETURNING key"
            ));
        }
        let added = self.count("SELECT line FROM {moves}")?;
        self.write(
            &of_lines(&format!(
                "CREATE TEMP TABLE all_moves ON COMMIT DROP AS SELECT 0 AS later, key AS nr, {columns} FROM {{s}}.moves \
                 UNION ALL SELECT 1, key, {columns} FROM {{moves}}"
            )),
            &[],
        )?;
        self.write("DELETE FROM {s}.moves", &[])?;
        self.write(
            &format!(
                "INSERT INTO {{s}}.moves (key, {columns}) OVERRIDING SYSTEM VALUE \
                 SELECT row_number() OVER (ORDER BY at, later, nr), {columns} FROM pg_temp.all_moves"
            ),
            &[],
        )?;
        Ok(added)
    }
}
