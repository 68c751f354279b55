//! A value of SQLite as JSON, and back, to the bit: whole numbers without a point, others with one, text as text. What JSON can't
//! say is an object: `{"blob":"00ff"}`, `{"text":"ff"}` (text that is no UTF-8), `{"real":"Infinity"}`.

use std::borrow::Cow;
use std::fmt;
use std::io::Write;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Result as SqlResult, ToSql};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// A value that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Text that is no UTF-8.
    Bytes(Vec<u8>),
    /// A blob.
    Blob(Vec<u8>),
}

/// Appends a value.
pub fn push(out: &mut Vec<u8>, value: ValueRef<'_>) {
    // Writing to memory does not fail.
    let _ = match value {
        ValueRef::Null => out.write_all(b"null"),
        ValueRef::Integer(value) => write!(out, "{value}"),
        ValueRef::Real(value) if value.is_finite() => write!(out, "{value:?}"),
        ValueRef::Real(value) if value > 0.0 => out.write_all(b"{\"real\":\"Infinity\"}"),
        ValueRef::Real(_) => out.write_all(b"{\"real\":\"-Infinity\"}"),
        ValueRef::Text(bytes) => {
            match std::str::from_utf8(bytes) {
                Ok(text) => push_text(out, text),
                Err(_) => push_hex(out, "text", bytes),
            }
            Ok(())
        }
        ValueRef::Blob(bytes) => {
            push_hex(out, "blob", bytes);
            Ok(())
        }
    };
}

fn push_hex(out: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let _ = write!(out, "{{\"{name}\":\"");
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out.extend_from_slice(b"\"}");
}

/// Appends a text as JSON. What needs no escape is copied in one go.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if !ESCAPED[usize::from(byte)] {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut at = 0;
    while at < 32 {
        escaped[at] = true;
        at += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped
};

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> SqlResult<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Text(bytes),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Cell<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Cell<'de>;

    fn expecting(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        into.write_str("text, a number, null, or an object such as {\"blob\":\"00ff\"}")
    }

    fn visit_unit<E: Error>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Null)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Cell<'de>, E> {
        Ok(Cell::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Cell<'de>, E> {
        i64::try_from(value).map(Cell::Integer).map_err(|_| E::custom("a whole number of more than 64 bits"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Cell<'de>, E> {
        Ok(Cell::Real(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Cell<'de>, M::Error> {
        let wrong = || M::Error::custom("an object must be {\"blob\":…}, {\"text\":…} or {\"real\":…}");
        let (name, value): (Cow<'de, str>, Cow<'de, str>) = map.next_entry()?.ok_or_else(wrong)?;
        let of = || bytes(&value).ok_or_else(|| M::Error::custom("bytes must be pairs of hexadecimal digits"));
        let cell = match &*name {
            "blob" => Cell::Blob(of()?),
            "text" => Cell::Bytes(of()?),
            "real" if value == "Infinity" => Cell::Real(f64::INFINITY),
            "real" if value == "-Infinity" => Cell::Real(f64::NEG_INFINITY),
            _ => return Err(wrong()),
        };
        if map.next_key::<Cow<'de, str>>()?.is_some() {
            return Err(wrong());
        }
        Ok(cell)
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
