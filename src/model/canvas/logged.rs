//! A row of the log of changes, as far as it is about the canvas.

/// What a row of the log is about.
#[allow(missing_docs, reason = "a variant says what it is of")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Worktree,
    Zone,
    Assignment,
    Metadata,
    Limit,
}

/// What was done, as the row says.
#[allow(missing_docs, reason = "a variant says what was done")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Gone, if the next row about a worktree confirms it.
    Replaced,
    Made,
    Changed,
    Gone,
}

impl Of {
    /// The entity of a number in the log; `None` for what isn't on the canvas.
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
    /// The operation of a number in the log.
    #[must_use]
    pub const fn logged(op: i64) -> Self {
        match op {
            0 => Self::Replaced,
            // 5 is a worktree's return from the archive.
            1 | 5 => Self::Made,
            2 => Self::Changed,
            _ => Self::Gone,
        }
    }
}

/// A row of the log.
#[derive(Debug, Clone, Copy)]
pub struct Logged<'a> {
    /// What it is about.
    pub of: Of,
    /// What was done.
    pub op: Op,
    /// The id of it.
    pub id: &'a str,
    /// The zone of an assignment or of a limit.
    pub zone: Option<&'a str>,
    /// The id that it had before, where that has changed; not in other rows.
    pub was: Option<&'a str>,
    /// The rowid, where it was made or has another one now.
    pub rowid: Option<i64>,
    /// Its values, as JSON; for an assignment its time.
    pub data: &'a str,
}
