//! The feed: what anybody has changed, in the order in which it can be seen.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// A place in the log of changes: behind the row with this number, which is known again by its stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The row's number.
    pub seq: i64,
    /// What no other row has, not even one that gets its number later.
    pub stamp: i64,
}

impl Place {
    /// Appends the last row of a page of changes: behind which place to go on, and whether there was no room for more.
    pub fn push_end(self, batch: &mut Batch, is_full: bool) {
        batch.push_integer(self.seq, false);
        batch.push_text(self.stamp.to_string().as_bytes());
        for _ in 0..3 {
            batch.push_null();
        }
        batch.push_integer(i64::from(is_full), false);
        for _ in 0..6 {
            batch.push_null();
        }
        batch.end_row();
    }
}

/// What changes are of: a bit for each in [`ChangesAfter::entities`], in this order.
pub const CHANGED: [&str; 8] = ["worktree", "zone", "assignment", "execution", "run", "metadata", "limit", "budget"];

/// Which changes are asked for.
#[derive(Debug, Clone, Copy)]
pub struct ChangesAfter {
    /// Behind which place; `None` is the beginning.
    pub place: Option<Place>,
    /// A bit for each entity of [`CHANGED`].
    pub entities: u32,
    /// How many at most.
    pub limit: usize,
}

/// What an engine does with its log of changes.
pub trait Feed {
    /// Where the log ends; `None` where the file has none, or an empty one.
    ///
    /// # Errors
    /// The engine's error.
    fn changes_end(&self) -> Result<Option<Place>>;

    /// Changes behind a place, a row each: number, stamp, time, who, entity (an index in [`CHANGED`]), what was done (1 made,
    /// 2 changed, 3 gone; of a worktree 4 archived, 5 restored), id, zone, worktree, agent, success, data. A last row without an
    /// entity says where to go on and, instead of what was done, whether there was no room for more. No row at all where what is
    /// behind the place isn't known any more.
    ///
    /// # Errors
    /// The engine's error.
    fn list_changes(&self, after: ChangesAfter, batch: &mut Batch) -> Result<()>;

    /// The last pieces of output of the runs at work, or of one run: the run's id, the piece's number, its time.
    ///
    /// # Errors
    /// The engine's error.
    fn list_output_ends(&self, id: Given<'_>, batch: &mut Batch) -> Result<bool>;
}
