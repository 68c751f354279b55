//! The compiled statements.

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

/// The compiled statements.
pub type Statements = Compiled<{ Sql::ALL.len() }>;
