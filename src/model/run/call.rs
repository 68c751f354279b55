//! The calls about a run.

use super::status::End;

/// A call about one run, with those of its arguments that decide. Numbers are within the ranges of `bounds.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `claimRuns`, `claimRun`, `waitForRun`, and the second half of `startRun`: a worker takes it.
    Claim {
        /// For how long it is held.
        lease_ms: i64,
    },
    /// `heartbeatRun`: its worker is still there.
    Heartbeat {
        /// The claim's.
        token: i64,
        /// For how long from now; `None` is as long as before.
        lease_ms: Option<i64>,
    },
    /// `appendOutput`.
    AppendOutput {
        /// The claim's.
        token: i64,
    },
    /// `recordUsage`: the one call of a worker that needs no token.
    RecordUsage,
    /// `waitRun`: its worker has a question for a person.
    Wait {
        /// The claim's.
        token: i64,
    },
    /// `answerRun`: a person has answered.
    Answer,
    /// `finishRun`: its worker is done with it.
    Finish {
        /// The claim's.
        token: i64,
        /// What became of it.
        outcome: Outcome,
        /// A random number, for the backoff of a failed attempt.
        chance: u32,
    },
    /// `releaseRun`: its worker gives it back without having worked on it.
    Release {
        /// The claim's.
        token: i64,
    },
    /// `cancelRun`: somebody no longer wants it.
    Cancel,
    /// `retryRun`: somebody wants the same again, as a new run.
    Retry,
    /// Somebody gives up by hand a run that nobody will answer.
    GiveUp,
    /// `sweepRuns`, and what each claim does first.
    Sweep {
        /// What `isAlive` said of its worker; `false` where nobody asked.
        alive: bool,
        /// For how long a lease may have run out before it counts.
        grace_ms: i64,
    },
    /// Its worktree or zone was deleted, by anybody.
    Delete,
}

/// What became of a run, as its worker says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Succeeded,
    /// It is not.
    Failed,
    /// It was stopped.
    Cancelled,
    /// It took too long.
    TimedOut,
}

impl Outcome {
    /// All of them, for tests and tables.
    pub const ALL: [Self; 4] = [Self::Succeeded, Self::Failed, Self::Cancelled, Self::TimedOut];
}

impl From<Outcome> for End {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::Failed => Self::Failed,
            Outcome::Cancelled => Self::Cancelled,
            Outcome::TimedOut => Self::TimedOut,
        }
    }
}

impl Call {
    /// The method as JavaScript spells it.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Claim { .. } => "claimRuns",
            Self::Heartbeat { .. } => "heartbeatRun",
            Self::AppendOutput { .. } => "appendOutput",
            Self::RecordUsage => "recordUsage",
            Self::Wait { .. } => "waitRun",
            Self::Answer => "answerRun",
            Self::Finish { .. } => "finishRun",
            Self::Release { .. } => "releaseRun",
            Self::Cancel | Self::GiveUp => "cancelRun",
            Self::Retry => "retryRun",
            Self::Sweep { .. } => "sweepRuns",
            Self::Delete => "deleteWorktree",
        }
    }
}
