//! The words for where a run is.

use std::fmt;

/// Where a run is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// It waits for a person.
    Waiting,
    /// It has ended, in one of five ways.
    Ended(End),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Its worker said that it was done.
    Succeeded,
    /// Its worker said that it was not, and no attempt is left.
    Failed,
    /// Somebody no longer wanted it, or its zone or worktree is gone.
    Cancelled,
    /// It took longer than it may.
    TimedOut,
    /// Nobody knows what became of its worker, and no attempt is left.
    Lost,
}

impl Status {
    /// All of them, in the order of a run's life.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Ended(End::Succeeded),
        Self::Ended(End::Failed),
        Self::Ended(End::Cancelled),
        Self::Ended(End::TimedOut),
        Self::Ended(End::Lost),
    ];

    /// The word that is stored and that JavaScript sees.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Ended(End::Succeeded) => "succeeded",
            Self::Ended(End::Failed) => "failed",
            Self::Ended(End::Cancelled) => "cancelled",
            Self::Ended(End::TimedOut) => "timedOut",
            Self::Ended(End::Lost) => "lost",
        }
    }

    /// The status of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Whether something is still to come.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Ended(_))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_word_and_no_other() {
        for status in Status::ALL {
            assert_eq!(Status::from_word(status.word()), Some(status));
        }
        for word in ["", "Queued", "timed_out", "unassigned"] {
            assert_eq!(Status::from_word(word), None, "{word}");
        }
    }
}
