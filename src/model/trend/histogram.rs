//! How many durations there are of each length, in slots of a sixteenth of a doubling: the middle of a slot is within 3.2 % of its values,
//! and exact below 32. All counts are integers, so that taking away is exact.

/// How many slots each doubling has, a power of two.
const PARTS: usize = 16;
const SHIFT: u32 = PARTS.trailing_zeros();

/// The slot of a value.
#[must_use]
pub fn slot(value: u64) -> usize {
    if value < PARTS as u64 {
        return value as usize;
    }
    let doublings = value.ilog2() - SHIFT;
    PARTS + doublings as usize * PARTS + ((value >> doublings) as usize & (PARTS - 1))
}

/// The middle of a slot.
#[must_use]
pub fn middle(slot: usize) -> u64 {
    if slot < PARTS {
        return slot as u64;
    }
    let doublings = (slot / PARTS - 1).min(59);
    let least = ((PARTS + slot % PARTS) as u64) << doublings;
    least + (1 << doublings) / 2
}

/// How many slots there are, for all values of 64 bits.
pub const SLOTS: usize = PARTS + 60 * PARTS;

/// How many values each slot has, from the first slot with any.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    first: usize,
    counts: Vec<u64>,
}

impl Histogram {
    /// Adds to a slot.
    #[inline]
    pub fn add(&mut self, slot: usize, count: u64) {
        match slot.checked_sub(self.first).and_then(|at| self.counts.get_mut(at)) {
            Some(of) => *of = of.wrapping_add(count),
            None => self.grow(slot, count),
        }
    }

    /// Adds to a slot for which there is no room yet.
    fn grow(&mut self, slot: usize, count: u64) {
        if self.counts.is_empty() {
            self.first = slot;
        } else if slot < self.first {
            self.counts.splice(0..0, std::iter::repeat_n(0, self.first - slot));
            self.first = slot;
        }
        let at = slot - self.first;
        if at >= self.counts.len() {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] = self.counts[at].wrapping_add(count);
    }

    /// Takes from a slot.
    pub fn take(&mut self, slot: usize, less: u64) {
        if let Some(count) = slot.checked_sub(self.first).and_then(|at| self.counts.get_mut(at)) {
            *count = count.saturating_sub(less);
        }
    }

    /// The slots that have values, and how many.
    pub fn slots(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let counts = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        counts.map(|(at, count)| (self.first + at, *count))
    }

    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |all, count| all.wrapping_add(*count))
    }

    /// The slots of the values at these ranks, counted from the smallest value; ranks in their order. The last slot where there are fewer
    /// values.
    #[must_use]
    pub fn slots_of<const N: usize>(&self, ranks: [u64; N]) -> [usize; N] {
        let mut found = [self.first; N];
        let (mut behind, mut at) = (0_u64, 0);
        for (slot, count) in self.slots() {
            behind = behind.saturating_add(count);
            for of in &mut found[at..] {
                *of = slot;
            }
            while at < N && behind >= ranks[at] {
                at += 1;
            }
            if at == N {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::random::Random;

    #[test]
    fn a_slot_is_within_a_twentieth_of_its_values_and_slots_come_in_their_order() {
        let mut random = Random(3);
        for _ in 0..20_000 {
            let value = random.next() >> (random.next() % 64);
            let said = middle(slot(value));
            let off = said.abs_diff(value);
            assert!(off as f64 <= value as f64 * 0.032, "{value} is said to be {said}");
            assert!(slot(value) < SLOTS && slot(value) <= slot(value.saturating_add(1)));
        }
        for value in 0..32 {
            assert_eq!(middle(slot(value)), value);
        }
        assert_eq!(slot(u64::MAX), SLOTS - 1);
    }

    #[test]
    fn what_is_added_is_taken_away_again() {
        let mut random = Random(5);
        let mut of = Histogram::default();
        let values: Vec<u64> = (0..200).map(|_| random.next() >> (random.next() % 64)).collect();
        for value in &values {
            of.add(slot(*value), 1);
        }
        assert_eq!(of.count(), 200);
        for value in &values[..150] {
            of.take(slot(*value), 1);
        }
        let mut left: Vec<usize> = values[150..].iter().map(|value| slot(*value)).collect();
        left.sort_unstable();
        let slots: Vec<usize> =
            of.slots().flat_map(|(slot, count)| std::iter::repeat_n(slot, count as usize)).collect();
        assert_eq!(slots, left);
        for rank in 1..=49 {
            assert_eq!(of.slots_of([rank, rank + 1, 99]), [rank - 1, rank, 49].map(|at| left[at as usize]));
        }
    }
}
