//! How many runs may be at work at once.

use tokio_postgres::Row;

use super::reader::Reader;
use crate::engine::run::lanes::count_in;
use crate::model::run::{Limit, Scope};

/// The limits, that of all runs first.
pub(super) const LIMITS: &str = "SELECT zone_id, agent_type, at_once FROM {s}.run_limits ORDER BY zone_id, agent_type";
/// How many are at work of each zone and agent.
pub(super) const AT_WORK: &str =
    "SELECT zone_id, agent_type, count(*) FROM {s}.runs WHERE status = 'running' GROUP BY zone_id, agent_type";

/// The limits in these rows. Nothing is counted in them yet.
pub(super) fn limits_of(rows: &[Row]) -> Vec<Limit> {
    let limit = |row: &Row| {
        let reader = Reader::of(row);
        let name = || Some(reader.text()).filter(|name| !name.is_empty());
        let scope = Scope { zone: name(), agent: name() };
        Limit { scope, most: reader.integer(), running: 0 }
    };
    rows.iter().map(limit).collect()
}

/// The counts in these rows.
pub(super) fn at_work_of(rows: &[Row]) -> Vec<(String, String, i64)> {
    let each = |row: &Row| {
        let reader = Reader::of(row);
        (reader.text(), reader.text(), reader.integer())
    };
    rows.iter().map(each).collect()
}

/// Counts the runs at work in the limits.
pub(super) fn count_all(limits: &mut [Limit], at_work: &[(String, String, i64)]) {
    for (zone, agent, count) in at_work {
        for _ in 0..*count {
            count_in(limits, zone, agent);
        }
    }
}
