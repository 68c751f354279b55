//! The rule of a port.

use super::given::{Field, Given};
use super::number;
use super::rules::Stored;
use crate::error::Result;

/// What a port must be.
pub const MUST: &str = "a non-negative integer";

/// A port: a non-negative integer, or a string of one. `undefined` and `null` are left to the schema's NOT NULL.
///
/// # Errors
/// A `TypeError` for what is no number, a `RangeError` for a number that is no port.
pub fn port(field: Field, given: Given<'_>) -> Result<Stored<'static>> {
    let value = match given {
        Given::Undefined | Given::Null => return Ok(Stored::Null),
        Given::Number(value) => value,
        Given::Integer(value) => value as f64,
        Given::HugeInteger => f64::INFINITY,
        Given::Text(text) => number::from_text(text).ok_or_else(|| field.wrong_value(MUST, &given))?,
        _ => return Err(field.wrong_type(MUST, &given)),
    };
    if value.fract() == 0.0 && (0.0..=number::MAX_SAFE_INTEGER).contains(&value) {
        Ok(Stored::Integer(value as i64))
    } else {
        Err(field.out_of_range(MUST, given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::refused::{code, is_range, is_type};

    const FIELD: Field = Field::new("createWorktree", "port");

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
    fn the_code_tells_no_number_from_one_that_is_no_port() {
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
