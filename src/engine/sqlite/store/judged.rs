//! What a connection last found about the counts.

use std::cell::{Cell, RefCell};

use crate::engine::Mended;
use crate::engine::sqlite::schema::counts::Standing;

/// All that a call looks at before it relies on the counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// What the file's own note says.
    pub standing: Standing,
    /// The log goes on from what it was at the check: nobody has emptied it.
    pub log_goes_on: bool,
    /// By worktree, by zone: there are rows.
    pub tables_have_rows: [bool; 2],
}

impl Sight {
    /// Nothing has come up since the check. A table may be empty rightly, which has to be looked into.
    pub fn is_certain(&self) -> bool {
        self.standing.is_certain() && self.log_goes_on && self.tables_have_rows == [true; 2]
    }
}

/// What this connection last found.
#[derive(Default)]
pub struct Judged {
    /// What it saw then.
    pub of: Cell<Option<Sight>>,
    /// Whether the counts were right.
    pub right: Cell<bool>,
    /// What was mended, until somebody asks.
    pub mended: RefCell<Option<Mended>>,
}

impl Judged {
    /// What was mended since this was last asked.
    pub fn take_mended(&self) -> Option<Mended> {
        self.mended.take()
    }
}
