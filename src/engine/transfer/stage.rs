//! Takes lines into a file of their own, each checked as it comes. Nothing of the board is touched.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, params_from_iter};
use sha2::{Digest, Sha256};

use super::cell::Cell;
use super::form::{FORMAT, SCHEMA, VERSION};
use super::line::Line;
use super::references;
use super::refused::refused;
use super::tables::{Column, Kind, TABLES, Table};
use crate::engine::sha256::hex;
use crate::error::Result;

/// The longest line: a row of SQLite's longest values is shorter.
const LONGEST: usize = 1 << 30;
/// How many lines are written in a transaction.
const BATCH: u64 = 20_000;

/// Where it is in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Header,
    Rows,
    End,
}

/// Lines as they come in.
pub struct Stage {
    connection: Connection,
    inserts: Vec<String>,
    at: At,
    line: u64,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
    hash: Sha256,
}

impl Stage {
    /// Begins, in an empty file.
    pub fn begin(file: &Path) -> Result<Self> {
        let connection = Connection::open(file)?;
        // Whatever happens to it, it is thrown away.
        connection
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE")?;
        for table in TABLES {
            connection.execute_batch(&create(table))?;
        }
        connection.execute_batch("BEGIN")?;
        connection.set_prepared_statement_cache_capacity(TABLES.len() + 8);
        let inserts = TABLES.iter().map(insert).collect();
        Ok(Self { connection, inserts, at: At::Header, line: 0, begun: Vec::new(), hash: Sha256::new() })
    }

    /// Takes a piece of the text; returns how many lines there were so far.
    pub fn take(&mut self, mut piece: &[u8]) -> Result<u64> {
        while let Some(end) = piece.iter().position(|&byte| byte == b'\n') {
            let (line, rest) = (&piece[..end], &piece[end + 1..]);
            if self.begun.is_empty() {
                self.line(line)?;
            } else {
                let mut whole = std::mem::take(&mut self.begun);
                whole.extend_from_slice(line);
                self.line(&whole)?;
            }
            piece = rest;
        }
        if self.begun.len() + piece.len() > LONGEST {
            return Err(refused(self.line + 1, "it is longer than 1 GiB"));
        }
        self.begun.extend_from_slice(piece);
        Ok(self.line)
    }

    /// The text is at its end; returns how many lines it had.
    pub fn finish(mut self) -> Result<u64> {
        if !self.begun.is_empty() {
            let last = std::mem::take(&mut self.begun);
            self.line(&last)?;
        }
        match self.at {
            At::Header => return Err(refused(1, "there is no line: an export begins with a header")),
            At::Rows => {
                return Err(refused(
                    self.line + 1,
                    "it is missing: an export ends with {\"end\":…}, this one was cut off",
                ));
            }
            At::End => {}
        }
        references::check(&self.connection)?;
        self.connection.execute_batch("COMMIT")?;
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(self.line)
    }

