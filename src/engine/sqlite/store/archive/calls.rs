//! The calls of the archive.

use super::VERSION;
use super::sql::Sql;
use crate::engine::Archive;
use crate::engine::archiving::{At, Put, Restore, none_is_archived, port_field};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;
use crate::model::undo::Done;
use crate::model::{Field, Given, WORKTREE, free_port};
use crate::rows::Batch;

impl Archive for Store {
    fn archive_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_archive()?;
        let Put { id, reason } = Put::given(given)?;
        self.atomically(|| {
            let made = self.worktree_made(id)?;
            let key = self.archive(id, reason, now as i64)?;
            let key = key.ok_or_else(|| WORKTREE.not_found(Field::new(Put::METHOD, "id"), Given::Text(id)))?;
            self.remember(&Done::Archived { id: id.into(), made, key, reason: reason.map(Into::into) })?;
            self.push_archived(key, batch)
        })
    }

    fn restore_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        let method = Restore::METHOD;
        self.check_archive()?;
        let Restore { id, key, at } = Restore::given(given)?;
        self.atomically(|| {
            let found = self.first(Sql::LastOf, &[Bind::Text(id), key.into()], |row| row.integer(0))?;
            let key = found.ok_or_else(|| none_is_archived(method, id))?;
            let port = match at {
                At::ItsOwn => None,
                At::Port(port) => Some(port),
                At::Free => {
                    let (from, to) = free_port::AUTO;
                    let free = self.lowest_free_port(from, to)?;
                    Some(free.ok_or_else(|| free_port::none_is_free(port_field(method)))?)
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
