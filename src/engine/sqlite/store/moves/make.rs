//! The drop: moving a worktree, its assignment, its position, and the reason in the log, all or nothing.

use serde_json::Value;

use super::sql::Sql;
use crate::engine::drops::{Expected, Wish, ZONE_AT, agents, elsewhere, full, push_move};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;
use crate::model::ledger::{Move, Stop};
use crate::model::run::Wanted;
use crate::model::{Field, Given, WORKTREE, ZONE, prompt, time};
use crate::rows::Batch;

/// Where a worktree is to go.
struct Target {
    stop: Stop,
    most: Option<i64>,
}

impl Store {
    /// Moves a worktree and appends its row, and, if its zone changes, that of the move and those of the runs that are queued by
    /// it.
    fn drop_worktree(&self, of: Wish<'_>, wall_ms: i64, batch: &mut Batch) -> Result<()> {
        let now = &time::iso(wall_ms as f64);
        let method = of.method;
        let here = self.first(Sql::WhereIs, &[Bind::Text(of.worktree)], |row| {
            (row.text(0), row.text_or_null(1).map(|id| Stop { id, name: row.text(2) }))
        })?;
        let Some((branch_name, from)) = here else {
            return Err(WORKTREE.not_found(Field::new(method, "worktreeId"), Given::Text(of.worktree)));
        };
        if let Some(Expected(expected)) = of.expected
            && expected != from.as_ref().map(|stop| stop.id.as_str())
        {
            return Err(elsewhere(method, expected, from));
        }
        let to = of.zone.map(|zone| self.target(method, zone)).transpose()?;
        let is_move = from.as_ref().map(|stop| &stop.id) != to.as_ref().map(|to| &to.stop.id);
        let mut made = None;
        if is_move {
            if let Some(target) = &to {
                self.check_wip(method, target, of.force)?;
                let values = [Bind::Text(of.worktree), Bind::Text(&target.stop.id), Bind::Text(now)];
                self.sign(|| {
                    if self.take(Query::MoveWorktree, &values)? {
                        return Ok(());
                    }
                    self.write_run(Query::AssignWorktree, &values).map(|_| ())
                })?;
            } else {
                let worktree = [Bind::Text(of.worktree)];
                self.sign(|| self.write_run(Query::RemoveAssignment, &worktree))?;
            }
            let end = self.last_entry()?;
            if let Some(reason) = of.reason {
                self.write_run(Sql::SetReason, &[Bind::Integer(end.seq), Bind::Text(reason)])?;
            }
            made = Some(Move {
                seq: end.seq,
                stamp: end.stamp,
                nth: 0,
                at: end.at,
                worktree_id: of.worktree.to_owned(),
                branch_name,
                from,
                to: to.map(|to| to.stop),
                by: self.actor().map(|by| by.to_string()),
                reason: of.reason.map(ToOwned::to_owned),
            });
        }
        if of.position.values.is_empty() {
            self.first(Query::GetWorktree, &[Bind::Text(of.worktree)], |row| {
                row.pack_columns(batch, WORKTREE.fields.len(), false)
            })?
            .transpose()?;
        } else {
            self.update(&WORKTREE, of.worktree, now, of.position, batch)?;
        }
        if let Some(made) = &made {
            push_move(batch, made);
            batch.end_row();
        }
        match (of.variables, made.and_then(|made| made.to)) {
            (Some(variables), Some(zone)) => {
                self.enqueue_agents(method, of.worktree, &zone.id, &variables, wall_ms, batch)
            }
            _ => Ok(()),
        }
    }

    fn target(&self, method: &'static str, zone: &str) -> Result<Target> {
        let found = self.first(Sql::WhereTo, &[Bind::Text(zone)], |row| Target {
            stop: Stop { id: zone.to_owned(), name: row.text(0) },
            most: row.integer_or_null(1),
        })?;
        found.ok_or_else(|| ZONE.not_found(Field::new(method, "zoneId").behind(ZONE_AT), Given::Text(zone)))
    }

    /// Refuses a zone that has all the worktrees that it is to have.
    fn check_wip(&self, method: &'static str, target: &Target, force: bool) -> Result<()> {
        let Some(most) = target.most.filter(|_| !force) else { return Ok(()) };
        let zone = &target.stop.id;
        let there = self.first(Sql::CountInZone, &[Bind::Text(zone)], |row| row.integer(0))?.unwrap_or_default();
        if there < most {
            return Ok(());
        }
        Err(full(method, zone, there, most))
    }
}

impl Store {
    /// Queues a run of each agent of a zone into which a worktree was dropped, if a drop starts them.
    fn enqueue_agents(
        &self,
        method: &'static str,
        worktree_id: &str,
        zone_id: &str,
        variables: &Value,
        wall_ms: i64,
        batch: &mut Batch,
    ) -> Result<()> {
        let (Some(zone), Some(worktree)) = (self.object(&ZONE, zone_id)?, self.object(&WORKTREE, worktree_id)?) else {
            return Ok(());
        };
        if zone.get("trigger").and_then(Value::as_str) != Some("onDrop") {
            return Ok(());
        }
        let agents = agents(method, zone_id, zone.get("agents").unwrap_or(&Value::Null))?;
        let template = zone.get("promptTemplate").and_then(Value::as_str).unwrap_or_default();
        let (prompt, _) = prompt::render(template, &worktree, &zone, variables);
        for agent in agents {
            self.want(method, &Wanted::of(zone_id, worktree_id, agent, &prompt), wall_ms, batch)?;
        }
        Ok(())
    }
}

impl crate::engine::Moves for Store {
    fn move_worktree(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_moves()?;
        let of = Wish::given(method, given)?;
        self.atomically(|| self.undoable(&WORKTREE, of.worktree, || self.drop_worktree(of, now as i64, batch)))
    }

    fn fold_moves(&self) -> Result<()> {
        self.check_moves()?;
        self.fold_unread()
    }

    fn list_moves(
        &self,
        filter: &crate::engine::MoveFilter<'_>,
        after: i64,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.check_moves()?;
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.latest_moves(filter, after, most, batch)
        })
    }

    fn flow(&self, asked: &crate::engine::FlowFilter, batch: &mut Batch) -> Result<()> {
        self.check_moves()?;
        self.push_flow(asked, batch)
    }
}
