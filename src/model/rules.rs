//! One function a rule: each takes what was given for a field and answers with what is stored, or refuses it.

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

/// The largest text or JSON value that is accepted, in bytes of UTF-8: 64 MiB.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// An id of something that is being made or linked: a non-empty string.
///
/// # Errors
/// A `TypeError` for anything else, a `RangeError` for more than [`MAX_BYTES`].
pub fn id(field: Field, given: Given<'_>) -> Result<&str> {
    match given {
        Given::Text("") => Err(field.wrong_value("a non-empty string", &given)),
        Given::Text(text) => sized(field, text),
        _ => Err(field.wrong_type("a non-empty string", &given)),
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
        _ => Err(field.wrong_type("a string", &given)),
    }
}

/// An id to filter by: whatever is falsy filters nothing.
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
        Given::Number(_) | Given::HugeInteger => Err(field.wrong_value("a string", &given)),
        _ => Err(field.wrong_type("a string", &given)),
    }
}

/// Text that nothing else stands for: `undefined` and `null` are `None`.
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
        _ => Err(field.wrong_type("a non-empty string", &given)),
    }
}

/// A port: a non-negative integer, or a string of one. `undefined` and `null` are left to SQLite's NOT NULL.
///
/// # Errors
/// A `TypeError` for what is no number, a `RangeError` for a number that is no port.
pub fn port(field: Field, given: Given<'_>) -> Result<Stored<'static>> {
    let must = "a non-negative integer";
    let value = match given {
        Given::Undefined | Given::Null => return Ok(Stored::Null),
        Given::Number(value) => value,
        Given::Integer(value) => value as f64,
        Given::HugeInteger => f64::INFINITY,
        Given::Text(text) => number::from_text(text).ok_or_else(|| field.wrong_value(must, &given))?,
        _ => return Err(field.wrong_type(must, &given)),
    };
    if value.fract() == 0.0 && (0.0..=number::MAX_SAFE_INTEGER).contains(&value) {
        Ok(Stored::Integer(value as i64))
    } else {
        Err(field.out_of_range(must, given))
    }
}

/// A coordinate or a length on the canvas: any finite number, or a string of one.
///
/// # Errors
/// A `TypeError` for anything else.
pub fn coordinate(field: Field, given: Given<'_>) -> Result<f64> {
    let must = "a finite number";
    let value = match given {
        Given::Number(value) => Some(value).filter(|value| value.is_finite()),
        Given::Integer(value) => Some(value as f64),
        Given::Text(text) => number::from_text(text),
        Given::HugeInteger => None,
        _ => return Err(field.wrong_type(must, &given)),
    };
    value.ok_or_else(|| field.wrong_value(must, &given))
}

/// A coordinate or a length of something new: everything falsy means the default.
///
/// # Errors
/// As [`coordinate`].
pub fn coordinate_or(field: Field, given: Given<'_>, default: f64) -> Result<f64> {
    if given.is_falsy() { Ok(default) } else { coordinate(field, given) }
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
    use crate::error::Error;

    const FIELD: Field = Field::new("createWorktree", "port");

    fn is_type<T>(result: Result<T>) -> bool {
        result.is_err_and(|error| matches!(error.parts().0, Error::Type(_)))
    }

    fn is_range<T>(result: Result<T>) -> bool {
        result.is_err_and(|error| matches!(error.parts().0, Error::Range(_)))
    }

    fn code<T>(result: Result<T>) -> Option<&'static str> {
        result.err()?.parts().1?.code
    }

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
    fn a_port_is_a_non_negative_integer() {
        assert_eq!(port(FIELD, Given::Number(3001.0)), Ok(Stored::Integer(3001)));
        assert_eq!(port(FIELD, Given::Text("3001")), Ok(Stored::Integer(3001)));
        assert_eq!(port(FIELD, Given::Integer(3001)), Ok(Stored::Integer(3001)));
        assert_eq!(port(FIELD, Given::Null), Ok(Stored::Null));
        for given in [Given::Number(1.5), Given::Number(-1.0), Given::Number(f64::NAN), Given::HugeInteger] {
            assert!(is_range(port(FIELD, given)), "{given:?}");
        }
        for given in [Given::Text("abc"), Given::Text(""), Given::Boolean(true), Given::Other("a Date")] {
            assert!(is_type(port(FIELD, given)), "{given:?}");
        }
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
        assert_eq!(code(coordinate(FIELD, Given::Null)), Some("ERR_INVALID_ARG_TYPE"));
        assert_eq!(code(port(FIELD, Given::Text("abc"))), Some("ERR_INVALID_ARG_VALUE"));
        assert_eq!(code(port(FIELD, Given::Number(1.5))), Some("ERR_OUT_OF_RANGE"));
    }

    #[test]
    fn a_refusal_names_the_method_the_field_and_what_it_got() {
        assert_eq!(
            port(FIELD, Given::Text("abc")).map_err(|e| e.to_string()),
            Err("createWorktree: port must be a non-negative integer, got the string \"abc\"".into())
        );
    }
}
