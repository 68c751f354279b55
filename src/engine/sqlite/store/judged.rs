//! What a connection last found about the counts.

use std::cell::{Cell, RefCell};

use crate::engine::Mended;
use crate::engine::sqlite::driver::Statement;
use crate::engine::sqlite::schema::counts::Standing;

/// What the file says about its counts, in one row. As long as this lives, the connection reads one snapshot: SQLite ends it when
/// the last statement that is under way is reset, and this one stays on its row. BEGIN and COMMIT take longer.
pub struct Note<'a> {
    /// What it says.
    pub said: Said,
    /// The log's last row that is in the tables.
    pub counted_to: i64,
    pub(super) statement: &'a Statement,
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        self.statement.reset();
    }
}

/// What each call checks before it relies on the counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// What the file's own note says.
    pub standing: Standing,
    /// The log goes on from what it was at the check: nobody has emptied it.
    pub log_goes_on: bool,
}

/// All that a connection sees without counting.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// What the file says.
    pub said: Said,
    /// By worktree, by zone: there are rows.
    pub tables_have_rows: [bool; 2],
}

impl Sight {
    /// Nothing has come up since the check. A table may rightly be empty, but that has to be checked.
    pub fn is_certain(&self) -> bool {
        self.said.standing.is_certain() && self.said.log_goes_on && self.tables_have_rows == [true; 2]
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
    /// SQLite's schema version, and how often SQLite had recompiled the note's statement when it was read. SQLite recompiles
    /// whenever that version is another one, so it need not be read for each call.
    pub schema: Cell<Option<(i32, i64)>>,
}

impl Judged {
    /// What was mended since this was last asked.
    pub fn take_mended(&self) -> Option<Mended> {
        self.mended.take()
    }
}
