//! The thread that waits for commits: one for all connections of the process, and only while somebody waits.
//!
//! It looks at memory, so that waiting needs no statement and no lock of the file. That nothing was committed it knows; that
//! something was it only believes, and tells whoever waits, to look on the connection's own thread. So it may be wrong: it
//! tells also where it can see nothing, and now and then where nothing has happened, which is when it is found out that the
//! connection was closed, or its files were taken away. `docs/decisions/0024-waiting-for-commits.md` has the measurements.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::vfs::sight::{Look, Sight, State};
use crate::engine::Tell;
use crate::error::{Error, Result};

/// How often it looks.
const PACE: Duration = Duration::from_millis(60);
/// After how long somebody is told in any case.
const QUIET: Duration = Duration::from_secs(3);
/// How often it looks in vain for somebody who waits before it ends: who was woken often waits again.
const LINGERS: u32 = 16;

/// Somebody who waits.
struct Waiter {
    number: u64,
    /// `None` where there is nothing to look at.
    sight: Option<Arc<Sight>>,
    seen: State,
    since: Instant,
    due: Option<Due>,
    tell: Tell,
}

/// When time is up, by whichever clock comes first: the one on the wall may be set back, and the other one stops while the
/// machine sleeps.
struct Due(Option<Instant>, Option<SystemTime>);

/// All who wait.
struct Waiters {
    list: Vec<Waiter>,
    /// How many there have been.
    numbers: u64,
    /// Whether there is a thread that looks for them.
    watched: bool,
}

static WAITERS: Mutex<Waiters> = Mutex::new(Waiters { list: Vec::new(), numbers: 0, watched: false });

fn waiters() -> MutexGuard<'static, Waiters> {
    WAITERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While it lives somebody waits.
pub struct Watched(u64);

impl Drop for Watched {
    fn drop(&mut self) {
        let mut waiters = waiters();
        let at = waiters.list.iter().position(|waiter| waiter.number == self.0);
        let ended = at.map(|at| waiters.list.swap_remove(at));
        // What it tells by may take locks of its own.
        drop(waiters);
        drop(ended);
    }
}

/// Has `tell` called once, when something else than `seen` is to be seen, after `within`, or now and then.
///
/// # Errors
/// Where the system gives no thread.
pub fn watch(sight: Option<Arc<Sight>>, seen: State, within: Option<Duration>, tell: Tell) -> Result<Watched> {
    let since = Instant::now();
    let due = within.map(|within| Due(since.checked_add(within), SystemTime::now().checked_add(within)));
    let mut waiters = waiters();
    if !waiters.watched {
        let started = thread::Builder::new().name("visual-db".into()).spawn(run);
        started.map_err(|error| Error::Coded {
            code: "ERR_NO_THREAD",
            message: format!("the system gives no thread to wait for commits: {error}"),
        })?;
        waiters.watched = true;
    }
    waiters.numbers += 1;
    let number = waiters.numbers;
    waiters.list.push(Waiter { number, sight, seen, since, due, tell });
    Ok(Watched(number))
}

/// The thread.
fn run() {
    let mut in_vain = 0;
    while in_vain < LINGERS {
        thread::sleep(PACE);
        let mut waiters = waiters();
        in_vain = if waiters.list.is_empty() { in_vain + 1 } else { 0 };
        // Said under the lock: who comes next starts another thread.
        waiters.watched = in_vain < LINGERS;
        let (now, wall) = (Instant::now(), SystemTime::now());
        let told: Vec<Waiter> = waiters.list.extract_if(.., |waiter| waiter.is_to_be_told(now, wall)).collect();
        drop(waiters);
        for waiter in told {
            // What panics there must not end this thread for the others.
            let _ = catch_unwind(AssertUnwindSafe(waiter.tell));
        }
    }
}

impl Waiter {
    fn is_to_be_told(&self, now: Instant, wall: SystemTime) -> bool {
        let has_changed = match self.sight.as_ref().map_or(Look::Nothing, |sight| sight.look()) {
            Look::Nothing => true,
            Look::Unsettled => false,
            Look::State(state) => state != self.seen,
        };
        has_changed
            || now.duration_since(self.since) >= QUIET
            || self.due.as_ref().is_some_and(|Due(by_now, by_wall)| {
                by_now.is_some_and(|due| now >= due) || by_wall.is_some_and(|due| wall >= due)
            })
    }
}
