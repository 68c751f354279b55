//! Rows as they came from the server: binary, a cell's bytes at a time, straight into a batch.

use std::error::Error;

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

use super::value::unescaped;
use crate::model::Stored;
use crate::rows::Batch;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Integers of any width, and booleans.
    Integers,
    /// Doubles.
    Reals,
    /// Text, and what is sent as such.
    Texts,
}

impl Holds {
    fn of(kind: &Type) -> Self {
        match *kind {
            Type::INT2 | Type::INT4 | Type::INT8 | Type::BOOL => Self::Integers,
            Type::FLOAT8 => Self::Reals,
            _ => Self::Texts,
        }
    }

    /// What a column of a row holds.
    fn at(row: &Row, column: usize) -> Self {
        row.columns().get(column).map_or(Self::Texts, |column| Self::of(column.type_()))
    }
}

/// What each column of a row holds, found out once for all rows of a list.
#[must_use]
pub fn columns_of(row: &Row) -> Vec<Holds> {
    row.columns().iter().map(|column| Holds::of(column.type_())).collect()
}

/// A cell as it came.
pub struct Cell<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(bytes))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl<'a> Cell<'a> {
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }

    /// As an integer, of whichever width it came.
    #[must_use]
    pub fn integer(&self) -> i64 {
        match *self.0 {
            [truth] => i64::from(truth == 1),
            [a, b] => i16::from_be_bytes([a, b]).into(),
            [a, b, c, d] => i32::from_be_bytes([a, b, c, d]).into(),
            _ => i64::from_be_bytes(self.0.try_into().unwrap_or_default()),
        }
    }

    /// As a double.
    #[must_use]
    pub fn real(&self) -> f64 {
        f64::from_be_bytes(self.0.try_into().unwrap_or_default())
    }

    fn push(&self, holds: Holds, batch: &mut Batch) {
        match holds {
            Holds::Integers => batch.push_integer(self.integer(), false),
            Holds::Reals => batch.push_real(self.real()),
            Holds::Texts => batch.push_text(&unescaped(self.0)),
        }
    }
}

/// A cell of a row; `None` for NULL.
#[must_use]
pub fn cell(row: &Row, column: usize) -> Option<Cell<'_>> {
    row.try_get::<_, Option<Cell<'_>>>(column).ok().flatten()
}

/// An integer of a row; 0 for NULL.
#[must_use]
pub fn integer(row: &Row, column: usize) -> i64 {
    cell(row, column).map_or(0, |cell| cell.integer())
}

/// Whether a cell is NULL.
#[must_use]
pub fn is_null(row: &Row, column: usize) -> bool {
    cell(row, column).is_none()
}

/// A text of a row; `None` for NULL.
#[must_use]
pub fn text_of(row: &Row, column: usize) -> Option<String> {
    cell(row, column).map(|cell| String::from_utf8_lossy(&unescaped(cell.0)).into_owned())
}

/// A cell as the model has it.
#[must_use]
pub fn stored(row: &Row, column: usize) -> Stored<'static> {
    let Some(cell) = cell(row, column) else { return Stored::Null };
    match Holds::at(row, column) {
        Holds::Integers => Stored::Integer(cell.integer()),
        Holds::Reals => Stored::Real(cell.real()),
        Holds::Texts => Stored::Text(text_of(row, column).unwrap_or_default().into()),
    }
}

/// Appends some of a row's cells.
pub fn push_cells(row: &Row, columns: std::ops::Range<usize>, batch: &mut Batch) {
    for column in columns {
        push_cell(row, column, Holds::at(row, column), batch);
    }
}

/// Appends a row.
pub fn push_row(row: &Row, batch: &mut Batch) {
    push_row_of(row, &columns_of(row), batch);
}

/// Appends a row whose columns hold these.
pub fn push_row_of(row: &Row, columns: &[Holds], batch: &mut Batch) {
    push_columns(row, columns, batch);
    batch.end_row();
}

fn push_columns(row: &Row, columns: &[Holds], batch: &mut Batch) {
    for (column, holds) in columns.iter().enumerate() {
        push_cell(row, column, *holds, batch);
    }
}

fn push_cell(row: &Row, column: usize, holds: Holds, batch: &mut Batch) {
    match cell(row, column) {
        Some(cell) => cell.push(holds, batch),
        None => batch.push_null(),
    }
}
