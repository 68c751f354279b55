//! What this engine can't store of the staged lines: values of another type than a column has here, ids that are NULL, texts too long for
//! an index.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::engine::Refused;
use crate::engine::postgres::client::value::stored_bytes;
use crate::engine::postgres::store::sized::MAX_INDEXED;
use crate::engine::transfer::tables::{Column, Kind, TABLES, Table};
use crate::error::Result;

/// The largest number that a row may have: JavaScript's largest safe integer, so that executions leave room for the keys of runs.
const MOST: i64 = (1 << 53) - 1;
/// Columns that are in indexes, and that may be text of any length in lines.
const INDEXED: &[(&str, &[&str])] = &[
    ("zones", &["id", "created_at"]),
    ("worktrees", &["id", "status", "created_at"]),
    ("worktree_zones", &["worktree_id", "zone_id"]),
    ("zone_executions", &["id", "zone_id", "worktree_id"]),
    ("run_limits", &["zone_id", "agent_type"]),
    ("budgets", &["id"]),
    ("worktree_costs", &["worktree_id"]),
    ("archived_worktrees", &["id", "zone_id"]),
    ("archived_executions", &["id", "zone_id"]),
    ("executions_pruned", &["worktree_id", "zone_id"]),
    ("runs", &["id", "zone_id", "worktree_id", "idempotency_key", "parent_run_id"]),
    ("run_models", &["model"]),
    ("usage_events", &["event_id"]),
    ("moves", &["worktree_id", "from_zone_id", "to_zone_id"]),
];

/// The type of a column here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Integer,
    Real,
    Text,
    Bytes,
}

impl Type {
    pub fn of(column: &Column) -> Self {
        match (column.affinity, column.name) {
            ("BLOB", _) => Self::Bytes,
            (_, "position_x" | "position_y" | "size_width" | "size_height") => Self::Real,
            ("INTEGER", _) => Self::Integer,
            _ => Self::Text,
        }
    }

    /// The same, as the server's.
    pub const fn of_server(self) -> tokio_postgres::types::Type {
        use tokio_postgres::types::Type;
        match self {
            Self::Integer => Type::INT8,
            Self::Real => Type::FLOAT8,
            Self::Text => Type::TEXT,
            Self::Bytes => Type::BYTEA,
        }
    }
}

/// The first lines with such a value.
pub(super) fn misfits(stage: &Connection, most: usize) -> Result<Vec<Refused>> {
    let mut found = Vec::new();
    for table in TABLES {
        if found.len() >= most {
            break;
        }
        let columns: Vec<String> = table.columns.iter().map(staged_name).collect();
        let sql = format!("SELECT line, {} FROM \"{}\" ORDER BY line", columns.join(", "), table.name);
        let mut statement = stage.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut why = None;
            for (nth, column) in table.columns.iter().enumerate() {
                why = why.or_else(|| row.get_ref(nth + 1).ok().and_then(|value| misfit(table, column, value)));
            }
            let Some(why) = why else { continue };
            let named = ["id", "worktree_id", "history", "run"]
                .iter()
                .find_map(|key| table.columns.iter().position(|of| of.name == *key));
            let name = named.and_then(|at| row.get_ref(at + 1).ok()).map(shown).unwrap_or_default();
            found.push(Refused {
                line: row.get::<_, i64>(0)? as u64,
                table: table.name,
                why: format!("{} {name}: {why}", table.name),
            });
            if found.len() >= most {
                break;
            }
        }
    }
    Ok(found)
}

/// The name of a column in the staging file.
pub(super) fn staged_name(column: &Column) -> String {
    if column.name == "rowid" { "at_row".into() } else { format!("\"{}\"", column.name) }
}

fn misfit(table: &Table, column: &Column, value: ValueRef<'_>) -> Option<String> {
    let must = match (Type::of(column), value) {
        (_, ValueRef::Null) if column.kind == Kind::Any && column.name == "id" => "text",
        (_, ValueRef::Null) | (Type::Bytes, ValueRef::Blob(_)) | (Type::Real, ValueRef::Real(_)) => return None,
        (Type::Integer, ValueRef::Integer(number)) if column.name != "rowid" || (-MOST..=MOST).contains(&number) => {
            return None;
        }
        (Type::Integer, ValueRef::Integer(_)) => "from -(2^53 - 1) to 2^53 - 1",
        (Type::Real, ValueRef::Integer(number)) if number as f64 as i128 == i128::from(number) => return None,
        (Type::Real, ValueRef::Integer(_)) => "a number that a double has",
        (Type::Text, ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) if text.len() <= MAX_INDEXED / 2 || !is_indexed(table, column) => return None,
            Ok(text) if stored_bytes(text) <= MAX_INDEXED => return None,
            Ok(_) => "at most 2600 bytes of UTF-8",
            Err(_) => "UTF-8",
        },
        (Type::Integer, _) => "a whole number",
        (Type::Real, _) => "a number",
        (Type::Text, _) => "text",
        (Type::Bytes, _) => "a blob",
    };
    Some(format!("{:?} must be {must} on PostgreSQL, got {}", column.name, shown(value)))
}

fn is_indexed(table: &Table, column: &Column) -> bool {
    INDEXED.iter().any(|(name, columns)| *name == table.name && columns.contains(&column.name))
}

/// A value, abbreviated.
fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".into(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(bytes) if bytes.len() <= 60 => format!("{:?}", String::from_utf8_lossy(bytes)),
        ValueRef::Text(bytes) => format!("a text of {} bytes", bytes.len()),
        ValueRef::Blob(_) => "a blob".into(),
    }
}
