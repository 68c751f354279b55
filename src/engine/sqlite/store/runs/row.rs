//! Reading a row from left to right.

use crate::engine::sqlite::driver::Statement;

/// The row that a statement stands on; each read is of the next column.
pub(super) struct Row<'a> {
    statement: &'a Statement,
    next: usize,
}

impl<'a> Row<'a> {
    pub fn of(statement: &'a Statement) -> Self {
        Self { statement, next: 0 }
    }

    fn column(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    pub fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    pub fn integer(&mut self) -> i64 {
        let column = self.column();
        self.statement.integer(column)
    }

    pub fn integer_or_null(&mut self) -> Option<i64> {
        let column = self.column();
        self.statement.integer_or_null(column)
    }

    pub fn text(&mut self) -> String {
        let column = self.column();
        self.statement.text(column)
    }

    pub fn text_or_null(&mut self) -> Option<String> {
        let column = self.column();
        self.statement.text_or_null(column)
    }

    pub fn with_text<T>(&mut self, read: impl FnOnce(&str) -> T) -> T {
        let column = self.column();
        self.statement.with_text(column, read)
    }
}
