//! A function for each rule: it takes what was given for a field, and returns what is stored, or refuses it. The rule of a port is in
//! `port.rs`, that of a coordinate in `coordinate.rs`.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::given::{Field, Given};
use super::number;
use crate::error::Result;

/// What is stored for a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored<'a> {
    /// SQL NULL.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Text.
    Text(Cow<'a, str>),
}

impl<'a> From<Option<Cow<'a, str>>> for Stored<'a> {
    fn from(text: Option<Cow<'a, str>>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl<'a> From<&'a str> for Stored<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// What an id must be.
pub const ID: &str = "a non-empty string";
/// What text must be.
pub const TEXT: &str = "a string";

/// The largest text or JSON value that is accepted, in bytes of UTF-8: 64 MiB.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// An id of something that is being made or linked: a non-empty string.
///
/// # Errors
/// A `TypeError` for anything else, a `RangeError` for more than [`MAX_BYTES`].
pub fn id(field: Field, given: Given<'_>) -> Result<&str> {
    match given {
        Given::Text("") => Err(field.wrong_value(ID, &given)),
        Given::Text(text) => sized(field, text),
        _ => Err(field.wrong_type(ID, &given)),
    }
}

/// An id to look up: `undefined` and `null` find nothing.
///
/// # Errors
/// A `TypeError` for anything else that is not a string.
pub fn lookup(field: Field, given: Given<'_>) -> Result<Option<&str>> {
    match given {
        Given::Undefined | Given::Null => Ok(None),
        Given::Text(text) => Ok(Some(text)),
        _ => Err(field.wrong_type(TEXT, &given)),
    }
}

/// An id to filter by: anything falsy filters nothing.
///
/// # Errors
/// A `TypeError` for anything else that is not a string.
pub fn filter(field: Field, given: Given<'_>) -> Result<Option<&str>> {
    if given.is_falsy() { Ok(None) } else { lookup(field, given) }
}

/// Text. `undefined` and `null` are `None`; a number is stored as JavaScript writes it.
///
/// # Errors
/// A `TypeError` for anything else, a `RangeError` for more than [`MAX_BYTES`].
pub fn text(field: Field, given: Given<'_>) -> Result<Option<Cow<'_, str>>> {
    match given {
        Given::Undefined | Given::Null => Ok(None),
        Given::Text(text) => sized(field, text).map(|text| Some(Cow::Borrowed(text))),
        Given::Number(value) if value.is_finite() => Ok(Some(Cow::Owned(number::to_text(value)))),
        Given::Integer(value) => Ok(Some(Cow::Owned(value.to_string()))),
        Given::Number(_) | Given::HugeInteger => Err(field.wrong_value(TEXT, &given)),
        _ => Err(field.wrong_type(TEXT, &given)),
    }
}

/// Text that no number stands for: `undefined` and `null` are `None`.
///
/// # Errors
/// A `TypeError` for anything else that is not a string, a `RangeError` for more than [`MAX_BYTES`].
pub fn string(field: Field, given: Given<'_>) -> Result<Option<&str>> {
    match given {
        Given::Undefined | Given::Null => Ok(None),
        Given::Text(text) => sized(field, text).map(Some),
        _ => Err(field.wrong_type("a string", &given)),
    }
}

/// Text in which everything falsy means the default.
///
/// # Errors
/// As [`text`].
pub fn text_or<'a>(field: Field, given: Given<'a>, default: Option<&'a str>) -> Result<Option<Cow<'a, str>>> {
    if given.is_falsy() { Ok(default.map(Cow::Borrowed)) } else { text(field, given) }
}

/// A time that is kept as it is given; missing or empty means the default.
///
/// # Errors
/// A `TypeError` for anything that is not a string.
pub fn time<'a>(field: Field, given: Given<'a>, default: &'a str) -> Result<&'a str> {
    match given {
        Given::Undefined | Given::Null | Given::Text("") => Ok(default),
        Given::Text(text) => sized(field, text),
        _ => Err(field.wrong_type(ID, &given)),
    }
}

/// How many rows at most: an integer, or a string of one; negative means all of them, `undefined` 100.
///
/// # Errors
/// A `RangeError` for `null` and for numbers that are no integer, a `TypeError` for what is no number.
pub fn limit(field: Field, given: Given<'_>) -> Result<i64> {
    let must = "an integer";
    let refused = || field.out_of_range(must, given);
    let value = match given {
        Given::Undefined => return Ok(100),
        Given::Integer(value) => return Ok(value),
        Given::Number(value) => value,
        Given::Text(text) => number::from_text(text).ok_or_else(refused)?,
        Given::Null | Given::HugeInteger => return Err(refused()),
        Given::Boolean(_) | Given::Other(_) => return Err(field.wrong_type(must, &given)),
    };
    if value.fract() == 0.0 && value.abs() <= number::MAX_SAFE_INTEGER { Ok(value as i64) } else { Err(refused()) }
}

/// A whole number within a range, as a number or a `BigInt`. Text is none, whatever it says.
///
/// # Errors
/// A `TypeError` for what is no number, a `RangeError` for one that is not whole or out of the range.
pub fn whole(field: Field, given: Given<'_>, range: &RangeInclusive<i64>) -> Result<i64> {
    let must = || format!("an integer from {} to {}", range.start(), range.end());
    let value = match given {
        Given::Integer(value) => Some(value),
        Given::Number(value) if value.fract() == 0.0 && value.abs() <= number::MAX_SAFE_INTEGER => Some(value as i64),
        Given::Number(_) | Given::HugeInteger => None,
        _ => return Err(field.wrong_type(&must(), &given)),
    };
    value.filter(|value| range.contains(value)).ok_or_else(|| field.out_of_range(&must(), given))
}

fn sized(field: Field, text: &str) -> Result<&str> {
    if text.len() <= MAX_BYTES {
        Ok(text)
    } else {
        Err(field.out_of_range(&format!("at most {MAX_BYTES} bytes of UTF-8"), text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::refused::{code, is_range, is_type};

    const FIELD: Field = Field::new("createWorktree", "path");

    #[test]
    fn an_id_is_a_non_empty_string() {
        assert_eq!(id(FIELD, Given::Text("a")), Ok("a"));
        for given in [Given::Undefined, Given::Null, Given::Text(""), Given::Number(7.0), Given::Other("an object")] {
            assert!(is_type(id(FIELD, given)), "{given:?}");
        }
    }

    #[test]
    fn a_number_is_stored_as_javascript_writes_it() {
        assert_eq!(text(FIELD, Given::Number(123.0)), Ok(Some("123".into())));
        assert!(is_type(text(FIELD, Given::Number(f64::NAN))));
        assert!(is_type(text(FIELD, Given::Boolean(true))));
    }

    #[test]
    fn a_limit_is_an_integer_and_100_by_default() {
        assert_eq!(limit(FIELD, Given::Undefined), Ok(100));
        assert_eq!(limit(FIELD, Given::Text("5")), Ok(5));
        assert_eq!(limit(FIELD, Given::Number(-1.0)), Ok(-1));
        for given in [Given::Null, Given::Number(f64::NAN), Given::Number(1.5), Given::Text("abc")] {
            assert!(is_range(limit(FIELD, given)), "{given:?}");
        }
        assert!(is_type(limit(FIELD, Given::Boolean(true))));
    }

    #[test]
    fn the_code_tells_a_wrong_kind_from_a_wrong_value() {
        assert_eq!(code(id(FIELD, Given::Number(7.0))), Some("ERR_INVALID_ARG_TYPE"));
        assert_eq!(code(id(FIELD, Given::Text(""))), Some("ERR_INVALID_ARG_VALUE"));
        assert_eq!(code(text(FIELD, Given::Number(f64::NAN))), Some("ERR_INVALID_ARG_VALUE"));
    }
}
