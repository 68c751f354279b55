//! Lists that did not fit one batch.

use std::rc::Rc;

use crate::engine::sqlite::driver::Statement;
use crate::engine::{beside_rows, past_boards};

/// A list that is not read to its end.
pub enum Unfinished {
    /// Of a statement's rows.
    Rows(Rc<Statement>),
    /// The same, and what stands beside them.
    Beside(Rc<Statement>, Rc<beside_rows::Rows>),
    /// Of a board of the past.
    Past(past_boards::Rest),
}
