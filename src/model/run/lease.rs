//! How long a worker holds a run without saying anything.

use super::moment::Moment;

/// A worker's hold on a run.
///
/// When it runs out, nothing changes by itself: its worker may still lengthen it or finish, until somebody takes the run away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// When it runs out.
    pub deadline: Moment,
    /// How long it was given for, in milliseconds.
    pub length_ms: i64,
}

impl Lease {
    /// A lease from now on.
    #[must_use]
    pub const fn granted(now: Moment, length_ms: i64) -> Self {
        Self { deadline: now.plus(length_ms), length_ms }
    }

    /// Whether it ran out, at least `grace_ms` ago.
    ///
    /// As long as the machine is up, only the monotonic clock counts: a wall clock that jumps neither takes a run away from a live worker
    /// nor keeps it for a dead one, and after a sleep of the machine its leases have run out. After a reboot there is only the wall clock.
    /// If that shows more time left than was ever given, it was set back, and the lease has run out, too: else a clock that begins in 1970
    /// would keep it for decades.
    #[must_use]
    pub fn ran_out(self, now: Moment, grace_ms: i64) -> bool {
        if now.shares_boot(self.deadline) {
            return now.monotonic_ms >= self.deadline.monotonic_ms.saturating_add(grace_ms);
        }
        let left = self.deadline.wall_ms.saturating_sub(now.wall_ms);
        left > self.length_ms || left.saturating_add(grace_ms) <= 0
    }

    /// The same lease, lasting at least so long from now. It never becomes shorter than it was.
    #[must_use]
    pub fn lengthened(self, now: Moment, length_ms: i64) -> Self {
        let new = Self::granted(now, length_ms);
        if new.deadline.shares_boot(self.deadline) && new.deadline.monotonic_ms < self.deadline.monotonic_ms {
            self
        } else {
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::moment::Boot;
    use super::*;

    const HOUR: i64 = 3_600_000;
    const MINUTE: i64 = 60_000;
    const NOW: Moment = Moment { boot: Boot(7), monotonic_ms: HOUR, wall_ms: 500_000 * HOUR };

    fn held() -> Lease {
        Lease::granted(NOW, MINUTE)
    }

    #[test]
    fn it_runs_out_at_its_deadline_and_not_before() {
        assert!(!held().ran_out(NOW.plus(MINUTE - 1), 0));
        assert!(held().ran_out(NOW.plus(MINUTE), 0));
        assert!(!held().ran_out(NOW.plus(MINUTE), 1));
        assert!(held().ran_out(NOW.plus(MINUTE + 1), 1));
    }

    #[test]
    fn a_wall_clock_that_jumps_an_hour_either_way_changes_nothing() {
        for jump in [-HOUR, HOUR] {
            let at = |ms| Moment { wall_ms: NOW.wall_ms + ms + jump, ..NOW.plus(ms) };
            assert!(!held().ran_out(at(MINUTE - 1), 0), "{jump}");
            assert!(held().ran_out(at(MINUTE), 0), "{jump}");
        }
    }

    #[test]
    fn a_machine_that_slept_finds_it_run_out() {
        // The monotonic clock counts sleep, so both clocks went on; one that was set back meanwhile doesn't matter.
        assert!(held().ran_out(NOW.plus(8 * HOUR), 0));
        assert!(held().ran_out(Moment { wall_ms: NOW.wall_ms, ..NOW.plus(8 * HOUR) }, 0));
    }

    #[test]
    fn after_a_reboot_the_wall_clock_tells() {
        let rebooted = |passed| Moment { boot: Boot(8), monotonic_ms: 12, wall_ms: NOW.wall_ms + passed };
        assert!(!held().ran_out(rebooted(MINUTE - 1), 0));
        assert!(held().ran_out(rebooted(MINUTE), 0));
        assert!(!held().ran_out(rebooted(MINUTE), MINUTE));
        // Set back: by more than the lease was given for, which can't be.
        assert!(held().ran_out(rebooted(-1), 0));
        assert!(held().ran_out(rebooted(-HOUR), HOUR));
        assert!(held().ran_out(Moment { boot: Boot(8), monotonic_ms: 0, wall_ms: 0 }, 0));
        // A monotonic time of another boot is no time of this one, however large.
        assert!(!held().ran_out(Moment { boot: Boot(8), monotonic_ms: i64::MAX, wall_ms: NOW.wall_ms }, 0));
    }

    #[test]
    fn where_no_boot_is_known_the_wall_clock_tells() {
        let lease = Lease::granted(Moment { boot: Boot::UNKNOWN, ..NOW }, MINUTE);
        let later = Moment { boot: Boot::UNKNOWN, monotonic_ms: i64::MAX, ..NOW };
        assert!(!lease.ran_out(later, 0));
        assert!(lease.ran_out(Moment { wall_ms: NOW.wall_ms + MINUTE, ..later }, 0));
    }

    #[test]
    fn it_is_lengthened_and_never_shortened() {
        assert_eq!(held().lengthened(NOW.plus(MINUTE / 2), MINUTE), Lease::granted(NOW.plus(MINUTE / 2), MINUTE));
        assert_eq!(held().lengthened(NOW.plus(1), MINUTE / 2), held());
        let rebooted = Moment { boot: Boot(8), monotonic_ms: 12, wall_ms: NOW.wall_ms };
        assert_eq!(held().lengthened(rebooted, 1), Lease::granted(rebooted, 1));
    }

    #[test]
    fn no_number_is_too_large() {
        let end = Moment { boot: Boot(7), monotonic_ms: i64::MAX, wall_ms: i64::MAX };
        assert!(Lease::granted(end, i64::MAX).ran_out(end, 0));
        assert!(!held().ran_out(NOW, i64::MAX));
        let rebooted = Moment { boot: Boot(8), ..end };
        assert!(held().ran_out(rebooted, 0) && !held().ran_out(NOW, 0));
    }
}
