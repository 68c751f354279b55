//! The calls of the archive.

use super::VERSION;
use super::restore::PORT_AT;
use super::sql::Sql;
use crate::engine::Archive;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::{Error, Result};
use crate::model::undo::Done;
use crate::model::{Field, Given, Stored, WORKTREE, free_port, port, rules};
use crate::rows::Batch;

/// Where `key` is among the arguments of a restore.
const KEY_AT: usize = 2;

impl Archive for Store {
    fn archive_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        let method = "archiveWorktree";
        self.check_archive()?;
        let argument = |at: usize| given.get(at).copied().unwrap_or(Given::Undefined);
        let field = Field::new(method, "id");
        let id = rules::id(field, argument(0))?;
        let reason = rules::string(Field::new(method, "reason").behind(1), argument(1))?;
        self.atomically(|| {
            let made = self.worktree_made(id)?;
            let key = self.archive(id, reason, now as i64)?;
            let key = key.ok_or_else(|| WORKTREE.not_found(field, Given::Text(id)))?;
            self.remember(&Done::Archived { id: id.into(), made, key, reason: reason.map(Into::into) })?;
            self.push_archived(key, batch)
        })
    }

    fn restore_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        let method = "restoreWorktree";
        self.check_archive()?;
        let argument = |at: usize| given.get(at).copied().unwrap_or(Given::Undefined);
        let id = rules::id(Field::new(method, "id"), argument(0))?;
        let port_field = Field::new(method, "port").behind(PORT_AT);
        let wanted = match argument(PORT_AT) {
            Given::Text("auto") => None,
            given => Some(port::port(port_field, given)?),
        };
        let key = match argument(KEY_AT) {
            Given::Undefined | Given::Null => None,
            key => Some(rules::whole(Field::new(method, "key").behind(KEY_AT), key, &(1..=i64::from(u32::MAX)))?),
        };
        self.atomically(|| {
            let found = self.first(Sql::LastOf, &[Bind::Text(id), key.into()], |row| row.integer(0))?;
            let key = found.ok_or_else(|| none(method, id))?;
            let port = match wanted {
                Some(Stored::Integer(port)) => Some(port),
                Some(_) => None,
                None => {
                    let (from, to) = free_port::AUTO;
                    Some(self.lowest_free_port(from, to)?.ok_or_else(|| free_port::none_is_free(port_field))?)
                }
            };
            let id = self.restore(method, key, port, now as i64)?;
            let made = self.worktree_made(&id)?;
            self.remember(&Done::Restored { id: id.clone(), made, key })?;
            let columns = WORKTREE.fields.len();
            self.first(Query::GetWorktree, &[Bind::Text(&id)], |row| row.pack_columns(batch, columns, false))?
                .unwrap_or(Ok(()))
        })
    }

    fn list_archived(&self, before: i64, most: usize, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        if self.version < VERSION {
            return Ok(());
        }
        let _busy = self.connection.enter();
        self.push_latest_archived(before, most, batch)
    }
}

impl Store {
    /// Refuses calls on a file that was left at a version that has no archive.
    fn check_archive(&self) -> Result<()> {
        self.check_version(VERSION, "the archive comes")
    }
}

fn none(method: &'static str, id: &str) -> Error {
    let message = format!("{method}: no worktree is archived as {id}");
    Error::Coded { code: "ERR_NOT_FOUND", message }.about(Field::new(method, "id").facts())
}
