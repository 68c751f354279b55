//! How much may be spent.

use tokio_postgres::Row;

use super::reader::Reader;
use crate::engine::run::budgets::StoredBudget;
use crate::model::run::Budget;

/// All budgets, those of all runs first.
pub(super) const BUDGETS: &str = "SELECT scope, id, period, time_zone, limit_micros, spent_micros, resets_at FROM {s}.budgets \
     ORDER BY scope <> 'all', scope, id, period";

/// The budgets in these rows.
pub(super) fn budgets_of(rows: &[Row]) -> Vec<StoredBudget> {
    let budget = |row: &Row| {
        let reader = Reader::of(row);
        StoredBudget {
            scope: reader.text(),
            id: reader.text(),
            period: reader.text(),
            time_zone: reader.text(),
            budget: Budget { limit_micros: reader.integer(), spent_micros: reader.integer() },
            resets_at: reader.integer_or_null(),
        }
    };
    rows.iter().map(budget).collect()
}
