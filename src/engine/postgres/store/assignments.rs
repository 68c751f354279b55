//! Which worktree is in which zone.

use super::Store;
use super::sized::check_text;
use crate::engine::Assignments;
use crate::engine::postgres::client::value::push_row;
use crate::error::Result;
use crate::model::{Field, Given, rules};
use crate::rows::Batch;

/// A worktree that is assigned again comes behind all others, like one that is assigned for the first time.
pub(super) const ASSIGN: &str = "INSERT INTO {s}.worktree_zones (worktree_id, zone_id, assigned_at) VALUES ($1, $2, $3) \
     ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at, seq = DEFAULT";
pub(super) const REMOVE: &str = "DELETE FROM {s}.worktree_zones WHERE worktree_id = $1";
const GET: &str = "SELECT zone_id FROM {s}.worktree_zones WHERE worktree_id = $1";
const LIST_OF_ZONE: &str = "SELECT {w.worktree} FROM {s}.worktree_zones AS a JOIN {s}.worktrees AS w ON w.id = a.worktree_id \
     WHERE a.zone_id = $1 ORDER BY a.assigned_at, a.seq";
pub(super) const LIST: &str = "SELECT worktree_id, zone_id FROM {s}.worktree_zones ORDER BY zone_id, assigned_at, seq";

impl Assignments for Store {
    fn assign_worktree(&self, method: &'static str, worktree: Given<'_>, zone: Given<'_>, now: &str) -> Result<()> {
        self.check_open()?;
        let [worktree_field, zone_field] = [Field::new(method, "worktreeId"), Field::new(method, "zoneId").behind(1)];
        let worktree = rules::id(worktree_field, worktree)?;
        let zone = rules::id(zone_field, zone)?;
        check_text(worktree_field, worktree)?;
        check_text(zone_field, zone)?;
        self.write(ASSIGN, &[worktree.into(), zone.into(), now.into()])
            .map(drop)
            .map_err(|error| self.about_link(error, (zone_field, zone), (worktree_field, worktree)))
    }

    fn remove_assignment(&self, worktree: Given<'_>) -> Result<()> {
        self.check_open()?;
        match rules::lookup(Field::new("removeWorktreeFromZone", "worktreeId"), worktree)? {
            Some(worktree) => self.write(REMOVE, &[worktree.into()]).map(drop),
            None => Ok(()),
        }
    }

    fn get_worktree_zone(&self, worktree: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        match rules::lookup(Field::new("getWorktreeZone", "worktreeId"), worktree)? {
            Some(worktree) => self.get(GET, &[worktree.into()], batch),
            None => Ok(()),
        }
    }

    fn list_worktrees_in_zone(&self, zone: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.check_open()?;
        match rules::lookup(Field::new("getWorktreesInZone", "zoneId"), zone)? {
            Some(zone) => self.list(LIST_OF_ZONE, &[zone.into()], batch),
            None => Ok(false),
        }
    }

    fn list_assignments(&self, batch: &mut Batch) -> Result<bool> {
        if let Some(rows) = self.read_ahead(|ahead| std::mem::take(&mut ahead.assignments)) {
            return Ok(self.list_rows(rows, push_row, batch));
        }
        self.list(LIST, &[], batch)
    }
}
