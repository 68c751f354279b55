//! Boards that are taken along.

use std::path::Path;

use crate::error::Result;

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many lines the board had already.
    pub equal: u64,
    /// How many rows each table got.
    pub added: Vec<(&'static str, u64)>,
}

/// What an engine does with boards that are taken along.
pub trait Transfers {
    /// Makes what was staged in a file part of the board, all or nothing.
    ///
    /// # Errors
    /// `ERR_CONFLICT` with the line, where the board has something otherwise; `ERR_SCHEMA_OLDER`; a `TypeError` within a
    /// transaction; the engine's error.
    fn take_staged(&self, staged: &Path) -> Result<Imported>;
}
