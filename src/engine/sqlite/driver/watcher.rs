//! The thread that waits for commits: one for all connections of the process, and only while somebody waits.
//!
//! It reads the WAL index in memory, so that waiting needs no statement and no lock of the file. It can be sure only that
//! nothing was committed; where something may have been, it tells those who wait to check on the connection's own thread. It
//! tells them also where it can see nothing, and now and then without a reason: by that they find out that the connection was
//! closed, or its files were removed. `docs/decisions/0025-waiting-for-commits.md` has the measurements.

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
/// For how many rounds it goes on while nobody waits: those who were told often wait again.
const LINGERS: u32 = 16;

/// Somebody who waits.
struct Waiter {
    number: u64,
    /// `None` where there is no index to read.
    sight: Option<Arc<Sight>>,
    seen: State,
    since: Instant,
    due: Option<Due>,
    tell: Tell,
}

/// When time is up, by whichever clock comes first: the wall clock may be set back, and the monotonic one stops while the
/// machine sleeps.
struct Due(Option<Instant>, Option<SystemTime>);

impl Due {
    fn has_come(&self, now: Instant, wall: SystemTime) -> bool {
        self.0.is_some_and(|due| now >= due) || self.1.is_some_and(|due| wall >= due)
    }
}

/// All who wait.
struct Waiters {
    list: Vec<Waiter>,
    /// How many there have been: the number of the latest.
    numbers: u64,
    /// Whether the thread runs.
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
        // Dropping its `tell` may take locks.
        drop(waiters);
        drop(ended);
    }
}

/// Calls `tell` once: when the state may be another than `seen`, after `within`, or now and then without a reason.
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
        // Set under the lock, so that whoever waits next starts another thread.
        waiters.watched = in_vain < LINGERS;
        let (now, wall) = (Instant::now(), SystemTime::now());
        let told: Vec<Waiter> = waiters.list.extract_if(.., |waiter| waiter.is_to_be_told(now, wall)).collect();
        drop(waiters);
        for waiter in told {
            // A panic in `tell` must not end this thread for the others.
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
            || self.due.as_ref().is_some_and(|due| due.has_come(now, wall))
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

    use super::super::{Connection, open};
    use super::*;
    use crate::test_folder::Folder;

    fn opened(folder: &Folder) -> Rc<Connection> {
        let timeout = Duration::from_secs(5);
        let options = open::Options { readonly: false, must_exist: false, timeout, watched: true };
        let connection = open::bare(&folder.database(), options).unwrap();
        run(&connection, "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (v)");
        connection
    }

    fn run(connection: &Connection, sql: &str) {
        connection.with(|inner| Ok(inner.execute_batch(sql)?)).unwrap();
    }

    fn wait(connection: &Connection, within: Option<Duration>) -> (Watched, Receiver<()>) {
        let (tell, told) = channel();
        let seen = connection.commits().unwrap();
        let watched = connection.watch(seen, within, Box::new(move || tell.send(()).unwrap())).unwrap();
        (watched.unwrap(), told)
    }

    /// Long enough for a slow machine, and shorter than `QUIET`.
    const SOON: Duration = Duration::from_secs(2);

    #[test]
    fn who_waits_is_told_of_a_commit_of_its_own_or_of_another() {
        let folder = Folder::new();
        let [one, other] = [opened(&folder), opened(&folder)];
        for committer in [&one, &other] {
            let (_watched, told) = wait(&one, None);
            run(committer, "INSERT INTO t VALUES (1)");
            assert_eq!(told.recv_timeout(SOON), Ok(()));
        }
    }

    #[test]
    fn who_comes_after_the_commit_need_not_wait() {
        let folder = Folder::new();
        let [one, other] = [opened(&folder), opened(&folder)];
        let seen = one.commits().unwrap();
        run(&other, "INSERT INTO t VALUES (1)");
        assert!(one.watch(seen, None, Box::new(|| ())).unwrap().is_none());
    }

    #[test]
    fn nobody_is_told_of_nothing_but_now_and_then() {
        let folder = Folder::new();
        let connection = opened(&folder);
        let (_watched, told) = wait(&connection, None);
        run(&connection, "SELECT * FROM t; BEGIN; INSERT INTO t VALUES (1); ROLLBACK");
        assert_eq!(told.recv_timeout(SOON), Err(RecvTimeoutError::Timeout));
        assert_eq!(told.recv_timeout(QUIET), Ok(()));
    }

    #[test]
    fn nobody_is_told_who_has_stopped_waiting() {
        let folder = Folder::new();
        let connection = opened(&folder);
        let (watched, told) = wait(&connection, None);
        drop(watched);
        run(&connection, "INSERT INTO t VALUES (1)");
        assert_eq!(told.recv_timeout(SOON), Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn who_waits_is_told_when_its_wal_is_turned_off_and_when_it_is_closed() {
        let folder = Folder::new();
        let connection = opened(&folder);
        let (_watched, told) = wait(&connection, None);
        run(&connection, "PRAGMA journal_mode = DELETE");
        assert_eq!(told.recv_timeout(SOON), Ok(()));
        run(&connection, "PRAGMA journal_mode = WAL; SELECT * FROM t");
        let (_watched, told) = wait(&connection, None);
        connection.close().unwrap();
        assert_eq!(told.recv_timeout(SOON), Ok(()));
        assert!(connection.commits().is_err());
    }

    #[test]
    fn time_is_up_by_whichever_clock_comes_first() {
        let (now, wall) = (Instant::now(), SystemTime::now());
        let (second, hour) = (Duration::from_secs(1), Duration::from_secs(3600));
        let due = |by_now, by_wall| Due(Some(by_now), Some(by_wall)).has_come(now + second, wall + second);
        assert!(!due(now + hour, wall + hour));
        assert!(due(now + second, wall + hour), "the clock on the wall was set back");
        assert!(due(now + hour, wall + second), "the machine slept");
    }

    #[test]
    fn what_panics_when_it_is_told_keeps_nobody_else_waiting() {
        let folder = Folder::new();
        let connection = opened(&folder);
        let seen = connection.commits().unwrap();
        let _panics = connection.watch(seen, None, Box::new(|| panic!("on purpose"))).unwrap();
        let (_watched, told) = wait(&connection, None);
        run(&connection, "INSERT INTO t VALUES (1)");
        assert_eq!(told.recv_timeout(SOON), Ok(()));
    }

    #[test]
    fn an_index_is_never_looked_at_when_it_is_not_mapped_any_more() {
        let folder = Folder::new();
        let done = AtomicBool::new(false);
        for round in 0..40 {
            let connection = opened(&folder);
            let sight = {
                let raw = connection.raw().unwrap();
                // SAFETY: the handle is open.
                unsafe { super::super::vfs::of_connection::sight(raw) }.unwrap()
            };
            thread::scope(|scope| {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        std::hint::black_box(sight.look());
                    }
                });
                for _ in 0..20 {
                    run(&connection, "INSERT INTO t VALUES (1); PRAGMA journal_mode = DELETE");
                    run(&connection, "PRAGMA journal_mode = WAL; SELECT * FROM t");
                }
                if round % 2 == 0 {
                    connection.close().unwrap();
                }
                done.store(true, Ordering::Relaxed);
            });
            done.store(false, Ordering::Relaxed);
            drop(connection);
            assert_eq!(sight.look(), Look::Nothing);
        }
    }
}
