//! The compiled statements of the search.

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

pub type Statements = Compiled<{ Sql::ALL.len() }>;
