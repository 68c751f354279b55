//! Commits to a board's file, as its connection sees them.

use std::time::Duration;

use super::Store;
use crate::engine::sqlite::driver::Watched;
use crate::engine::{Commits, Tell, Watch};
use crate::error::Result;

impl Watch for Watched {}

impl Commits for Store {
    fn commits(&self) -> Result<i32> {
        self.connection.commits()
    }

    fn watch(&self, seen: i32, within: Option<Duration>, tell: Tell) -> Result<Option<Box<dyn Watch>>> {
        let watched = self.connection.watch(seen, within, tell)?;
        Ok(watched.map(|watched| Box::new(watched) as Box<dyn Watch>))
    }
}
