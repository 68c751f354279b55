//! A row of the log of changes, as far as it is about the canvas.

/// What a row of the log is of.
#[allow(missing_docs, reason = "a variant says what it is of")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Worktree,
    Zone,
    Assignment,
    Metadata,
    Limit,
}

/// What it says was done.
#[allow(missing_docs, reason = "a variant says what was done")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// It goes where the next row about a worktree confirms it.
    Replaced,
    Made,
    Changed,
    Gone,
}

impl Of {
    /// What the log's number of an entity is; `None` for what doesn't stand on the canvas.
    #[must_use]
    pub const fn logged(entity: i64) -> Option<Self> {
        Some(match entity {
            1 => Self::Worktree,
            2 => Self::Zone,
            3 => Self::Assignment,
            6 => Self::Metadata,
            7 => Self::Limit,
            _ => return None,
        })
    }
}

impl Op {
    /// What the log's number of what was done is.
    #[must_use]
    pub const fn logged(op: i64) -> Self {
        match op {
            0 => Self::Replaced,
            // A worktree comes back from the archive.
            1 | 5 => Self::Made,
            2 => Self::Changed,
            _ => Self::Gone,
        }
    }
}

/// A row of the log.
#[derive(Debug, Clone, Copy)]
pub struct Logged<'a> {
    /// What it is of.
    pub of: Of,
    /// What was done.
    pub op: Op,
    /// To which.
    pub id: &'a str,
    /// The zone of an assignment or of a limit.
    pub zone: Option<&'a str>,
    /// The id that it had before, where it has another one now; of another row, nothing.
    pub was: Option<&'a str>,
    /// The rowid of what was made, or has another one now.
    pub rowid: Option<i64>,
    /// Values, as JSON; of an assignment its time.
    pub data: &'a str,
}
