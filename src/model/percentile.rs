//! Percentiles by nearest rank: the smallest of some values that this share of them, in hundredths, doesn't exceed. Of runs' durations, which
//! are counted by slots; of lengths that are all there.

use super::trend::Totals;
use super::trend::histogram::middle;

/// Which percentiles of runs' durations trends tell.
pub const OF_TRENDS: [u64; 3] = [50, 90, 99];
/// Which percentiles of lead times and of times in a zone flows tell.
pub const OF_FLOWS: [u64; 3] = [50, 85, 95];

/// Which of so many values it is, counted from 1 at the smallest.
fn rank(count: u64, share: u64) -> u64 {
    (u128::from(count) * u128::from(share)).div_ceil(100).max(1) as u64
}

/// That of sorted lengths; `None` without any.
#[must_use]
pub fn of_sorted(lengths: &[i64], share: u64) -> Option<i64> {
    lengths.get(rank(lengths.len() as u64, share) as usize - 1).copied()
}

/// Those of runs' durations: the middles of their slots, but the longest is known exactly; `None` where no duration is known.
#[must_use]
pub fn of_durations<const N: usize>(totals: &Totals, shares: [u64; N]) -> Option<[u64; N]> {
    let count = totals.lengths.count();
    if count == 0 {
        return None;
    }
    let ranks = shares.map(|share| rank(count, share));
    let slots = totals.lengths.slots_of(ranks);
    let told = |nth: usize| if ranks[nth] >= count { totals.longest } else { middle(slots[nth]).min(totals.longest) };
    Some(std::array::from_fn(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_sorted_lengths_it_is_one_of_them() {
        let lengths: Vec<i64> = (1..=10).map(|length| length * 7).collect();
        let of = |share| of_sorted(&lengths, share);
        assert_eq!([0, 1, 50, 51, 90, 91, 100].map(of), [7, 7, 35, 42, 63, 70, 70].map(Some));
        assert_eq!(of_sorted(&[], 50), None);
    }

    #[test]
    fn of_durations_it_is_within_a_slot_and_the_longest_exactly() {
        let mut totals = Totals::default();
        assert_eq!(of_durations(&totals, [50]), None);
        let lengths: Vec<i64> = (0..1_000).map(|nth| nth * nth).collect();
        for length in &lengths {
            totals.add_length(*length as u64);
        }
        let told = of_durations(&totals, [50, 90, 100]).unwrap();
        for (told, share) in told.into_iter().zip([50, 90, 100]) {
            let exact = of_sorted(&lengths, share).unwrap() as u64;
            assert!(told.abs_diff(exact) as f64 <= exact as f64 * 0.032, "{told} for {exact}");
        }
        assert_eq!(told[2], 999 * 999);
    }
}
