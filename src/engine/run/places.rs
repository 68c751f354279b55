//! What a new run has to find on the board.

use crate::error::Result;
use crate::model::run::Wanted;
use crate::model::{Entity, Field, Given, RUN, WORKTREE, ZONE};

/// Which of these exist.
#[derive(Debug, Clone, Copy, Default)]
pub struct There {
    /// Its worktree.
    pub worktree: bool,
    /// Its zone.
    pub zone: bool,
    /// The run that it is a part of; without one this doesn't matter.
    pub parent: bool,
}

/// Refuses a zone, a worktree or a parent that doesn't exist. A run that is being made has no descendants yet, so its parent is
/// none of them. Its fields are the caller's values from `nth` on.
///
/// # Errors
/// `ERR_NOT_FOUND`.
pub fn check_places(method: &'static str, wanted: &Wanted<'_>, nth: usize, there: There) -> Result<()> {
    let refused = |entity: &Entity, name: &'static str, id: &str| {
        let at = RUN.given().position(|field| field.name == name).unwrap_or_default();
        Err(entity.not_found(Field::new(method, name).behind(nth + at), Given::Text(id)))
    };
    if !there.zone {
        return refused(&ZONE, "zoneId", &wanted.zone_id);
    }
    if !there.worktree {
        return refused(&WORKTREE, "worktreeId", &wanted.worktree_id);
    }
    match wanted.parent_run_id.as_deref() {
        Some(parent) if !there.parent => refused(&RUN, "parentRunId", parent),
        _ => Ok(()),
    }
}
