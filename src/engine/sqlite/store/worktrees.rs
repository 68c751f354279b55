//! Worktrees.

use super::Store;
use super::queries::Query;
use super::rowids::ById;
use crate::engine::constraint_facts::about_new;
use crate::engine::new_row::push_new;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::{WorktreeFilter, Worktrees};
use crate::error::Result;
use crate::model::entity::Edit;
use crate::model::{Field, Given, WORKTREE, free_port, rules};
use crate::rows::Batch;

impl Worktrees for Store {
    fn create_worktree(&self, method: &'static str, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        if let Some(nth) = free_port::auto(given) {
            return self.create_at_a_free_port(method, given, nth, now, batch);
        }
        let stored = WORKTREE.stored(method, given, &[], now)?;
        self.write(Query::InsertWorktree, &stored).map_err(|error| about_new(error, &WORKTREE, method))?;
        // What was stored is what is read back; asking SQLite for it (RETURNING) would cost a fifth of the insert.
        push_new(batch, &stored);
        Ok(())
    }

    fn free_port(&self, from: i64, to: i64) -> Result<Option<i64>> {
        self.connection.check_idle()?;
        let _busy = self.connection.enter();
        self.lowest_free_port(from, to)
    }

    fn get_worktree(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getWorktree", "id"), id)? {
            Some(id) => self.get_by_id(ById::Worktree, id, batch),
            None => Ok(()),
        }
    }

    fn list_worktrees(&self, status: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        match rules::text_or(Field::new("listWorktrees", "status"), status, None)? {
            Some(status) => self.list(Query::ListWorktreesByStatus, &[Bind::Text(&status)], batch),
            None => self.list(Query::ListWorktrees, &[], batch),
        }
    }

    fn find_worktrees(
        &self,
        filter: &WorktreeFilter<'_>,
        after: Option<(&str, &str)>,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.connection.check_idle()?;
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.find_in_order(filter, after, most, batch)
        })
    }

    fn update_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.edit(&WORKTREE, Edit::Update, "updateWorktree", id, given, now, batch)
    }

    fn relocate_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        let method = "relocateWorktree";
        self.edit(&WORKTREE, Edit::Relocate, method, id, given, now, batch)?;
        if batch.rows() > 0 { Ok(()) } else { Err(WORKTREE.not_found(Field::new(method, "id"), id)) }
    }

    fn delete_worktree(&self, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        self.delete(Query::DeleteWorktree, &WORKTREE, Field::new("deleteWorktree", "id"), id)
    }
}

impl Store {
    /// Creates one at the lowest port that no worktree has: looking for the port and taking it are one transaction.
    fn create_at_a_free_port(
        &self,
        method: &'static str,
        given: &[Given<'_>],
        nth: usize,
        now: &str,
        batch: &mut Batch,
    ) -> Result<()> {
        let mut given = given.to_vec();
        given[nth] = Given::Null;
        // Bad values are refused before anything is locked.
        WORKTREE.stored(method, &given, &[], now)?;
        self.atomically(|| {
            let (from, to) = free_port::AUTO;
            let free = self.lowest_free_port(from, to)?;
            given[nth] =
                Given::Integer(free.ok_or_else(|| free_port::none_is_free(Field::new(method, "port").behind(nth)))?);
            let stored = WORKTREE.stored(method, &given, &[], now)?;
            let values: Vec<Bind<'_>> = stored.iter().map(Bind::from).collect();
            let written = self.statement(Query::InsertWorktree)?.with_bound(&values, Statement::run);
            written.map_err(|error| about_new(error, &WORKTREE, method))?;
            push_new(batch, &stored);
            Ok(())
        })
    }
}