    fn line(&mut self, text: &[u8]) -> Result<()> {
        self.line += 1;
        let number = self.line;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if self.at == At::End {
            return Err(refused(number, "it is behind the end"));
        }
        let line: Line<'_> = serde_json::from_slice(text).map_err(|error| refused(number, &explained(&error)))?;
        match self.at {
            At::Header => header(number, &line)?,
            _ if line.get("end").is_some() => {
                self.check_end(number, &line)?;
                self.at = At::End;
                return Ok(());
            }
            _ => self.row(number, &line)?,
        }
        self.at = At::Rows;
        self.hash.update(text);
        self.hash.update(b"\n");
        if number.is_multiple_of(BATCH) {
            self.connection.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(())
    }

    fn check_end(&self, number: u64, line: &Line<'_>) -> Result<()> {
        let lines = line.integer("end").and_then(|lines| u64::try_from(lines).ok());
        if lines != Some(number - 1) {
            let why = format!("the end counts {} lines before it, there are {}", shown(line.get("end")), number - 1);
            return Err(refused(number, &why));
        }
        for (key, _) in &line.0 {
            if key != "end" && key != "sha256" {
                return Err(refused(number, &format!("{key:?} is no key of the end")));
            }
        }
        // Lines that were written by hand need no checksum.
        match line.get("sha256") {
            None | Some(Cell::Null) => Ok(()),
            Some(Cell::Text(sum)) if *sum == hex(self.hash.clone()) => Ok(()),
            Some(_) => {
                Err(refused(number, "the lines before it are not those that were written: their sha256 is another"))
            }
        }
    }

    fn row(&mut self, number: u64, line: &Line<'_>) -> Result<()> {
        let name = line.text("table").ok_or_else(|| refused(number, "it has no \"table\""))?;
        let Some(nth) = Table::named(name) else {
            return Err(refused(number, &format!("{name:?} is no table of a board")));
        };
        let table = &TABLES[nth];
        let values = values(number, table, line)?;
        let mut statement = self.connection.prepare_cached(&self.inserts[nth])?;
        let all = std::iter::once(&Cell::Integer(number as i64)).chain(values).map(Clone::clone).collect::<Vec<_>>();
        match statement.execute(params_from_iter(all)) {
            Ok(_) => Ok(()),
            Err(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == rusqlite::ErrorCode::ConstraintViolation =>
            {
                Err(refused(number, &format!("an earlier line of {name} has the same {}", unique(table))))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The values in the order of the columns. Each column is there once, and nothing else is.
fn values<'line, 'a>(number: u64, table: &Table, line: &'line Line<'a>) -> Result<Vec<&'line Cell<'a>>> {
    let mut values = Vec::with_capacity(table.columns.len());
    for (nth, column) in table.columns.iter().enumerate() {
        // As a rule they are in the order in which an export writes them.
        let value = match line.0.get(nth + 1) {
            Some((key, value)) if key == column.name => Some(value),
            _ => line.get(column.name),
        };
        let value = value.ok_or_else(|| refused(number, &format!("it has no {:?}", column.name)))?;
        if let Some(why) = wrong(column, value) {
            return Err(refused(number, &format!("{:?} must be {why}, got {}", column.name, shown(Some(value)))));
        }
        values.push(value);
    }
    if line.0.len() != values.len() + 1 {
        let (mut seen, mut strange) = (HashSet::new(), "");
        for (key, _) in &line.0 {
            if !seen.insert(&**key) || (key != "table" && !is_column(table, key)) {
                strange = key;
            }
        }
        return Err(refused(number, &format!("{strange:?} is no key of {}, or there twice", table.name)));
    }
    Ok(values)
}

fn is_column(table: &Table, key: &str) -> bool {
    table.columns.iter().any(|column| column.name == key)
}

/// What a column must be, where it isn't.
fn wrong(column: &Column, value: &Cell<'_>) -> Option<String> {
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let quoted = |words: &[&str]| words.join(", ");
    let must = match (column.kind, value) {
        (Kind::Any, _)
        | (Kind::MaybeInteger | Kind::MaybeText | Kind::MaybeJson | Kind::MaybeWord(_), Cell::Null)
        | (Kind::Integer | Kind::MaybeInteger, Cell::Integer(_))
        | (Kind::Text | Kind::MaybeText, Cell::Text(_) | Cell::Bytes(_)) => return None,
        (Kind::Some, value) if *value != Cell::Null => return None,
        (Kind::From(least), Cell::Integer(value)) if *value >= least => return None,
        (Kind::Json | Kind::MaybeJson, Cell::Text(text)) if is_json(text) => return None,
        (Kind::Word(words) | Kind::MaybeWord(words), Cell::Text(text)) if words.contains(&&**text) => return None,
        (Kind::Some, _) => "a value".to_owned(),
        (Kind::Integer, _) => "a whole number".to_owned(),
        (Kind::MaybeInteger, _) => "a whole number or null".to_owned(),
        (Kind::From(least), _) => format!("a whole number from {least} on"),
        (Kind::Text, _) => "text".to_owned(),
        (Kind::MaybeText, _) => "text or null".to_owned(),
        (Kind::Json, _) => "JSON, as text".to_owned(),
        (Kind::MaybeJson, _) => "JSON, as text, or null".to_owned(),
        (Kind::Word(words), _) => format!("one of {}", quoted(words)),
        (Kind::MaybeWord(words), _) => format!("null or one of {}", quoted(words)),
    };
    Some(must)
}

fn header(number: u64, line: &Line<'_>) -> Result<()> {
    let why = match (line.text("format"), line.integer("version"), line.integer("schema")) {
        (Some(FORMAT), Some(VERSION), Some(schema)) if schema <= SCHEMA => return Ok(()),
        (Some(FORMAT), Some(VERSION), Some(_)) => "the export is of a later version of this package",
        (Some(FORMAT), Some(_), _) => "the export is of another version of the form than this package reads (1)",
        _ => "it is no header of an export: {\"format\":\"visual-db\",\"version\":1,…}",
    };
    Err(refused(number, why))
}

fn explained(error: &serde_json::Error) -> String {
    // The line that serde_json counts is always the first.
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    format!("it is no object of values ({what}, at byte {})", error.column())
}

/// A value, short.
fn shown(value: Option<&Cell<'_>>) -> String {
    match value {
        None => "nothing".into(),
        Some(Cell::Null) => "null".into(),
        Some(Cell::Integer(value)) => value.to_string(),
        Some(Cell::Real(value)) => format!("{value:?}"),
        Some(Cell::Text(text)) if text.chars().count() > 40 => "a text".into(),
        Some(Cell::Text(text)) => format!("{text:?}"),
        Some(Cell::Bytes(_)) => "bytes that are no text".into(),
        Some(Cell::Blob(_)) => "a blob".into(),
    }
}

fn create(table: &Table) -> String {
    let columns: Vec<String> =
        table.columns.iter().map(|column| format!("\"{}\" {}", column.name, column.affinity)).collect();
    // A rowid is a column like others here, under a name that SQLite doesn't take for the rowid.
    let name = table.name;
    let mut sql = format!(
        "CREATE TABLE \"{name}\" (line INTEGER PRIMARY KEY, {});",
        columns.join(", ").replace("\"rowid\"", "at_row")
    );
    for key in unique_keys(table) {
        let key = key.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", ");
        sql.extend([format!("CREATE UNIQUE INDEX \"{name}: {}\" ON \"{name}\" ({key});", key.replace('"', ""))]);
    }
    sql
}

/// What no two rows of a table may have.
fn unique_keys(table: &Table) -> Vec<Vec<&'static str>> {
    let mut keys = vec![table.key.to_vec()];
    match table.name {
        "worktrees" => keys.extend([vec!["port"], vec!["at_row"]]),
        "zones" | "worktree_zones" | "zone_executions" => keys.push(vec!["at_row"]),
        "runs" | "moves" | "archived_worktrees" => keys.push(vec!["key"]),
        "leases" => keys.push(vec!["run"]),
        _ => {}
    }
    keys
}

fn unique(table: &Table) -> String {
    let keys = unique_keys(table).iter().map(|key| key.join(", ")).collect::<Vec<_>>();
    keys.join(" or ")
}

fn insert(table: &Table) -> String {
    let places = vec!["?"; table.columns.len() + 1].join(", ");
    format!("INSERT INTO \"{}\" VALUES ({places})", table.name)
}
