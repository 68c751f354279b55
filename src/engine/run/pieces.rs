//! The pieces of a run's output: which numbers they have, how much of them is kept.

use std::borrow::Cow;

use super::shortened::shortened;
use crate::error::Result;

/// How many a run can have.
pub const MOST_PIECES: i64 = 0xffff_ffff;

/// The last of a run's output.
#[derive(Debug, Clone, Copy, Default)]
pub struct Last {
    /// The number of the next piece.
    pub next: i64,
    /// How many bytes are kept. The beginning of a run's output is never dropped, so of that, and of nothing else, it is at most half of
    /// what may be kept.
    pub bytes: i64,
    /// Whether any of it was dropped.
    pub truncated: bool,
}

impl Last {
    /// Counts one more piece, of which and of all at most so many bytes are kept: what is kept of it. `drop` takes out of what is behind so many
    /// bytes at least so many: how many it took.
    ///
    /// # Errors
    /// What `drop` fails with.
    pub fn add<'t>(
        &mut self,
        text: &'t str,
        most: i64,
        drop: impl FnOnce(i64, i64) -> Result<i64>,
    ) -> Result<Cow<'t, str>> {
        let kept = shortened(text, (most / 2).max(0) as usize);
        self.truncated |= kept.len() < text.len();
        let length = kept.len() as i64;
        if self.bytes + length > most {
            // More than is needed, so that the next chunks need not look.
            let dropped = drop(most / 2, self.bytes + length - most + most / 8)?;
            if dropped > 0 {
                // Nothing that comes behind a gap is of the beginning, which is taken for full from now on.
                self.bytes = (self.bytes - dropped).max(most / 2 + 1);
                self.truncated = true;
            }
        }
        self.bytes += length;
        Ok(kept)
    }
}
