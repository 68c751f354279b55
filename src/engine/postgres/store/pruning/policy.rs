//! The board's policy, and whose turn it is to prune.

use crate::engine::Policy;
use crate::engine::postgres::client::value::cell;
use crate::engine::postgres::store::Store;
use crate::engine::pruning::TURN_MS;
use crate::error::Result;

const POLICY: &str =
    "SELECT bodies_ms, output_ms, runs_ms, per_zone, max_bytes, changes_ms, every_ms FROM {s}.retention";
const SET_POLICY: &str = "UPDATE {s}.retention SET bodies_ms = $1, output_ms = $2, runs_ms = $3, per_zone = $4, max_bytes = $5, changes_ms = $6, \
     every_ms = $7, bodies_at = -9223372036854775807, output_at = -9223372036854775807";
/// Where a clock was set back, a turn or an end may be still to come: such a time counts for nothing.
const TAKE_TURN: &str = "UPDATE {s}.retention SET at_work_until = $1 + $3 \
     WHERE (at_work_until IS NULL OR at_work_until NOT BETWEEN $1 AND $1 + $3) \
     AND (done_at IS NULL OR done_at NOT BETWEEN $1 - $2 + 1 AND $1) RETURNING 1";
const END_TURN: &str = "UPDATE {s}.retention SET at_work_until = CASE WHEN $2 THEN $1 + $3 END, done_at = CASE WHEN $2 THEN done_at ELSE $1 END";

impl Store {
    pub(super) fn stored_policy(&self) -> Result<(Policy, Option<i64>)> {
        let row = self.read_one(POLICY, &[])?;
        let number = |at| row.as_ref().and_then(|row| cell(row, at)).map(|cell| cell.integer());
        let policy = Policy {
            bodies_ms: number(0),
            output_ms: number(1),
            runs_ms: number(2),
            per_zone: number(3),
            max_bytes: number(4),
            changes_ms: number(5),
        };
        Ok((policy, number(6)))
    }

    pub(super) fn store_policy(&self, of: &Policy, every_ms: Option<i64>) -> Result<()> {
        let all = [of.bodies_ms, of.output_ms, of.runs_ms, of.per_zone, of.max_bytes, of.changes_ms, every_ms];
        self.write(SET_POLICY, &all.map(Into::into)).map(drop)
    }

    pub(super) fn take_turn(&self, now: i64, every_ms: i64) -> Result<bool> {
        Ok(!self.write(TAKE_TURN, &[now, every_ms, TURN_MS].map(Into::into))?.is_empty())
    }

    pub(super) fn end_turn(&self, now: i64, more: bool) -> Result<()> {
        self.write(END_TURN, &[now.into(), more.into(), TURN_MS.into()]).map(drop)
    }
}
