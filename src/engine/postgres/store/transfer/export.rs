//! Writing a board as lines, from one snapshot of it: others go on working meanwhile. Rows are fetched by a cursor, about as many at a time
//! as make one piece of the text.

use std::borrow::Cow;

use rusqlite::types::ValueRef;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::sources;
use crate::engine::postgres::client::error_codes::answered;
use crate::engine::postgres::client::value::{Value, cell, integer, unescaped};
use crate::engine::postgres::client::{Answer, Client, Lost, Step};
use crate::engine::postgres::store::Store;
use crate::engine::transfer::form::{self, Prefixes};
use crate::engine::transfer::out::Out;
use crate::engine::transfer::tables::{TABLES, Table};
use crate::engine::{Format, Sink, Wanted};
use crate::error::Result;

/// How many bytes of rows to fetch at once, and how many rows at most.
const BYTES: usize = 512 * 1024;
const MOST: usize = 2_000;

impl Store {
    /// Writes the board. Within a snapshot.
    pub(super) fn export_within(&self, wanted: Wanted, sink: Sink<'_>) -> Result<()> {
        let mut out = Out::new(sink);
        match wanted.format {
            Format::Jsonl => self.lines(wanted.since, &mut out),
            Format::OtlpJson => self.spans(wanted.since, &mut out),
        }
    }

    fn lines(&self, since: Option<i64>, out: &mut Out<'_>) -> Result<()> {
        form::begin(since, out)?;
        for table in TABLES {
            let sql = select(table, since);
            let prefixes = Prefixes::of(table);
            self.each_by_cursor(table.name, &sql, |row| {
                let values: Vec<Exported<'_>> = (0..table.columns.len()).map(|nth| Exported::of(row, nth)).collect();
                prefixes.line(out, values.iter().map(|value| Ok(value.as_ref())))
            })?;
        }
        form::end(out)
    }

    /// Runs `each` with the rows of a statement, by a cursor of this name.
    pub(super) fn each_by_cursor(&self, name: &str, sql: &str, mut each: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        let cursor = format!("visual_db_{name}");
        self.within_snapshot(&format!("DECLARE {cursor} NO SCROLL CURSOR FOR {sql}"))?;
        let mut most = 64;
        loop {
            // Each table's cursor has its own name, so that a FETCH that the server has prepared gives the same columns.
            let rows = self.within_snapshot(&format!("FETCH {most} FROM {cursor}"))?;
            for row in &rows {
                each(row)?;
            }
            if rows.len() < most {
                return self.within_snapshot(&format!("CLOSE {cursor}")).map(drop);
            }
            let bytes: usize = rows.iter().map(bytes_of).sum();
            most = next_most(rows.len(), bytes);
        }
    }

    /// About how many lines there will be, for progress.
    pub(super) fn about(&self) -> Result<u64> {
        let tables: Vec<String> = TABLES.iter().map(|table| format!("('{}')", table.name)).collect();
        let sql = format!(
            "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint FROM (VALUES {}) AS t (name) JOIN pg_catalog.pg_class AS c ON c.relname = t.name \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1",
            tables.join(", ")
        );
        let row = self.read_one(&sql, &[self.name.as_str().into()])?;
        Ok(row.map_or(0, |row| integer(&row, 0)) as u64 + 2)
    }

    /// Runs `read` within one snapshot of the board.
    pub(super) fn in_snapshot<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        self.check_open()?;
        self.begin_snapshot_alone()?;
        let made = read();
        self.give_up();
        made
    }

    fn begin_snapshot_alone(&self) -> Result<()> {
        told(&self.client, self.client.send(&[Step::Script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")]))
            .map(drop)
    }

    fn within_snapshot(&self, sql: &str) -> Result<Vec<Row>> {
        self.ask_within_snapshot(sql, &[])
    }

    /// Reads rows of that snapshot.
    pub(super) fn ask_within_snapshot(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let sql = self.expanded(sql);
        told(&self.client, self.client.go_on(&[Step::Statement(&sql, values)]))
    }
}

fn told(client: &Client, sent: Result<Vec<Answer>, Lost>) -> Result<Vec<Row>> {
    let answers = sent.map_err(|lost| lost.unavailable(&client.host()))?;
    let answer = answers.into_iter().next().unwrap_or_else(|| Ok(Vec::new()));
    answer.map_err(|error| answered(error, &client.host()))
}

fn bytes_of(row: &Row) -> usize {
    (0..row.len()).filter_map(|column| cell(row, column)).map(|cell| cell.bytes().len()).sum()
}

/// How many rows to fetch next, where so many rows were so many bytes.
fn next_most(rows: usize, bytes: usize) -> usize {
    (BYTES * rows / bytes.max(1)).clamp(1, MOST.min(rows.saturating_mul(8)))
}

fn select(table: &Table, since: Option<i64>) -> String {
    let source = sources::of(table);
    let columns: Vec<String> = table.columns.iter().map(|column| format!("t.\"{}\"", column.name)).collect();
    let filter = since.and_then(|time| sources::since(table, time)).map(|since| format!(" WHERE {since}"));
    let order = sources::order(table);
    format!("SELECT {} FROM ({source}) AS t{} ORDER BY {order}", columns.join(", "), filter.unwrap_or_default())
}

/// A value as SQLite has it.
enum Exported<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, [u8]>),
    Blob(&'a [u8]),
}

impl<'a> Exported<'a> {
    fn of(row: &'a Row, column: usize) -> Self {
        let Some(cell) = cell(row, column) else { return Self::Null };
        match row.columns().get(column).map(|column| column.type_().clone()) {
            Some(Type::INT2 | Type::INT4 | Type::INT8 | Type::BOOL) => Self::Integer(cell.integer()),
            Some(Type::FLOAT8) => Self::number(cell.real()),
            Some(Type::BYTEA) => Self::Blob(cell.bytes()),
            _ => Self::Text(unescaped(cell.bytes())),
        }
    }

    /// Whole coordinates are written as integers.
    fn number(value: f64) -> Self {
        const BEYOND: f64 = 9_223_372_036_854_775_808.0;
        if value.fract() == 0.0 && value > -BEYOND && value < BEYOND {
            Self::Integer(value as i64)
        } else {
            Self::Real(value)
        }
    }

    fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(text) => ValueRef::Text(text),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_rows_come_as_are_about_a_piece_of_the_text() {
        assert_eq!(next_most(64, 64 * 1_024), 512);
        assert_eq!(next_most(2_000, 2_000 * 100), MOST);
        assert_eq!(next_most(64, 64 << 20), 1);
        assert_eq!(next_most(1, 0), 8);
    }
}
