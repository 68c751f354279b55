//! Who is next in the queue.

use std::cmp::Reverse;

/// A queued run's position in line: the smallest is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    answered: Reverse<bool>,
    priority: Reverse<i64>,
    running_in_zone: i64,
    created_at: i64,
    id: &'a str,
}

impl<'a> Place<'a> {
    /// First what a person has answered; then the highest priority, the zone in which the fewest run, the oldest. The id
    /// decides among what is alike in all of these, so that everybody sees one order.
    #[must_use]
    pub const fn new(answered: bool, priority: i64, running_in_zone: i64, created_at: i64, id: &'a str) -> Self {
        Self { answered: Reverse(answered), priority: Reverse(priority), running_in_zone, created_at, id }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn each_reason_counts_before_those_after_it() {
        let line = [
            Place::new(true, -5, 9, 9, "z"),
            Place::new(false, 1, 9, 9, "z"),
            Place::new(false, 0, 0, 9, "z"),
            Place::new(false, 0, 1, 1, "z"),
            Place::new(false, 0, 1, 2, "a"),
            Place::new(false, 0, 1, 2, "b"),
        ];
        assert!(line.is_sorted_by(|before, after| before < after));
    }
}
