//! The port of a new worktree that is given none, but `auto`.

use super::given::{Field, Given};
use super::worktree::WORKTREE;
use crate::error::Error;

/// Of which ports a worktree gets the lowest free one, first and last.
pub const AUTO: (i64, i64) = (3001, 3999);

/// Which of the values that a new worktree is given is its port, where that is to be a free one.
#[must_use]
pub fn auto(given: &[Given<'_>]) -> Option<usize> {
    let nth = WORKTREE.given().position(|field| field.name == "port")?;
    (given.get(nth) == Some(&Given::Text("auto"))).then_some(nth)
}

/// That there is none.
#[must_use]
pub fn none_is_free(field: Field) -> Error {
    let message = format!("{field} 'auto' finds none that is free from {} to {}", AUTO.0, AUTO.1);
    Error::Coded { code: "ERR_NO_PORT", message }.about(field.facts())
}
