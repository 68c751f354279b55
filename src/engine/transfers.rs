//! Boards that are taken along.

use std::path::Path;

use tempfile::TempPath;

use crate::error::Result;

/// In which form a board is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// All of it, a row a line.
    Jsonl,
    /// What ran, as spans of OpenTelemetry.
    OtlpJson,
}

/// What is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// In which form.
    pub format: Format,
    /// What ran, and what moved, at this time or later, in milliseconds; all of it without one.
    pub since: Option<i64>,
}

/// Takes a piece of the text, and how many lines there are with it; an error stops the work.
pub type Sink<'a> = &'a mut dyn FnMut(Vec<u8>, u64) -> Result<()>;

/// Opens a board on a connection of its own, in the thread that works with it; what goes with it is thrown away behind it.
pub type Source = Box<dyn FnOnce() -> Result<(Box<dyn Transfers>, Option<TempPath>)> + Send>;

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many lines the board had already.
    pub equal: u64,
    /// How many rows each table got.
    pub added: Vec<(&'static str, u64)>,
}

/// A line that an engine can't have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its number, from 1 on.
    pub line: u64,
    /// The table that it is of.
    pub table: &'static str,
    /// What it is about, and why.
    pub why: String,
}

/// What an engine does with boards that are taken along, on a connection that does nothing else meanwhile.
pub trait Transfers {
    /// Opens the board once more, in another thread; `None` of one that its binding opens by the path of a file.
    fn elsewhere(&self) -> Option<Source> {
        None
    }

    /// About how many lines an export will have.
    ///
    /// # Errors
    /// The engine's error.
    fn about_lines(&self) -> Result<u64>;

    /// Writes all of the board, of one state, whatever others do meanwhile.
    ///
    /// # Errors
    /// `ERR_SCHEMA_OLDER`; the engine's error; what the sink says.
    fn export(&self, wanted: Wanted, sink: Sink<'_>) -> Result<()>;

    /// Makes what was staged in a file part of the board, all or nothing.
    ///
    /// # Errors
    /// `ERR_CONFLICT` with the line, where the board has something otherwise; `ERR_IMPORT` with the line of what this engine can't have;
    /// `ERR_SCHEMA_OLDER`; a `TypeError` within a transaction; the engine's error.
    fn take_staged(&self, staged: &Path) -> Result<Imported>;

    /// The first of the lines that were staged, and which this engine can't have. Nothing is changed.
    ///
    /// # Errors
    /// The engine's error.
    fn refused_of(&self, staged: &Path, most: usize) -> Result<Vec<Refused>> {
        let _ = (staged, most);
        Ok(Vec::new())
    }
}
