//! Lists that did not fit one batch.

use std::rc::Rc;

use super::{beside, past};
use crate::engine::sqlite::driver::Statement;

/// A list that is to be read on.
pub enum Unfinished {
    /// Of a statement's rows.
    Rows(Rc<Statement>),
    /// The same, and what stands beside them.
    Beside(Rc<Statement>, Rc<beside::Rows>),
    /// Of a board of the past.
    Past(past::Rest),
}
