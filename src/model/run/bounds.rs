//! The numbers of a run's calls, and how large they may be.

use std::ops::RangeInclusive;

use crate::error::Result;
use crate::model::given::{Field, Given};
use crate::model::number::MAX_SAFE_INTEGER;
use crate::model::rules::whole;

/// `leaseMs`: up to a day. A longer one would keep a dead worker's run from others for longer than anybody waits.
pub const LEASE_MS: RangeInclusive<i64> = 1..=86_400_000;

/// `timeoutMs`: up to a year.
pub const TIMEOUT_MS: RangeInclusive<i64> = 1..=31_536_000_000;

/// `graceMs`: up to a day.
pub const GRACE_MS: RangeInclusive<i64> = 0..=86_400_000;

/// `maxAttempts`: each keeps its token for as long as the run exists.
pub const MAX_ATTEMPTS: RangeInclusive<i64> = 1..=1_000;

/// The token of a claim. Whether it was ever given, the run says.
///
/// # Errors
/// As [`whole`].
pub fn token(field: Field, given: Given<'_>) -> Result<i64> {
    whole(field, given, &(0..=MAX_SAFE_INTEGER as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    const FIELD: Field = Field::new("claimRun", "leaseMs");

    #[test]
    fn a_lease_is_neither_negative_nor_absurd() {
        for given in [Given::Number(60_000.0), Given::Integer(60_000)] {
            assert_eq!(whole(FIELD, given, &LEASE_MS), Ok(60_000));
        }
        for given in [
            Given::Number(0.0),
            Given::Number(-1.0),
            Given::Number(0.5),
            Given::Number(86_400_001.0),
            Given::Number(1e300),
            Given::Number(f64::NAN),
            Given::Number(f64::INFINITY),
            Given::Integer(i64::MIN),
            Given::HugeInteger,
        ] {
            let refused = whole(FIELD, given, &LEASE_MS).unwrap_err();
            assert!(matches!(refused.parts().0, Error::Range(_)), "{given:?}");
            assert!(refused.message().starts_with("claimRun: leaseMs must be an integer from 1 to 86400000, got "));
        }
    }

    #[test]
    fn a_token_is_no_text() {
        assert_eq!(token(FIELD, Given::Number(0.0)), Ok(0));
        for given in [Given::Text("1"), Given::Undefined, Given::Null, Given::Boolean(true), Given::Other("an object")]
        {
            assert!(matches!(token(FIELD, given).unwrap_err().parts().0, Error::Type(_)), "{given:?}");
        }
    }
}
