//! What a claim chooses among: the first of each lane that is open, and how many are at work in its zone.

use crate::model::run::{Limit, full};

/// By how much a run that a person has answered is more urgent: by more than any two priorities differ.
const ANSWERED: i64 = 1 << 54;

/// The position in a lane: the smallest is next. Of two with one urgency the older.
#[must_use]
pub const fn urgency(priority: i64, answered: bool) -> i64 {
    if answered { -priority - ANSWERED } else { -priority }
}

/// One more is at work.
pub fn count_in(limits: &mut [Limit], zone: &str, agent: &str) {
    for limit in limits.iter_mut().filter(|limit| limit.scope.covers(zone, agent)) {
        limit.running += 1;
    }
}

/// The first of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First<'a> {
    /// The lane's zone.
    pub zone_id: &'a str,
    /// Its agent.
    pub agent_type: &'a str,
    /// Its position in the lane.
    pub urgency: i64,
    /// The key of the run.
    pub run: i64,
}

/// Lanes, by zone. All names are in one text, so that a claim allocates nothing for each of them.
#[derive(Debug, Default)]
pub struct Lanes {
    names: String,
    zones: Vec<Zone>,
    all: Vec<Lane>,
}

#[derive(Debug)]
struct Zone {
    name: Name,
    at_work: i64,
}

#[derive(Debug, Clone, Copy)]
struct Lane {
    zone: usize,
    agent: Name,
    urgency: i64,
    run: i64,
}

/// Where a name begins and ends in the text.
#[derive(Debug, Clone, Copy)]
struct Name(usize, usize);

impl Lanes {
    /// Adds one. They come in the order of their zones.
    pub fn push(&mut self, first: First<'_>) {
        let known = self.zones.last().is_some_and(|zone| self.name(zone.name) == first.zone_id);
        if !known {
            let name = self.add(first.zone_id);
            self.zones.push(Zone { name, at_work: 0 });
        }
        let agent = self.add(first.agent_type);
        let zone = self.zones.len() - 1;
        self.all.push(Lane { zone, agent, urgency: first.urgency, run: first.run });
    }

    /// One more is at work in a zone.
    pub fn count_in(&mut self, zone_id: &[u8]) {
        let found = self.zones.binary_search_by(|zone| self.name(zone.name).as_bytes().cmp(zone_id));
        if let Ok(found) = found {
            self.zones[found].at_work += 1;
        }
    }

    /// The lane whose first is next: the most urgent, in the zone in which the fewest are at work, the oldest. Not one that
    /// is full.
    #[must_use]
    pub fn next(&self, limits: &[Limit]) -> Option<usize> {
        let is_open =
            |lane: &Lane| full(limits, self.name(self.zones[lane.zone].name), self.name(lane.agent)).is_none();
        let rank = |lane: &Lane| (lane.urgency, self.zones[lane.zone].at_work, lane.run);
        let open = self.all.iter().enumerate().filter(|(_, lane)| is_open(lane));
        open.min_by_key(|(_, lane)| rank(lane)).map(|(at, _)| at)
    }

    /// The first of a lane.
    #[must_use]
    pub fn first(&self, at: usize) -> First<'_> {
        let Lane { zone, agent, urgency, run } = self.all[at];
        First { zone_id: self.name(self.zones[zone].name), agent_type: self.name(agent), urgency, run }
    }

    /// Sets the first of a lane. Where none is left the lane is removed, and the last lane gets its index.
    pub fn set_first(&mut self, at: usize, first: Option<(i64, i64)>) {
        match first {
            Some((urgency, run)) => (self.all[at].urgency, self.all[at].run) = (urgency, run),
            None => _ = self.all.swap_remove(at),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    fn add(&mut self, name: &str) -> Name {
        let from = self.names.len();
        self.names.push_str(name);
        Name(from, self.names.len())
    }

    fn name(&self, Name(from, to): Name) -> &str {
        &self.names[from..to]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::run::Scope;

    fn lanes(of: &[(&str, &str, i64, i64)]) -> Lanes {
        let mut lanes = Lanes::default();
        for &(zone_id, agent_type, urgency, run) in of {
            lanes.push(First { zone_id, agent_type, urgency, run });
        }
        lanes
    }

    #[test]
    fn the_most_urgent_is_next_then_the_zone_with_the_fewest_at_work_then_the_oldest() {
        let mut lanes =
            lanes(&[("a", "x", 0, 1), ("a", "y", 0, 2), ("b", "x", 0, 4), ("b", "y", 0, 3), ("c", "x", -5, 9)]);
        let mut order = Vec::new();
        lanes.count_in(b"a");
        lanes.count_in(b"nowhere");
        while let Some(next) = lanes.next(&[]) {
            let First { zone_id, run, .. } = lanes.first(next);
            order.push(run);
            let zone_id = zone_id.to_owned();
            lanes.count_in(zone_id.as_bytes());
            lanes.set_first(next, None);
        }
        assert_eq!(order, [9, 3, 1, 4, 2]);
    }

    #[test]
    fn a_lane_that_is_full_is_none() {
        let lanes = lanes(&[("a", "x", 0, 1), ("b", "y", 0, 2)]);
        let scope = Scope { zone: Some("a".into()), agent: None };
        let limit = Limit { scope, most: 1, running: 1 };
        assert_eq!(lanes.next(&[limit]).map(|next| lanes.first(next).run), Some(2));
    }
}
