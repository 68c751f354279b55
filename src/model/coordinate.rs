//! The rule of a coordinate.

use super::given::{Field, Given};
use super::number;
use crate::error::Result;

/// What a coordinate must be.
pub const MUST: &str = "a finite number";

/// A coordinate or a length on the canvas: any finite number, or a string of one.
///
/// # Errors
/// A `TypeError` for anything else.
pub fn coordinate(field: Field, given: Given<'_>) -> Result<f64> {
    let value = match given {
        Given::Number(value) => Some(value).filter(|value| value.is_finite()),
        Given::Integer(value) => Some(value as f64),
        Given::Text(text) => number::from_text(text),
        Given::HugeInteger => None,
        _ => return Err(field.wrong_type(MUST, &given)),
    };
    value.ok_or_else(|| field.wrong_value(MUST, &given))
}

/// A coordinate or a length of something new: everything falsy means the default.
///
/// # Errors
/// As [`coordinate`].
pub fn coordinate_or(field: Field, given: Given<'_>, default: f64) -> Result<f64> {
    if given.is_falsy() { Ok(default) } else { coordinate(field, given) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::refused::code;

    const FIELD: Field = Field::new("createZone", "position.x");

    #[test]
    fn a_coordinate_is_a_finite_number_or_a_string_of_one() {
        assert_eq!(coordinate(FIELD, Given::Number(-1.5)), Ok(-1.5));
        assert_eq!(coordinate(FIELD, Given::Text("2.5")), Ok(2.5));
        assert_eq!(code(coordinate(FIELD, Given::Null)), Some("ERR_INVALID_ARG_TYPE"));
        assert_eq!(code(coordinate(FIELD, Given::Text("abc"))), Some("ERR_INVALID_ARG_VALUE"));
        assert_eq!(code(coordinate(FIELD, Given::Number(f64::INFINITY))), Some("ERR_INVALID_ARG_VALUE"));
    }

    #[test]
    fn of_something_new_everything_falsy_is_the_default() {
        for given in [Given::Undefined, Given::Null, Given::Text(""), Given::Number(f64::NAN)] {
            assert_eq!(coordinate_or(FIELD, given, 300.0), Ok(300.0));
        }
    }
}
