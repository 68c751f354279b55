//! The compiled statements of runs.

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

pub type Statements = Compiled<{ Sql::ALL.len() }>;
