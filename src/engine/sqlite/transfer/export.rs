//! Writing a board as lines, from one snapshot of it: others go on working meanwhile.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Rows};

use super::spans;
use crate::engine::sqlite::store::Store;
use crate::engine::transfer::form::{self, Prefixes};
use crate::engine::transfer::out::Out;
use crate::engine::transfer::tables::{TABLES, Table};
use crate::engine::{Format, Sink, Wanted};
use crate::error::Result;
use crate::model::ledger::Move;

/// Writes all of a board.
///
/// # Errors
/// `ERR_SCHEMA_OLDER`; SQLite's error; what the sink says.
pub fn export(store: &Store, wanted: Wanted, sink: Sink<'_>) -> Result<()> {
    store.check_transfer()?;
    let moves = match wanted.format {
        Format::Jsonl => store.snapshot_with_moves()?,
        Format::OtlpJson => store.snapshot_with_moves().map(|_| Vec::new())?,
    };
    let mut out = Out::new(sink);
    let written = store.connection().with(|inner| match wanted.format {
        Format::Jsonl => lines(inner, wanted.since, &moves, &mut out),
        Format::OtlpJson => spans::write(inner, wanted.since, &mut out),
    });
    let ended = store.end_transfer_snapshot();
    written?;
    ended
}

fn lines(inner: &Connection, since: Option<i64>, moves: &[Move], out: &mut Out<'_>) -> Result<()> {
    form::begin(since, out)?;
    for table in TABLES {
        let mut statement = inner.prepare(&table.select(since.is_some()))?;
        let rows = match since.filter(|_| !table.since.is_empty()) {
            Some(since) => statement.query([since])?,
            None => statement.query([])?,
        };
        rows_of(table, rows, out)?;
        if table.name == "moves" {
            unfolded(inner, table, since, moves, out)?;
        }
    }
    form::end(out)
}

fn rows_of(table: &Table, mut rows: Rows<'_>, out: &mut Out<'_>) -> Result<()> {
    let prefixes = Prefixes::of(table);
    while let Some(row) = rows.next()? {
        prefixes.line(out, (0..table.columns.len()).map(|nth| Ok(row.get_ref(nth)?)))?;
    }
    Ok(())
}

/// The moves that the table doesn't have yet, with the keys that they will have.
fn unfolded(inner: &Connection, table: &Table, since: Option<i64>, moves: &[Move], out: &mut Out<'_>) -> Result<()> {
    let last: i64 = inner.query_row("SELECT coalesce(max(key), 0) FROM main.moves", [], |row| row.get(0))?;
    let prefixes = Prefixes::of(table);
    for (nth, of) in moves.iter().enumerate() {
        if since.is_some_and(|since| of.at < since) {
            continue;
        }
        let text = |text: Option<&'_ String>| text.cloned();
        let (from, to) = (of.from.as_ref(), of.to.as_ref());
        let integers = [last + nth as i64 + 1, of.seq, of.stamp, of.nth, of.at].map(ValueRef::Integer);
        let texts = [
            Some(of.worktree_id.clone()),
            text(from.map(|stop| &stop.id)),
            text(to.map(|stop| &stop.id)),
            Some(of.branch_name.clone()),
            text(from.map(|stop| &stop.name)),
            text(to.map(|stop| &stop.name)),
            of.by.clone(),
            of.reason.clone(),
        ];
        let texts =
            texts.iter().map(|text| text.as_ref().map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())));
        prefixes.line(out, integers.into_iter().chain(texts).map(Ok))?;
    }
    Ok(())
}

/// About how many lines there will be, for a progress bar.
pub fn about(inner: &Connection) -> u64 {
    let mut about = 2;
    for table in TABLES {
        // Of tables that may be large the last number, which takes no time to find.
        let sql = match table.columns[0].name {
            "rowid" => format!("SELECT max(rowid) FROM main.{}", table.name),
            "key" => format!("SELECT max(key) FROM main.{}", table.name),
            _ => format!("SELECT count(*) FROM main.{}", table.name),
        };
        let count: Option<i64> = inner.query_row(&sql, [], |row| row.get(0)).unwrap_or_default();
        about += count.unwrap_or_default().max(0) as u64;
    }
    about
}
