//! What a store keeps for the search.

use std::cell::{Cell, OnceCell};

use super::full_text::FullText;
use crate::error::Result;

/// What a store keeps for the search.
#[derive(Default)]
pub struct Held {
    full_text: OnceCell<FullText>,
    /// What can be searched, as the last `write_index` found it.
    pub told: Cell<Option<i64>>,
    /// How many runs were indexed by the last count, and since.
    pub done: Cell<i64>,
}

impl Held {
    /// FTS5, opened when it is first needed.
    pub(super) fn full_text(&self) -> Result<&FullText> {
        if let Some(open) = self.full_text.get() {
            return Ok(open);
        }
        let opened = FullText::open()?;
        Ok(self.full_text.get_or_init(|| opened))
    }
}
