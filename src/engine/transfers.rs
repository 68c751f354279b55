//! Export and import of boards.

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

/// Takes a piece of the text, and how many lines there are up to its end; an error stops the work.
pub type Sink<'a> = &'a mut dyn FnMut(Vec<u8>, u64) -> Result<()>;

/// Opens a board on a connection of its own, in the thread that works with it; a temporary file that it lies in is removed after it.
pub type Source = Box<dyn FnOnce() -> Result<(Box<dyn Transfers>, Option<TempPath>)> + Send>;

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many lines the board had already.
    pub equal: u64,
    /// How many rows each table got.
    pub added: Vec<(&'static str, u64)>,
}

/// A line that an engine can't store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its number, from 1 on.
    pub line: u64,
    /// The table that it is of.
    pub table: &'static str,
    /// What it is about, and why.
    pub why: String,
}

/// What an engine does to export and import a board, on a connection that does nothing else meanwhile.
pub trait Transfers {
    /// Opens the board once more, in another thread; `None` for one that the binding opens by the path of its file.
    fn elsewhere(&self) -> Option<Source> {
        None
    }

    /// About how many lines an export will have.
    ///
    /// # Errors
    /// The engine's error.
    fn about_lines(&self) -> Result<u64>;

    /// Writes all of the board from one snapshot, whatever others do meanwhile.
    ///
    /// # Errors
    /// `ERR_SCHEMA_OLDER`; the engine's error; what the sink says.
    fn export(&self, wanted: Wanted, sink: Sink<'_>) -> Result<()>;

    /// Makes what was staged in a file part of the board, all or nothing.
    ///
    /// # Errors
    /// `ERR_CONFLICT` with a line that conflicts with a row of the board; `ERR_IMPORT` with one that this engine can't store;
    /// `ERR_SCHEMA_OLDER`; a `TypeError` within a transaction; the engine's error.
    fn take_staged(&self, staged: &Path) -> Result<Imported>;

    /// The first of the staged lines that this engine can't store, at most `most`. Nothing is changed.
    ///
    /// # Errors
    /// The engine's error.
    fn refused_of(&self, staged: &Path, most: usize) -> Result<Vec<Refused>> {
        let _ = (staged, most);
        Ok(Vec::new())
    }
}
