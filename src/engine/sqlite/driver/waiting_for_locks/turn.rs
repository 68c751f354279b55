//! Letting others have their turn at the write lock.
//!
//! A connection that commits again and again leaves the lock free for some microseconds at a time. Others try it now and then
//! only, with SQLite's own busy handler every 100 ms in the end, and miss all of these moments. So a connection that had to
//! wait for the lock itself a moment ago, and so knows that others want it, makes a short break now and then. One that is
//! alone pays for reading one cell. `docs/decisions/0018-waiting-in-company.md` has the measurements.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long a connection may go on without a break: less than the system lets a process run while others want the processor.
/// One that goes on for longer is preempted where it spends its time, in the middle of a transaction, and holds the lock for
/// as long as all of them run.
const RUN: Duration = Duration::from_millis(1);

/// How long a break is at least, and at most. Between these it is twice as long as the connection went on, so that the lock is
/// free for two thirds of the time, however long the transactions are.
const BREAK: Duration = Duration::from_micros(500);
const LONGEST_BREAK: Duration = Duration::from_millis(50);

/// For how long after its last wait a connection takes others to be there: some rounds of SQLite's longest sleep.
const COMPANY: Duration = Duration::from_secs(1);

/// What a connection knows of other writers.
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

    /// It committed, and has released the lock.
    pub fn committed(&self) {
        if self.waited.get().is_some() {
            self.committed.set(Some(Instant::now()));
        }
    }

    /// Whether it had to wait for others a moment ago.
    pub fn in_company(&self) -> bool {
        self.waited.get().is_some_and(|waited| waited.elapsed() <= COMPANY)
    }

    /// How long a break it should make before it takes the lock; `None` where it needs none.
    pub fn due(&self) -> Option<Duration> {
        self.waited.get().and_then(|waited| self.due_at(Instant::now(), waited))
    }

    fn due_at(&self, now: Instant, waited: Instant) -> Option<Duration> {
        if now.saturating_duration_since(waited) > COMPANY {
            self.waited.set(None);
            return None;
        }
        let until_now = |then: Option<Instant>| then.map_or(Duration::ZERO, |then| now.saturating_duration_since(then));
        let (gone_on, free) = (until_now(self.since.get()), until_now(self.committed.get()));
        let pause = (gone_on.saturating_sub(free) * 2).clamp(BREAK, LONGEST_BREAK);
        // A pause of one's own after a commit is as good as a break, or a part of it.
        if free >= pause {
            self.since.set(Some(now));
        } else if gone_on >= RUN {
            let rest = pause.saturating_sub(free);
            self.since.set(Some(now + rest));
            return Some(rest);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENTH: Duration = Duration::from_micros(100);

    /// Commits whenever `step` has passed, `pause` before it goes on, until others have not been there for `end`: when it
    /// made breaks, and of what length, in tenths of a millisecond.
    fn breaks(turn: &Turn, begin: Instant, end: Duration, step: Duration, pause: Duration) -> Vec<(u128, u128)> {
        let (mut made, mut now) = (Vec::new(), begin);
        while now < begin + end {
            now += step;
            turn.committed.set(turn.waited.get().map(|_| now));
            now += pause;
            if let Some(due) = turn.waited.get().and_then(|waited| turn.due_at(now, waited)) {
                made.push(((now - begin).as_micros() / 100, due.as_micros() / 100));
                now += due;
            }
        }
        made
    }

    fn in_company(end: Duration, step: Duration, pause: Duration) -> Vec<(u128, u128)> {
        let (turn, begin) = (Turn::default(), Instant::now());
        turn.waited(begin);
        breaks(&turn, begin, end, step, pause)
    }

    #[test]
    fn who_is_alone_makes_no_break() {
        assert!(breaks(&Turn::default(), Instant::now(), TENTH * 1000, TENTH, Duration::ZERO).is_empty());
    }

    #[test]
    fn who_had_to_wait_makes_one_twice_as_long_after_each_millisecond() {
        assert_eq!(in_company(TENTH * 70, TENTH, Duration::ZERO), [(10, 20), (40, 20), (70, 20)]);
    }

    #[test]
    fn who_has_long_transactions_or_is_stopped_in_them_makes_longer_ones() {
        assert_eq!(in_company(TENTH * 900, TENTH * 200, Duration::ZERO), [(200, 400), (800, 400)]);
        assert_eq!(in_company(TENTH * 5000, TENTH * 5000, Duration::ZERO), [(5000, 500)]);
    }

    #[test]
    fn who_pauses_anyway_makes_none() {
        assert!(in_company(TENTH * 500, TENTH, TENTH * 5).is_empty());
        assert!(in_company(TENTH * 3000, TENTH * 200, TENTH * 400).is_empty());
    }

    #[test]
    fn who_pauses_for_less_makes_the_rest_of_one() {
        assert_eq!(in_company(TENTH * 900, TENTH * 200, TENTH * 100), [(300, 300), (900, 300)]);
    }

    #[test]
    fn a_second_later_the_others_are_taken_to_be_gone() {
        let (turn, begin) = (Turn::default(), Instant::now());
        assert!(!turn.in_company());
        turn.waited(begin);
        assert!(turn.in_company());
        let made = breaks(&turn, begin, TENTH * 20_000, TENTH, Duration::ZERO);
        assert!((330..=336).contains(&made.len()) && made.iter().all(|(at, _)| *at <= 10_000), "{made:?}");
        assert_eq!(turn.waited.get(), None);
    }
}
