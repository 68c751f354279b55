//! Waiting for another connection's lock.
//!
//! SQLite's own busy handler sleeps longer and longer between two tries, up to 100 ms. Where others take the lock again and
//! again it is free for moments only, and a connection that tries seldom may miss them all: of eight writers one was seen to
//! get `SQLITE_BUSY` after five seconds. One that tries much more often than others, though, takes every such moment from those
//! that wait with SQLite's handler. So here the sleeps are SQLite's at first, varied at random, and only a connection that has
//! waited for long tries often. `docs/decisions/0018-waiting-in-company.md`.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use super::turn::Turn;

/// How long a connection waits, and since when it has been waiting.
#[derive(Debug, Default)]
pub struct Patience {
    /// `None` where SQLite's own handler is installed.
    pub(super) timeout: Cell<Option<Duration>>,
    since: Cell<Option<Instant>>,
    /// Whether it waits for a moment only, within [`Self::at_most`].
    hurried: Cell<bool>,
    pub turn: Turn,
}

/// How many milliseconds SQLite's own handler sleeps between its tries.
const SLEEPS: [f64; 12] = [1., 2., 5., 10., 15., 20., 25., 25., 25., 50., 50., 100.];

/// How long a connection waits before it tries often: several turns of eight writers.
const LONG: Duration = Duration::from_millis(500);

/// How long to sleep between two tries then: a writer that makes no breaks leaves the lock free for microseconds.
const OFTEN: Duration = Duration::from_micros(200);

/// The same for a connection that waits for a moment only.
const HURRIED: Duration = Duration::from_millis(1);

impl Patience {
    /// Waits no longer than this while something runs, and tries often meanwhile.
    pub fn at_most<T>(&self, timeout: Duration, run: impl FnOnce() -> T) -> T {
        let usual = self.timeout.get();
        self.timeout.set(usual.map(|usual| usual.min(timeout)));
        self.hurried.set(true);
        let value = run();
        self.hurried.set(false);
        self.timeout.set(usual);
        value
    }
}

/// SQLite calls this when a lock is held by others; `looks` is how often it has for this one. Returning 0 gives up.
pub(super) unsafe extern "C" fn wait(patience: *mut c_void, looks: c_int) -> c_int {
    // SAFETY: it was given to SQLite with the handler, and lives as long as the handle.
    let Some(patience) = (unsafe { patience.cast::<Patience>().as_ref() }) else { return 0 };
    let now = Instant::now();
    if looks == 0 {
        patience.since.set(Some(now));
    }
    let waited = patience.since.get().map_or(Duration::ZERO, |since| now - since);
    let timeout = patience.timeout.get().unwrap_or_default();
    let left = timeout.saturating_sub(waited);
    if left.is_zero() {
        return 0;
    }
    if patience.hurried.get() {
        std::thread::sleep(HURRIED.min(left));
    } else {
        std::thread::sleep(pause(looks, waited, timeout).min(left));
        patience.turn.waited(Instant::now());
    }
    1
}

/// How long to sleep before the next try. Chance keeps those that wait from trying all at once, again and again.
fn pause(looks: c_int, waited: Duration, timeout: Duration) -> Duration {
    // A connection with a short timeout tries often sooner.
    if waited >= LONG.min(timeout / 8) {
        return OFTEN;
    }
    let sleep = usize::try_from(looks).ok().and_then(|looks| SLEEPS.get(looks)).unwrap_or(&SLEEPS[SLEEPS.len() - 1]);
    // From half of it to one and a half.
    let share = 0.5 + RandomState::new().hash_one(looks) as f64 / u64::MAX as f64;
    Duration::from_secs_f64(sleep * share / 1000.)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_up_after_the_timeout_and_not_before() {
        let patience = Patience::default();
        patience.timeout.set(Some(Duration::from_millis(60)));
        let start = Instant::now();
        let looks = (0..i32::MAX).find(|looks| {
            // SAFETY: the patience outlives the call.
            unsafe { wait((&raw const patience).cast_mut().cast(), *looks) == 0 }
        });
        assert!(start.elapsed() >= Duration::from_millis(60));
        assert!(looks.is_some_and(|looks| looks > 4), "{looks:?}");
    }

    #[test]
    fn it_sleeps_as_sqlite_does_at_first_and_looks_often_in_the_end() {
        let milliseconds = |looks, waited, timeout| {
            pause(looks, Duration::from_millis(waited), Duration::from_millis(timeout)).as_secs_f64() * 1000.
        };
        for (looks, sleep) in (0..).zip(SLEEPS.into_iter().chain([100.; 5])) {
            let (shortest, longest) = (0.5 * sleep, 1.5 * sleep);
            assert!((0..100).all(|_| (shortest..=longest).contains(&milliseconds(looks, 499, 5_000))));
        }
        for (waited, timeout) in [(500, 5_000), (500, 60_000), (30, 240)] {
            assert!((milliseconds(20, waited, timeout) - 0.2).abs() < 1e-9);
        }
    }
}
