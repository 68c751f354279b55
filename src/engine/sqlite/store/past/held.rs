//! What a store keeps for boards of the past.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::sql::Sql;
use crate::engine::past_boards::Read;
use crate::engine::sqlite::store::compiled::Compiled;

#[derive(Default)]
pub struct Past {
    /// The compiled statements.
    pub(super) statements: Compiled<{ Sql::ALL.len() }>,
    /// The board that was read last.
    pub(super) board: RefCell<Option<Rc<Read>>>,
    /// How many changes this connection has made since it last checked whether a board is to be kept.
    pub(super) changes: Cell<i64>,
    /// The log's last row when the transaction began, if that holds the write lock from the start.
    pub(super) began: Cell<Option<i64>>,
}
