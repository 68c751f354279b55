//! Letting others have their turn at the writer's lock.
//!
//! Who commits again and again leaves the lock free for some microseconds at a time. Others look for it now and then only,
//! SQLite's own handler every 100 ms in the end, and miss all of these moments. So a connection that had to wait for the
//! lock itself a moment ago, and knows by that that others want it, makes a short break now and then. Who was never in
//! anybody's company pays one look at a cell. `docs/decisions/0018-waiting-in-company.md` has the measurements.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long one may go on without a break.
const RUN: Duration = Duration::from_millis(10);

/// How long a break is.
const BREAK: Duration = Duration::from_millis(5);

/// A pause of one's own after a commit that is as good as a break.
const FREE: Duration = Duration::from_millis(1);

/// How long after it last had to wait a connection takes others to be there: some rounds of SQLite's longest sleep.
const COMPANY: Duration = Duration::from_secs(1);

/// What a connection knows of others who write.
#[derive(Debug, Default)]
pub struct Turn {
    /// When it last had to wait for a lock; `None` where that is long ago.
    waited: Cell<Option<Instant>>,
    /// Since when it has gone on without a break.
    since: Cell<Option<Instant>>,
    /// When it last committed.
    committed: Cell<Option<Instant>>,
}

impl Turn {
    /// It had to wait for a lock until now.
    pub fn waited(&self, now: Instant) {
        self.waited.set(Some(now));
        self.since.set(Some(now));
    }

    /// It committed, and has let go of the lock.
    pub fn committed(&self) {
        if self.waited.get().is_some() {
            self.committed.set(Some(Instant::now()));
        }
    }

    /// It is about to take the lock: how long a break it should make before.
    pub fn due(&self) -> Option<Duration> {
        self.waited.get().and_then(|waited| self.due_at(Instant::now(), waited))
    }

    fn due_at(&self, now: Instant, waited: Instant) -> Option<Duration> {
        if now.saturating_duration_since(waited) > COMPANY {
            self.waited.set(None);
            return None;
        }
        let since = |then: Option<Instant>| then.map_or(Duration::ZERO, |then| now.saturating_duration_since(then));
        let is_due = since(self.since.get()) >= RUN;
        let was_free = since(self.committed.get()) >= FREE;
        if was_free {
            self.since.set(Some(now));
        } else if is_due {
            self.since.set(Some(now + BREAK));
            return Some(BREAK);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Writes for so many milliseconds, `pause` after each commit, beside others until the first of them: when it made breaks.
    fn breaks(turn: &Turn, begin: Instant, milliseconds: u32, pause: Duration) -> Vec<u32> {
        (0..milliseconds)
            .filter(|n| {
                let now = begin + MILLISECOND * *n;
                turn.committed.set(Some(now.checked_sub(pause).unwrap()));
                turn.waited.get().is_some_and(|waited| turn.due_at(now, waited).is_some())
            })
            .collect()
    }

    #[test]
    fn who_is_alone_makes_no_break() {
        assert!(breaks(&Turn::default(), Instant::now(), 100, Duration::ZERO).is_empty());
    }

    #[test]
    fn who_had_to_wait_makes_one_every_ten_milliseconds() {
        let (turn, begin) = (Turn::default(), Instant::now());
        turn.waited(begin);
        assert_eq!(breaks(&turn, begin, 50, Duration::ZERO), [10, 25, 40]);
    }

    #[test]
    fn who_pauses_anyway_makes_none() {
        let (turn, begin) = (Turn::default(), Instant::now());
        turn.waited(begin);
        assert!(breaks(&turn, begin, 50, FREE).is_empty());
    }

    #[test]
    fn a_second_later_the_others_are_taken_to_be_gone() {
        let (turn, begin) = (Turn::default(), Instant::now());
        turn.waited(begin);
        let made = breaks(&turn, begin, 2_000, Duration::ZERO);
        assert!((60..=70).contains(&made.len()) && made.iter().all(|at| *at <= 1_000), "{made:?}");
        assert_eq!(turn.waited.get(), None);
    }
}
