//! The compiled statements that find worktrees.

use super::sql::Sql;
use crate::engine::sqlite::store::compiled::Compiled;

pub type Statements = Compiled<{ Sql::ALL.len() }>;
