//! Appending output without holes or doubles.

use crate::error::{Current, Error, Facts, Result};
use crate::model::given::Field;

/// What an `appendOutput` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Append {
    /// Whether its chunks are to be written, from the run's next number on. Otherwise they are there already.
    pub writes: bool,
    /// What the call returns: the number after its last chunk.
    pub next: i64,
}

/// What an `appendOutput` of so many chunks does to a run whose next chunk gets the number `next`.
///
/// A caller that says which number it expects may repeat the call after losing the answer: its chunks are appended once, and the answer
/// is the same.
///
/// # Errors
/// `ERR_CONFLICT` where the expected number would leave a hole, or lies within what others have appended.
pub fn append(next: i64, expected: Option<i64>, chunks: i64) -> Result<Append> {
    let from = expected.unwrap_or(next);
    let end = from.saturating_add(chunks);
    if from == next {
        Ok(Append { writes: chunks > 0, next: end })
    } else if from < next && end <= next {
        Ok(Append { writes: false, next: end })
    } else {
        let field = Field::new("appendOutput", "expectedSequence").behind(3);
        let message = format!("{field} must be the run's next sequence number, {next}, got {from}");
        Err(Error::Coded { code: "ERR_CONFLICT", message }
            .about(Facts { current: Some(Current::Number(next)), ..field.facts() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_repeated_appends_once_and_is_answered_as_the_first_time() {
        assert_eq!(append(0, Some(0), 2), Ok(Append { writes: true, next: 2 }));
        assert_eq!(append(2, Some(0), 2), Ok(Append { writes: false, next: 2 }));
        assert_eq!(append(5, Some(0), 2), Ok(Append { writes: false, next: 2 }));
        assert_eq!(append(5, None, 2), Ok(Append { writes: true, next: 7 }));
        assert_eq!(append(5, None, 0), Ok(Append { writes: false, next: 5 }));
    }

    #[test]
    fn neither_holes_nor_overlaps() {
        for (next, expected, chunks) in [(2, 3, 1), (2, 1, 2), (0, i64::MAX, i64::MAX), (2, 3, 0)] {
            let refused = append(next, Some(expected), chunks).unwrap_err();
            assert!(matches!(refused.parts().0, Error::Coded { code: "ERR_CONFLICT", .. }), "{expected}");
        }
    }
}
