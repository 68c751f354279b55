//! Commits to a board on a server. Nobody is told of them: LISTEN needs a connection of its own, which a pooler in transaction mode
//! doesn't give, and other programs notify nobody. So only time counts: a waiting caller reads again each `LOOK`.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use super::Store;
use crate::engine::{Commits, Tell, Watch};
use crate::error::{Error, Result};

/// How often a waiting caller reads again: that long a change may take to arrive.
const LOOK: Duration = Duration::from_millis(100);

impl Commits for Store {
    /// How many times `LOOK` has passed.
    fn commits(&self) -> Result<i32> {
        self.check_open()?;
        // The number may wrap around after so many: nobody waits that long.
        Ok((self.opened.elapsed().as_millis() / LOOK.as_millis()) as i32)
    }

    fn watch(&self, seen: i32, within: Option<Duration>, tell: Tell) -> Result<Option<Box<dyn Watch>>> {
        if self.commits()? != seen {
            return Ok(None);
        }
        let next =
            LOOK.saturating_sub(Duration::from_nanos((self.opened.elapsed().as_nanos() % LOOK.as_nanos()) as u64));
        let within = within.map_or(next, |within| within.min(next));
        let (ends, ended) = channel();
        let waiting = std::thread::Builder::new().name("visual-db-look".into()).spawn(move || {
            // It ends once the sender is dropped.
            if ended.recv_timeout(within).is_err_and(|why| why == std::sync::mpsc::RecvTimeoutError::Timeout) {
                tell();
            }
        });
        waiting.map_err(|error| Error::Plain(format!("watch: no thread to wait in: {error}")))?;
        Ok(Some(Box::new(Looking { _ends: ends })))
    }
}

/// A wait; dropping it ends the wait.
struct Looking {
    _ends: Sender<()>,
}

impl Watch for Looking {}
