//! The compiled statements of the archive.

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

pub type Statements = Compiled<{ Sql::ALL.len() }>;
