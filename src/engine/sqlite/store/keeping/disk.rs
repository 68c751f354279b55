//! Room: how much of the file is used, and giving back what isn't.

use rusqlite::Connection;

use crate::error::Result;

/// So many pages are given back at once.
const PAGES: i64 = 256;

/// A WAL of this size is looked at.
const LONG_BYTES: u64 = 16 * 1024 * 1024;
/// 12 MB of 4 KiB pages.
const MANY_FRAMES: i64 = 3_000;

/// How large the file is, and how much of that is used, in bytes.
pub(super) fn sizes(inner: &Connection) -> Result<(i64, i64)> {
    let number = |name: &str| inner.pragma_query_value(Some("main"), name, |row| row.get::<_, i64>(0));
    let (pages, free, size) = (number("page_count")?, number("freelist_count")?, number("page_size")?);
    Ok((pages * size, (pages - free) * size))
}

/// Whether the WAL is so long that whoever prunes is to let others catch up: much of it is not in the file yet, or somebody reads on from
/// its beginning. To ask takes a look at the size of its file, as long as that is small.
pub(super) fn is_log_long(inner: &Connection) -> Result<bool> {
    let Some(file) = inner.path().filter(|path| !path.is_empty()) else { return Ok(false) };
    let bytes = std::fs::metadata(format!("{file}-wal")).map_or(0, |found| found.len());
    if bytes < LONG_BYTES {
        return Ok(false);
    }
    let (frames, backfilled): (i64, i64) =
        inner.query_row("PRAGMA main.wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?)))?;
    Ok(frames - backfilled > MANY_FRAMES || frames > 3 * MANY_FRAMES)
}

/// Whether there is room that can be given back in slices.
pub(super) fn can_shrink(inner: &Connection) -> Result<bool> {
    let number = |name: &str| inner.pragma_query_value(Some("main"), name, |row| row.get::<_, i64>(0));
    Ok(number("auto_vacuum")? == 2 && number("freelist_count")? > 0)
}

/// Gives some back. Within a transaction.
pub(super) fn shrink(inner: &Connection) -> Result<()> {
    let mut statement = inner.prepare(&format!("PRAGMA main.incremental_vacuum({PAGES})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
