//! Commits, whoever makes them: whether there were any, and waiting for the next one.

use std::time::Duration;

use crate::error::Result;

/// What an engine can tell of commits.
pub trait Commits {
    /// A number that changes whenever anybody commits, this session or another one of whichever process, and never comes
    /// back.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, the engine's error where commits of others can't be heard of.
    fn commits(&self) -> Result<i32>;

    /// Calls `tell` once, on any thread: when [`Commits::commits`] may differ from `seen`, after `within`, or now and then
    /// without a reason, unless the watch is dropped before. `None` where it differs already.
    ///
    /// # Errors
    /// As [`Commits::commits`].
    fn watch(&self, seen: i32, within: Option<Duration>, tell: Tell) -> Result<Option<Box<dyn Watch>>>;
}

/// Called when it is time to read [`Commits::commits`] again.
pub type Tell = Box<dyn FnOnce() + Send>;

/// Ends when it is dropped; a call of `tell` that has begun then may still arrive.
pub trait Watch {}
