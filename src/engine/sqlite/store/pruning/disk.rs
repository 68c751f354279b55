//! Room: how much of the file is used, and giving back what isn't.

use rusqlite::Connection;

use crate::error::Result;

/// How large the file is, and how much of that is used, in bytes.
pub(super) fn sizes(inner: &Connection) -> Result<(i64, i64)> {
    let number = |name: &str| inner.pragma_query_value(Some("main"), name, |row| row.get::<_, i64>(0));
    let (pages, free, size) = (number("page_count")?, number("freelist_count")?, number("page_size")?);
    Ok((pages * size, (pages - free) * size))
}

/// Whether there are free pages that an incremental vacuum can give back.
pub(super) fn can_shrink(inner: &Connection) -> Result<bool> {
    let number = |name: &str| inner.pragma_query_value(Some("main"), name, |row| row.get::<_, i64>(0));
    Ok(number("auto_vacuum")? == 2 && number("freelist_count")? > 0)
}

/// Gives at most so many free pages back. Within a transaction.
pub(super) fn shrink(inner: &Connection, pages: i64) -> Result<()> {
    let mut statement = inner.prepare(&format!("PRAGMA main.incremental_vacuum({pages})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
