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
    /// How many bytes are kept. As long as that is at most half of what may be, all of it is the output's beginning, which is
    /// never dropped.
    pub bytes: i64,
    /// Whether any of it was dropped.
    pub truncated: bool,
}

impl Last {
    /// Counts one more piece and returns what is kept of it: of all pieces at most `most` bytes are, of one at most half of that.
    /// `drop(behind, least)` drops at least `least` bytes of what is behind the first `behind`, and returns how many.
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
            // More than is needed, so that the next pieces need not drop any.
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
