//! Reading a row from left to right.

use std::cell::Cell;

use tokio_postgres::Row;

use crate::engine::postgres::client::value::{cell, integer, is_null, text_of};

/// A row; each read is of the next column.
pub struct Reader<'a> {
    row: &'a Row,
    next: Cell<usize>,
}

impl<'a> Reader<'a> {
    pub fn of(row: &'a Row) -> Self {
        Self { row, next: Cell::new(0) }
    }

    fn column(&self) -> usize {
        self.next.replace(self.next.get() + 1)
    }

    pub fn integer(&self) -> i64 {
        integer(self.row, self.column())
    }

    pub fn integer_or_null(&self) -> Option<i64> {
        cell(self.row, self.column()).map(|cell| cell.integer())
    }

    pub fn is(&self) -> bool {
        self.integer() != 0
    }

    pub fn is_there(&self) -> bool {
        !is_null(self.row, self.column())
    }

    /// An array; empty where there is none.
    pub fn integers(&self) -> Vec<i64> {
        self.row.try_get::<_, Option<Vec<i64>>>(self.column()).ok().flatten().unwrap_or_default()
    }

    pub fn text(&self) -> String {
        self.text_or_null().unwrap_or_default()
    }

    pub fn text_or_null(&self) -> Option<String> {
        text_of(self.row, self.column())
    }
}
