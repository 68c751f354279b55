//! The compiled statements of what is beside the board.

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

pub type Statements = Compiled<{ Sql::ALL.len() }>;
