//! Values on their way to the server, and the escape that text has there.
//!
//! PostgreSQL's text can have every character but U+0000, JavaScript's every one. An escape stands for it that keeps the order
//! in which texts are compared: U+0000 is written as U+0001 U+0001, U+0001 as U+0001 U+0002.

use std::borrow::Cow;
use std::error::Error;

use bytes::BufMut;
use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

pub use super::row::{cell, columns_of, integer, is_null, push_cells, push_row, push_row_of, stored, text_of};
use crate::model::Stored;

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
    /// Texts that it owns.
    OwnTexts(Vec<String>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// 64-bit integers.
    Integers(Vec<i64>),
    /// 32-bit integers.
    Numbers(Vec<i32>),
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

impl From<Vec<i64>> for Value<'_> {
    fn from(integers: Vec<i64>) -> Self {
        Self::Integers(integers)
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
    /// A field's stored value, as its column's type.
    pub fn of(stored: &'a Stored<'_>, column: &Type) -> Self {
        match stored {
            Stored::Null => Self::Null(column.clone()),
            Stored::Integer(value) if *column == Type::FLOAT8 => Self::Real(*value as f64),
            Stored::Integer(value) => Self::Integer(*value),
            // A column has one zero: -0 becomes 0.
            Stored::Real(value) => Self::Real(*value + 0.0),
            Stored::Text(text) => Self::Text(Cow::Borrowed(text)),
        }
    }

    /// About how many bytes it is on its way.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Null(_) => 0,
            Self::Integer(_) | Self::Real(_) | Self::Flag(_) => 8,
            Self::Text(text) => text.len(),
            Self::Texts(texts) => texts.iter().map(|text| text.len()).sum(),
            Self::OwnTexts(texts) => texts.iter().map(String::len).sum(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Integers(integers) => 8 * integers.len(),
            Self::Numbers(numbers) => 8 * numbers.len(),
        }
    }

    /// The same, owned; `None` for what belongs to no single row.
    pub fn owned(&self) -> Option<Value<'static>> {
        Some(match self {
            Self::Null(kind) => Value::Null(kind.clone()),
            Self::Integer(value) => Value::Integer(*value),
            Self::Real(value) => Value::Real(*value),
            Self::Flag(value) => Value::Flag(*value),
            Self::Text(text) => Value::Text(Cow::Owned(text.to_string())),
            Self::OwnTexts(texts) => Value::OwnTexts(texts.clone()),
            Self::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Self::Numbers(numbers) => Value::Numbers(numbers.clone()),
            Self::Texts(_) | Self::Integers(_) => return None,
        })
    }

    /// Texts, copied.
    #[must_use]
    pub fn from_texts(texts: &[String]) -> Value<'static> {
        Value::OwnTexts(texts.to_vec())
    }

    /// Its type in the statement.
    pub fn kind(&self) -> Type {
        match self {
            Self::Null(kind) => kind.clone(),
            Self::Integer(_) => Type::INT8,
            Self::Real(_) => Type::FLOAT8,
            Self::Flag(_) => Type::BOOL,
            Self::Text(_) => Type::TEXT,
            Self::Texts(_) | Self::OwnTexts(_) => Type::TEXT_ARRAY,
            Self::Bytes(_) => Type::BYTEA,
            Self::Integers(_) => Type::INT8_ARRAY,
            Self::Numbers(_) => Type::INT4_ARRAY,
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
            Self::OwnTexts(texts) => {
                return texts.iter().map(|text| escaped(text)).collect::<Vec<_>>().to_sql(kind, out);
            }
            Self::Bytes(bytes) => out.put_slice(bytes),
            Self::Numbers(numbers) => return numbers.to_sql(kind, out),
            Self::Texts(texts) => {
                return texts.iter().map(|text| escaped(text)).collect::<Vec<_>>().to_sql(kind, out);
            }
            Self::Integers(integers) => return integers.to_sql(kind, out),
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

/// The text that was escaped.
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
