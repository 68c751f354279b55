//! The port of a new worktree that is given `auto`.

use super::given::{Field, Given};
use super::worktree::WORKTREE;
use crate::error::Error;

/// The ports of which a worktree gets the lowest free one: the first and the last.
pub const AUTO: (i64, i64) = (3001, 3999);

/// The index of the given port, where that is `auto`.
#[must_use]
pub fn auto(given: &[Given<'_>]) -> Option<usize> {
    let nth = WORKTREE.given().position(|field| field.name == "port")?;
    (given.get(nth) == Some(&Given::Text("auto"))).then_some(nth)
}

/// The error that no port is free.
#[must_use]
pub fn none_is_free(field: Field) -> Error {
    let message = format!("{field} 'auto' finds none that is free from {} to {}", AUTO.0, AUTO.1);
    Error::Coded { code: "ERR_NO_PORT", message }.about(field.facts())
}
