//! The form of an export: a header, a row a line, an end with the number of lines and their checksum.

use std::io::Write;

use rusqlite::types::ValueRef;

use super::cell;
use super::out::Out;
use super::tables::Table;
use crate::error::Result;

/// What the first line calls the form.
pub const FORMAT: &str = "visual-db";
/// The version of the form.
pub const VERSION: i64 = 1;
/// The version of SQLite's tables that the lines are rows of, whichever engine wrote them.
pub const SCHEMA: i64 = 6;

/// Writes the header.
///
/// # Errors
/// What the sink says.
pub fn begin(since: Option<i64>, out: &mut Out<'_>) -> Result<()> {
    let _ = write!(out.text, "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"schema\":{SCHEMA},\"since\":");
    cell::push(&mut out.text, since.map_or(ValueRef::Null, ValueRef::Integer));
    out.text.push(b'}');
    out.end_line()
}

/// Writes the end.
///
/// # Errors
/// What the sink says.
pub fn end(out: &mut Out<'_>) -> Result<()> {
    out.hand_over()?;
    // The checksum of what was written, so that missing or damaged lines are noticed.
    let sum = out.sum();
    let _ = write!(out.text, "{{\"end\":{},\"sha256\":\"{sum}\"}}", out.lines);
    out.end_line()?;
    out.hand_over()
}

/// What stands before each value of a line.
#[derive(Debug)]
pub struct Prefixes(Vec<Vec<u8>>);

impl Prefixes {
    /// Those of a table.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let before = |(nth, name): (usize, &str)| {
            let mut text = Vec::new();
            if nth == 0 {
                let _ = write!(text, "{{\"table\":\"{}\"", table.name);
            }
            let _ = write!(text, ",\"{name}\":");
            text
        };
        Self(table.columns.iter().map(|column| column.name).enumerate().map(before).collect())
    }

    /// Writes a line of these values, one a column.
    ///
    /// # Errors
    /// What `values` or the sink says.
    pub fn line<'v>(&self, out: &mut Out<'_>, values: impl Iterator<Item = Result<ValueRef<'v>>>) -> Result<()> {
        for (prefix, value) in self.0.iter().zip(values) {
            out.text.extend_from_slice(prefix);
            cell::push(&mut out.text, value?);
        }
        out.text.push(b'}');
        out.end_line()
    }
}
