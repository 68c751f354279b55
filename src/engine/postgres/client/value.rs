//! Values on their way to the server and back.
//!
//! PostgreSQL's text can have every character but U+0000, JavaScript's every one. An escape stands for it that keeps the order
//! in which texts are compared: U+0000 is written as U+0001 U+0001, U+0001 as U+0001 U+0002.

use std::borrow::Cow;
use std::error::Error;

use bytes::BufMut;
use bytes::BytesMut;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::model::Stored;
use crate::rows::Batch;

/// A value that a statement is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL, of a type.
    Null(Type),
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Yes or no.
    Flag(bool),
    /// Text.
    Text(Cow<'a, str>),
    /// Texts.
    Texts(Vec<&'a str>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null(Type::TEXT), |text| Self::Text(Cow::Owned(text)))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null(Type::TEXT), Self::from)
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(integer: Option<i64>) -> Self {
        integer.map_or(Self::Null(Type::INT8), Self::Integer)
    }
}

impl<'a> Value<'a> {
    /// What is stored of a field, of a column's type.
    pub fn of(stored: &'a Stored<'_>, column: &Type) -> Self {
        match stored {
            Stored::Null => Self::Null(column.clone()),
            Stored::Integer(value) if *column == Type::FLOAT8 => Self::Real(*value as f64),
            Stored::Integer(value) => Self::Integer(*value),
            // A column has one zero.
            Stored::Real(value) => Self::Real(*value + 0.0),
            Stored::Text(text) => Self::Text(Cow::Borrowed(text)),
        }
    }

    /// Its type in the statement.
    pub fn kind(&self) -> Type {
        match self {
            Self::Null(kind) => kind.clone(),
            Self::Integer(_) => Type::INT8,
            Self::Real(_) => Type::FLOAT8,
            Self::Flag(_) => Type::BOOL,
            Self::Text(_) => Type::TEXT,
            Self::Texts(_) => Type::TEXT_ARRAY,
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null(_) => return Ok(IsNull::Yes),
            Self::Integer(value) => out.put_i64(*value),
            Self::Real(value) => out.put_f64(*value),
            Self::Flag(value) => out.put_u8((*value).into()),
            Self::Text(text) => out.put_slice(escaped(text).as_bytes()),
            Self::Texts(texts) => {
                return texts.iter().map(|text| escaped(text)).collect::<Vec<_>>().to_sql(kind, out);
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        // Statements are sent with the types of their values.
        true
    }

    to_sql_checked!();
}

/// A text as PostgreSQL can have it.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte <= 1) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => escaped.push_str("\u{1}\u{1}"),
            '\u{1}' => escaped.push_str("\u{1}\u{2}"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// How many bytes a text takes as PostgreSQL has it.
#[must_use]
pub fn stored_bytes(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| *byte <= 1).count()
}

/// What was escaped.
#[must_use]
pub fn unescaped(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&1) {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        // What others wrote without an escape is taken as it is.
        plain.push(if *byte == 1 {
            match rest.as_slice().first() {
                Some(next @ (1 | 2)) => {
                    rest.next();
                    next - 1
                }
                _ => 1,
            }
        } else {
            *byte
        });
    }
    Cow::Owned(plain)
}

/// A cell as it came.
pub struct Cell<'a> {
    kind: Type,
    bytes: &'a [u8],
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(kind: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self { kind: kind.clone(), bytes })
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Cell<'_> {
    fn number<const N: usize>(&self) -> [u8; N] {
        self.bytes.try_into().unwrap_or([0; N])
    }

    /// A whole number of whichever width.
    #[must_use]
    pub fn integer(&self) -> i64 {
        match self.kind {
            Type::INT2 => i16::from_be_bytes(self.number()).into(),
            Type::INT4 => i32::from_be_bytes(self.number()).into(),
            Type::BOOL => i64::from(self.bytes == [1]),
            _ => i64::from_be_bytes(self.number()),
        }
    }

    fn push(&self, batch: &mut Batch) {
        match self.kind {
            Type::INT2 | Type::INT4 | Type::INT8 | Type::BOOL => batch.push_integer(self.integer(), false),
            Type::FLOAT8 => batch.push_real(f64::from_be_bytes(self.number())),
            _ => batch.push_text(&unescaped(self.bytes)),
        }
    }
}

/// A cell of a row; `None` for NULL.
#[must_use]
pub fn cell(row: &Row, column: usize) -> Option<Cell<'_>> {
    row.try_get::<_, Option<Cell<'_>>>(column).ok().flatten()
}

/// A whole number of a row; 0 where it has none.
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
    cell(row, column).map(|cell| String::from_utf8_lossy(&unescaped(cell.bytes)).into_owned())
}

/// A cell as the model has it.
#[must_use]
pub fn stored(row: &Row, column: usize) -> Stored<'static> {
    let Some(cell) = cell(row, column) else { return Stored::Null };
    match cell.kind {
        Type::INT2 | Type::INT4 | Type::INT8 | Type::BOOL => Stored::Integer(cell.integer()),
        Type::FLOAT8 => Stored::Real(f64::from_be_bytes(cell.number())),
        _ => Stored::Text(text_of(row, column).unwrap_or_default().into()),
    }
}

/// Appends some of a row's cells.
pub fn push_cells(row: &Row, columns: std::ops::Range<usize>, batch: &mut Batch) {
    for column in columns {
        match cell(row, column) {
            Some(cell) => cell.push(batch),
            None => batch.push_null(),
        }
    }
}

/// Appends a row.
pub fn push_row(row: &Row, batch: &mut Batch) {
    push_cells(row, 0..row.len(), batch);
    batch.end_row();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_keeps_its_place() {
        let mut texts: Vec<String> = Vec::new();
        let letters = ['\0', '\u{1}', '\u{2}', 'a', 'é'];
        for one in letters {
            texts.push(one.to_string());
            for two in letters {
                texts.push([one, two].iter().collect());
                texts.extend(letters.map(|three| [one, two, three].iter().collect::<String>()));
            }
        }
        for text in &texts {
            let stored = escaped(text);
            assert!(!stored.contains('\0'));
            assert_eq!(stored_bytes(text), stored.len());
            assert_eq!(*unescaped(stored.as_bytes()), *text.as_bytes());
            for other in &texts {
                assert_eq!(text.cmp(other), escaped(text).cmp(&escaped(other)), "{text:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_character_that_others_wrote_without_an_escape_is_read() {
        assert_eq!(*unescaped(b"a\x01b"), *b"a\x01b");
        assert_eq!(*unescaped(b"a\x01"), *b"a\x01");
    }
}
