//! What somebody said of the workers of claims, before a sweep.

use std::collections::HashMap;

use crate::engine::Asked;

/// Those answers, where anybody was asked.
pub struct Answers<'a>(Option<HashMap<&'a str, &'a Asked>>);

impl<'a> Answers<'a> {
    /// By the runs' ids.
    #[must_use]
    pub fn of(asked: Option<&'a [Asked]>) -> Self {
        Self(asked.map(|asked| asked.iter().map(|asked| (asked.id.as_str(), asked)).collect()))
    }

    /// Whether a claim's worker counts as alive, and for how long its lease may have run out: a lease that ran out counts only if its
    /// claim was asked about.
    #[must_use]
    pub fn about(&self, id: &str, token: i64, grace_ms: i64) -> (bool, i64) {
        let Some(answers) = &self.0 else { return (false, grace_ms) };
        match answers.get(id).filter(|asked| asked.token == token) {
            Some(asked) => (asked.alive, grace_ms),
            // It may still have taken too long; its lease is left alone, as if its worker were alive.
            None => (true, i64::MAX),
        }
    }
}
