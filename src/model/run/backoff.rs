//! How long a failed run waits for its next attempt.

/// Each attempt waits twice as long as the one before it, up to a cap; half of the wait is random.
///
/// So runs that fail together, as when a provider is down, don't come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first attempt, in milliseconds.
    pub first_ms: i64,
    /// The longest, in milliseconds.
    pub cap_ms: i64,
}

impl Backoff {
    /// Up to 1 s after the first attempt, 2 s after the second, … 5 minutes after the tenth and each later one.
    pub const STANDARD: Self = Self { first_ms: 1_000, cap_ms: 300_000 };

    /// Milliseconds from the end of this attempt, the first of which is 1, to the next one. `chance` is a random number.
    #[must_use]
    pub fn delay_ms(self, attempt: u32, chance: u32) -> i64 {
        let doubled = 1_i64.checked_shl(attempt.saturating_sub(1)).filter(|factor| *factor > 0).unwrap_or(i64::MAX);
        let longest = self.first_ms.saturating_mul(doubled).clamp(0, self.cap_ms);
        let half = longest / 2;
        half + (i128::from(longest - half) * i128::from(chance) / i128::from(u32::MAX)) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_its_cap() {
        let longest: Vec<i64> = (1..=11).map(|attempt| Backoff::STANDARD.delay_ms(attempt, u32::MAX)).collect();
        assert_eq!(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000]);
        for attempt in [0, 1, 62, 63, 64, 65, u32::MAX] {
            let most = if attempt < 2 { 1_000 } else { 300_000 };
            assert_eq!(Backoff::STANDARD.delay_ms(attempt, u32::MAX), most, "{attempt}");
        }
    }

    #[test]
    fn half_of_it_is_by_chance() {
        assert_eq!(Backoff::STANDARD.delay_ms(1, 0), 500);
        assert_eq!(Backoff::STANDARD.delay_ms(1, u32::MAX / 2), 749);
        let odd = Backoff { first_ms: 3, cap_ms: i64::MAX };
        assert_eq!((odd.delay_ms(1, 0), odd.delay_ms(1, u32::MAX)), (1, 3));
        assert_eq!(odd.delay_ms(u32::MAX, u32::MAX), i64::MAX);
    }
}
