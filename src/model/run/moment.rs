//! A moment by two clocks: the wall clock, which anybody can set, and the monotonic one, which counts since the machine was started and
//! which nobody can set.

/// The start of the machine that a monotonic time counts from: a number made from the operating system's id of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Boot(pub i64);

impl Boot {
    /// Where the system doesn't say: such monotonic times are compared with no others.
    pub const UNKNOWN: Self = Self(0);
}

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The start of the machine that the monotonic time counts from.
    pub boot: Boot,
    /// Milliseconds by a clock that never goes back and that goes on while the machine sleeps.
    pub monotonic_ms: i64,
    /// Milliseconds since 1970 by the clock that people see.
    pub wall_ms: i64,
}

impl Moment {
    /// Whether the monotonic times of both count from the same start.
    #[must_use]
    pub fn shares_boot(self, other: Self) -> bool {
        self.boot == other.boot && self.boot != Boot::UNKNOWN
    }

    /// How long ago an earlier moment was, in milliseconds; 0 where that is still to come.
    ///
    /// The wall clock counts only if the machine was rebooted in between.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        let passed = if self.shares_boot(earlier) {
            self.monotonic_ms.saturating_sub(earlier.monotonic_ms)
        } else {
            self.wall_ms.saturating_sub(earlier.wall_ms)
        };
        passed.max(0)
    }

    /// The moment so many milliseconds later.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self { monotonic_ms: self.monotonic_ms.saturating_add(ms), wall_ms: self.wall_ms.saturating_add(ms), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment { boot: Boot(7), monotonic_ms: 5_000, wall_ms: 1_795_377_600_000 };

    #[test]
    fn time_passes_by_the_monotonic_clock_whatever_the_wall_shows() {
        for jump in [-3_600_000, 0, 3_600_000] {
            let later = Moment { wall_ms: NOON.wall_ms + jump, monotonic_ms: 6_500, ..NOON };
            assert_eq!(later.since(NOON), 1_500);
        }
    }

    #[test]
    fn after_a_reboot_by_the_wall_clock_and_never_backwards() {
        let rebooted = Moment { boot: Boot(8), monotonic_ms: 10, wall_ms: NOON.wall_ms + 90_000 };
        assert_eq!(rebooted.since(NOON), 90_000);
        assert_eq!(NOON.since(rebooted), 0);
        let unknown = Moment { boot: Boot::UNKNOWN, ..NOON };
        assert_eq!(unknown.plus(20).since(unknown), 20);
    }

    #[test]
    fn no_number_is_too_large() {
        let end = Moment { boot: Boot(7), monotonic_ms: i64::MAX, wall_ms: i64::MAX };
        let start = Moment { boot: Boot(7), monotonic_ms: i64::MIN, wall_ms: i64::MIN };
        assert_eq!(end.plus(1), end);
        assert_eq!(end.since(start), i64::MAX);
    }
}
