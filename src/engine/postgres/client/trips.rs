//! How far away the server is: the shortest of the trips to it.

use std::cell::Cell;
use std::time::Duration;

/// What the trips of a client took.
#[derive(Debug, Default)]
pub struct Trips {
    /// How many connections there have been.
    connections: Cell<u64>,
    made: Cell<u32>,
    /// Of those on this connection.
    shortest: Cell<Option<Duration>>,
}

impl Trips {
    /// How many there have been.
    #[must_use]
    pub fn made(&self) -> u32 {
        self.made.get()
    }

    /// What so many trips take at least, whatever the server has to do.
    #[must_use]
    pub fn take_at_least(&self, trips: u32) -> Duration {
        self.shortest.get().unwrap_or_default().saturating_mul(trips)
    }

    /// How many connections there have been.
    #[must_use]
    pub(super) fn connections(&self) -> u64 {
        self.connections.get()
    }

    /// There is another connection, perhaps to another host.
    pub(super) fn start_again(&self) {
        self.connections.set(self.connections.get() + 1);
        self.shortest.set(None);
    }

    pub(super) fn count(&self, took: Duration) {
        self.made.set(self.made.get().wrapping_add(1));
        self.shortest.set(Some(self.shortest.get().map_or(took, |shortest| shortest.min(took))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_trip_says_how_far_away_this_server_is() {
        let trips = Trips::default();
        assert_eq!((trips.made(), trips.take_at_least(3)), (0, Duration::ZERO));
        for took in [17, 15, 90] {
            trips.count(Duration::from_millis(took));
        }
        assert_eq!((trips.made(), trips.take_at_least(3)), (3, Duration::from_millis(45)));
        trips.start_again();
        assert_eq!((trips.made(), trips.take_at_least(3)), (3, Duration::ZERO));
    }
}
