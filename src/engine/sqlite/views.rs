//! The views for queries in SQL, in TEMP: made when a statement names one, dropped when one may rebuild a table.

use super::driver::Connection;
use crate::error::Result;

const VIEWS: &str = include_str!("../../../schema/views.sql");

/// Whether the file has something of these names: that is somebody's own, and stays.
const TAKEN: &str = "SELECT count(*) FROM main.sqlite_schema WHERE name IN ('v_runs', 'v_board', 'v_daily')";
const OURS: &str = "SELECT 'DROP VIEW temp.' || name FROM temp.sqlite_schema \
                    WHERE type = 'view' AND name IN ('v_runs', 'v_board', 'v_daily') AND sql LIKE '%/* @ai-orchestra/visual-db */%'";

/// Makes them, where they are missing and nobody else has anything of that name in the file.
///
/// # Errors
/// A `TypeError` once the connection is closed, SQLite's error.
pub fn show(connection: &Connection) -> Result<()> {
    let taken: i64 = connection.with(|inner| Ok(inner.query_row(TAKEN, [], |row| row.get(0))?))?;
    if taken == 0 { connection.exec(VIEWS, |_| Ok(())) } else { hide(connection) }
}

/// Takes them away, where they are.
///
/// # Errors
/// A `TypeError` once the connection is closed, SQLite's error.
pub fn hide(connection: &Connection) -> Result<()> {
    let drops: Vec<String> = connection.with(|inner| {
        let mut statement = inner.prepare(OURS)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })?;
    if drops.is_empty() { Ok(()) } else { connection.exec(&drops.join(";"), |_| Ok(())) }
}
