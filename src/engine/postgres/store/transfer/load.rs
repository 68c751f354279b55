//! Staged lines, on their way into temporary tables of the transaction.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use super::fits::{Type, staged_name};
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::transfer::tables::{Column, TABLES, Table};
use crate::error::Result;

/// How many rows go in one trip, and how many bytes of them.
const ROWS: usize = 250;
const BYTES: usize = 1 << 20;

/// Opens the staging file.
pub(super) fn open(staged: &Path) -> Result<Connection> {
    Ok(Connection::open_with_flags(staged, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?)
}

/// The temporary table that has the lines of a table.
pub(super) fn staged(table: &str) -> String {
    format!("pg_temp.stage_{table}")
}

impl Store {
    /// Makes these tables, and sends all lines but some. Within a transaction.
    pub(super) fn load(&self, stage: &Connection, but: &[u64]) -> Result<()> {
        for table in TABLES {
            self.write(&create(table), &[])?;
            self.load_table(stage, table, but)?;
            self.write(&format!("ANALYZE {}", staged(table.name)), &[])?;
        }
        Ok(())
    }

    fn load_table(&self, stage: &Connection, table: &Table, but: &[u64]) -> Result<()> {
        let columns: Vec<String> = table.columns.iter().map(staged_name).collect();
        let sql = format!("SELECT line, {} FROM \"{}\" ORDER BY line", columns.join(", "), table.name);
        let mut statement = stage.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let insert = insert(table);
        let (mut batch, mut bytes) = (Vec::with_capacity(ROWS), 0);
        while let Some(row) = rows.next()? {
            let line: i64 = row.get(0)?;
            if but.contains(&(line as u64)) {
                continue;
            }
            let values = values(table, line, row)?;
            bytes += values.iter().map(Value::bytes).sum::<usize>();
            batch.push(values);
            if batch.len() == ROWS || bytes >= BYTES {
                self.send_rows(&insert, &batch)?;
                batch.clear();
                bytes = 0;
            }
        }
        if batch.is_empty() { Ok(()) } else { self.send_rows(&insert, &batch) }
    }

    fn send_rows(&self, insert: &str, rows: &[Vec<Value<'static>>]) -> Result<()> {
        let steps: Vec<Step<'_>> = rows.iter().map(|values| Step::Statement(insert, values)).collect();
        self.change(true, &steps, &[]).map(drop)
    }
}

/// The columns of a temporary table: those of the lines, and one that is computed.
fn columns(table: &Table) -> Vec<(String, &'static str)> {
    let of = |column: &Column| {
        let kind = match Type::of(column) {
            Type::Integer => "bigint",
            Type::Real => "double precision",
            Type::Text => "text COLLATE \"C\"",
            Type::Bytes => "bytea",
        };
        (format!("\"{}\"", column.name), kind)
    };
    let mut all: Vec<(String, &'static str)> = vec![("line".into(), "bigint")];
    all.extend(table.columns.iter().map(of));
    if table.name == "run_output" {
        // The bytes of its text, which an escape makes longer here.
        all.push(("length".into(), "bigint"));
    }
    all
}

fn create(table: &Table) -> String {
    let columns: Vec<String> = columns(table).iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    format!("CREATE TEMP TABLE stage_{} ({}) ON COMMIT DROP", table.name, columns.join(", "))
}

fn insert(table: &Table) -> String {
    let places: Vec<String> = (1..=columns(table).len()).map(|nth| format!("${nth}")).collect();
    format!("INSERT INTO {} VALUES ({})", staged(table.name), places.join(", "))
}

fn values(table: &Table, line: i64, row: &Row<'_>) -> Result<Vec<Value<'static>>> {
    let mut values = vec![Value::Integer(line)];
    let mut length = 0;
    for (nth, column) in table.columns.iter().enumerate() {
        values.push(match (row.get_ref(nth + 1)?, Type::of(column)) {
            (ValueRef::Integer(number), Type::Real) => Value::Real(number as f64),
            (ValueRef::Integer(number), _) => Value::Integer(number),
            // A column has one zero: -0 becomes 0.
            (ValueRef::Real(number), _) => Value::Real(number + 0.0),
            (ValueRef::Text(bytes), _) => {
                length = bytes.len() as i64;
                Value::Text(String::from_utf8_lossy(bytes).into_owned().into())
            }
            (ValueRef::Blob(bytes), _) => Value::Bytes(bytes.to_vec()),
            (ValueRef::Null, kind) => Value::Null(kind.of_server()),
        });
    }
    if table.name == "run_output" {
        values.push(Value::Integer(length));
    }
    Ok(values)
}
