//! The WAL index of a connection as another thread may read it, for as long as SQLite has it mapped.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::index::{Header, Index};

/// What tells commits apart: the header, and which WAL of the connection it is of.
pub type State = (Header, u32);

/// What is to be seen of a WAL index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// There is none: no WAL, none that is open, or one of another layout.
    Nothing,
    /// Nothing that can be told yet: nobody has read it, or a commit is just being written.
    Unsettled,
    /// The state.
    State(State),
}

impl Look {
    pub(super) fn at(index: Option<Index>, log: u32) -> Self {
        match index {
            Some(index) if index.is_reviewed() => {
                index.header().map_or(Self::Unsettled, |header| Self::State((header, log)))
            }
            _ => Self::Nothing,
        }
    }
}

/// Where a connection's index is mapped, behind a lock: a thread holds it while it reads the index, and the connection
/// takes it before it lets SQLite unmap that.
#[derive(Default)]
pub struct Sight(Mutex<Option<(Index, u32)>>);

impl Sight {
    /// Notes, on the connection's thread, where its index is mapped, or that it is about to be unmapped.
    pub(super) fn set(&self, index: Option<(Index, u32)>) {
        *self.lock() = index;
    }

    /// What any thread sees now.
    #[must_use]
    pub fn look(&self) -> Look {
        // Not through a copy: the index stays mapped only while the lock is held.
        let mapped = self.lock();
        mapped.map_or(Look::Nothing, |(index, log)| Look::at(Some(index), log))
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Index, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
