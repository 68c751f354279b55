//! What was read of the log of changes, added up.

use std::collections::HashMap;

/// How many executions there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: i64,
    /// Those that succeeded.
    pub successful: i64,
    /// Those that did not.
    pub failed: i64,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.total += other.total;
        self.successful += other.successful;
        self.failed += other.failed;
    }
}

/// The same, and how many agents they are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many executions.
    pub counts: Counts,
    /// Of how many agents.
    pub agents: i64,
}

/// Counts by agent.
pub type ByAgent = HashMap<String, Counts>;

/// What was read of the log, added up.
#[derive(Default)]
pub struct Tail {
    /// The last row that was read, and its stamp.
    pub read_to: Option<(i64, i64)>,
    pub of_all: ByAgent,
    by_zone: HashMap<String, ByAgent>,
    by_worktree: HashMap<String, ByAgent>,
    by_both: HashMap<String, HashMap<String, ByAgent>>,
}

impl Tail {
    pub fn add(&mut self, zone: &str, worktree: &str, agent: &str, counts: Counts) {
        let add = |agents: &mut ByAgent| at(agents, agent, |known| known.add(counts));
        add(&mut self.of_all);
        at(&mut self.by_zone, zone, add);
        at(&mut self.by_worktree, worktree, add);
        at(&mut self.by_both, zone, |worktrees| at(worktrees, worktree, add));
    }

    pub fn of(&self, zone: Option<&str>, worktree: Option<&str>) -> Option<&ByAgent> {
        match (zone, worktree) {
            (None, None) => Some(&self.of_all),
            (Some(zone), None) => self.by_zone.get(zone),
            (None, Some(worktree)) => self.by_worktree.get(worktree),
            (Some(zone), Some(worktree)) => self.by_both.get(zone).and_then(|zone| zone.get(worktree)),
        }
    }
}

/// Works on the value of a key, made where it is missing; only then the key is copied.
fn at<V: Default>(map: &mut HashMap<String, V>, key: &str, work: impl FnOnce(&mut V)) {
    match map.get_mut(key) {
        Some(value) => work(value),
        None => work(map.entry(key.to_string()).or_default()),
    }
}
