//! Worktrees that went because another one took their place.
//!
//! `REPLACE` on a connection that leaves recursive triggers off fires no delete trigger. So before each insert a row of the log
//! says what is in its way (`schema/0003_changes.up.sql`), and the insert's own row confirms it; where the insert was ignored or
//! became an update, the first row is void. The next row about a worktree that is no such row itself decides. `UPDATE OR REPLACE`
//! of a port says the same, and its own row confirms it.

use std::collections::HashMap;

use serde_json::Value;

use super::Store;
use super::queries::Query;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;

/// The entity of the log's rows about worktrees.
pub const WORKTREE: i64 = 1;
/// The `op` of a row that says that something was made.
pub const MADE: i64 = 1;
/// The `op` of a row that says that something was changed.
pub const CHANGED: i64 = 2;

/// The row that decides about the rows before it, once it was looked for: looking again for each of them would cost as much as
/// there are.
#[derive(Default)]
pub struct Replaced {
    looked: Option<Looked>,
}

struct Looked {
    /// Rows from here on, before `until`.
    from: i64,
    until: i64,
    /// What was done there, to which worktree, and its port, where that is another one now.
    done: Option<(i64, String, Value)>,
    /// Where else the same worktrees were in the way: the last time for each, which alone counts.
    again: HashMap<String, i64>,
}

impl Replaced {
    /// Whether the worktree with this id is gone: the row `seq` says that another one, in `data`, is about to take its place.
    pub fn is_gone(&mut self, store: &Store, seq: i64, id: &str, data: &str) -> Result<bool> {
        let Ok(Value::Object(taker)) = serde_json::from_str(data) else { return Ok(false) };
        let (Some(Value::String(by)), Some(port)) = (taker.get("id"), taker.get("port")) else { return Ok(false) };
        if by == id {
            return Ok(false);
        }
        let how = if taker.contains_key("by") { CHANGED } else { MADE };
        let looked = match self.looked.take() {
            Some(looked) if (looked.from..looked.until).contains(&seq) => looked,
            _ => store.look_for_next_worktree(seq)?,
        };
        let looked = self.looked.insert(looked);
        let is_last = looked.again.get(id).is_none_or(|last| *last <= seq);
        let is_taken = |(op, taker, its_port): &(i64, String, Value)| *op == how && taker == by && its_port == port;
        Ok(is_last && looked.done.as_ref().is_some_and(is_taken))
    }
}

impl Store {
    fn look_for_next_worktree(&self, seq: i64) -> Result<Looked> {
        let mut looked = Looked { from: seq, until: i64::MAX, done: None, again: HashMap::new() };
        let of_worktrees = [Bind::Integer(seq), Bind::Integer(WORKTREE)];
        self.statement(Query::LogOf)?.with_bound(&of_worktrees, |row| {
            while row.step()? {
                let (at, op, id) = (row.integer(0), row.integer(1), row.text(2));
                if op == 0 {
                    looked.again.insert(id, at);
                    continue;
                }
                looked.until = at;
                let values: Value = row.with_text(3, |data| serde_json::from_str(data).unwrap_or_default());
                looked.done = Some((op, id, values.get("port").cloned().unwrap_or_default()));
                break;
            }
            Ok(())
        })?;
        Ok(looked)
    }
}
