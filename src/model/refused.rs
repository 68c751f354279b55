//! What tests ask of a refusal: its class and its code.

use crate::error::{Error, Result};

/// Whether it is a `TypeError`.
pub fn is_type<T>(result: Result<T>) -> bool {
    result.is_err_and(|error| matches!(error.parts().0, Error::Type(_)))
}

/// Whether it is a `RangeError`.
pub fn is_range<T>(result: Result<T>) -> bool {
    result.is_err_and(|error| matches!(error.parts().0, Error::Range(_)))
}

/// Its code.
pub fn code<T>(result: Result<T>) -> Option<&'static str> {
    result.err()?.parts().1?.code
}
