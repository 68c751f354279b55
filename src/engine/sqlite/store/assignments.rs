//! Which worktree is in which zone.

use super::Store;
use super::queries::Query;
use super::rowids::ById;
use crate::engine::Assignments;
use crate::engine::sqlite::driver::Bind;
use crate::error::Result;
use crate::model::{Field, Given, Stored, WORKTREE, rules};
use crate::rows::Batch;

impl Assignments for Store {
    fn assign_worktree(&self, method: &'static str, worktree: Given<'_>, zone: Given<'_>, now: &str) -> Result<()> {
        self.connection.check_idle()?;
        let [worktree_field, zone_field] = [Field::new(method, "worktreeId"), Field::new(method, "zoneId").behind(1)];
        let worktree = rules::id(worktree_field, worktree)?;
        let zone = rules::id(zone_field, zone)?;
        self.undoable(&WORKTREE, worktree, || self.assign(&[worktree.into(), zone.into(), now.into()]))
            .map_err(|error| self.about_link(error, (zone_field, zone), (worktree_field, worktree)))
    }

    fn remove_assignment(&self, worktree: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("removeWorktreeFromZone", "worktreeId"), worktree)? {
            Some(worktree) => self.undoable(&WORKTREE, worktree, || {
                self.write(Query::RemoveAssignment, &[Stored::from(worktree)]).map(|_| ())
            }),
            None => Ok(()),
        }
    }

    fn get_worktree_zone(&self, worktree: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getWorktreeZone", "worktreeId"), worktree)? {
            Some(worktree) => self.get_by_id(ById::Assignment, worktree, batch),
            None => Ok(()),
        }
    }

    fn list_worktrees_in_zone(&self, zone: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getWorktreesInZone", "zoneId"), zone)? {
            Some(zone) => self.list(Query::ListWorktreesInZone, &[Bind::Text(zone)], batch),
            None => Ok(false),
        }
    }

    fn list_assignments(&self, batch: &mut Batch) -> Result<bool> {
        self.list(Query::ListAssignments, &[], batch)
    }
}

impl Store {
    fn assign(&self, assignment: &[Stored<'_>]) -> Result<()> {
        // Many assignments within one millisecond come in a transaction: there, trying `MoveWorktree` first would cost more.
        if !self.connection.in_transaction() && self.write(Query::MoveWorktree, assignment)? > 0 {
            return Ok(());
        }
        self.write(Query::AssignWorktree, assignment).map(|_| ())
    }
}
