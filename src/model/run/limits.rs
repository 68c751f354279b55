//! How many runs may be at work at once, and how much may be spent.

use crate::error::Error;
use crate::model::given::Field;

/// What a limit is about: all runs, or those of a zone, of an agent, or of both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Scope {
    /// The zone.
    pub zone: Option<String>,
    /// The agent.
    pub agent: Option<String>,
}

impl Scope {
    /// Whether it covers a run of this zone and agent.
    #[must_use]
    pub fn covers(&self, zone: &str, agent: &str) -> bool {
        let is = |scope: Option<&str>, of: &str| scope.is_none_or(|scope| scope == of);
        is(self.zone.as_deref(), zone) && is(self.agent.as_deref(), agent)
    }
}

/// How many runs may be at work at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The runs that it is about.
    pub scope: Scope,
    /// How many may be; with 0 none is claimed.
    pub most: i64,
    /// How many are: those that a worker holds. A run that waits for a person is not one.
    pub running: i64,
}

/// The first limit that leaves no room for a run of this zone and agent.
#[must_use]
pub fn full<'l>(limits: &'l [Limit], zone: &str, agent: &str) -> Option<&'l Limit> {
    limits.iter().find(|limit| limit.running >= limit.most && limit.scope.covers(zone, agent))
}

/// How much may be spent in a period, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How much.
    pub limit_micros: i64,
    /// How much has been spent, as far as it is known: costs that nobody reported are not in it.
    pub spent_micros: i64,
}

impl Budget {
    /// Whether nothing more may be started.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        self.spent_micros >= self.limit_micros
    }

    /// How much is left, never less than 0. Runs that are at work when a budget is spent may overshoot.
    #[must_use]
    pub const fn remaining_micros(&self) -> i64 {
        let left = self.limit_micros.saturating_sub(self.spent_micros);
        if left > 0 { left } else { 0 }
    }
}

impl Limit {
    /// The error of `startRun`.
    #[must_use]
    pub fn refusal(&self) -> Error {
        let (field, of) = match (&self.scope.zone, &self.scope.agent) {
            (None, None) => (None, String::new()),
            (Some(zone), None) => (Some("zoneId"), format!(" in the zone {zone:?}")),
            (None, Some(agent)) => (Some("agentType"), format!(" of the agent {agent:?}")),
            (Some(zone), Some(agent)) => (Some("zoneId"), format!(" in the zone {zone:?} of the agent {agent:?}")),
        };
        let (running, most) = (self.running, self.most);
        let message = format!("startRun: {running} runs are running{of}, at most {most} may");
        refused("ERR_RUN_LIMIT", message, field)
    }
}

/// The error of `startRun` where a budget is spent. `field` is the one that the budget is about.
#[must_use]
pub fn spent(budget: &Budget, field: Option<&'static str>) -> Error {
    let Budget { limit_micros, spent_micros } = budget;
    let message = format!("startRun: {spent_micros} of a budget of {limit_micros} costMicros are spent");
    refused("ERR_BUDGET", message, field)
}

fn refused(code: &'static str, message: String, field: Option<&'static str>) -> Error {
    let mut facts = Field::new("startRun", "zoneId").facts();
    (facts.field, facts.value) = (field, None);
    Error::Coded { code, message }.about(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(zone: Option<&str>, agent: Option<&str>, running: i64) -> Limit {
        Limit { scope: Scope { zone: zone.map(Into::into), agent: agent.map(Into::into) }, most: 2, running }
    }

    #[test]
    fn every_limit_that_a_run_is_within_must_leave_a_place() {
        let limits = [limit(None, None, 1), limit(Some("qa"), None, 2), limit(None, Some("claude"), 3)];
        assert_eq!(full(&limits, "dev", "codex"), None);
        assert_eq!(full(&limits, "qa", "codex"), Some(&limits[1]));
        assert_eq!(full(&limits, "dev", "claude"), Some(&limits[2]));
        let both = [limit(Some("qa"), Some("claude"), 2)];
        assert_eq!(full(&both, "qa", "codex").or(full(&both, "dev", "claude")), None);
        assert_eq!(full(&both, "qa", "claude"), Some(&both[0]));
        assert!(full(&[Limit { most: 0, ..limit(None, None, 0) }], "qa", "claude").is_some());
    }

    #[test]
    fn a_budget_is_spent_where_nothing_is_left_of_it() {
        let budget = |spent_micros| Budget { limit_micros: 10, spent_micros };
        assert_eq!((budget(9).is_spent(), budget(9).remaining_micros()), (false, 1));
        assert_eq!((budget(10).is_spent(), budget(10).remaining_micros()), (true, 0));
        assert_eq!((budget(i64::MAX).is_spent(), budget(i64::MAX).remaining_micros()), (true, 0));
        assert!(Budget { limit_micros: 0, spent_micros: 0 }.is_spent());
    }

    #[test]
    fn a_refusal_says_which_limit_it_was() {
        let refused = limit(Some("qa"), Some("claude"), 2).refusal();
        assert_eq!(
            refused.message(),
            "startRun: 2 runs are running in the zone \"qa\" of the agent \"claude\", at most 2 may"
        );
        assert_eq!(refused.parts().1.and_then(|facts| facts.field), Some("zoneId"));
        let budget = Budget { limit_micros: 10, spent_micros: 12 };
        assert_eq!(spent(&budget, None).message(), "startRun: 12 of a budget of 10 costMicros are spent");
    }
}
