//! Worktrees.

use super::Store;
use super::edits::Call;
use super::sql::values_of;
use crate::engine::constraint_facts::about_new;
use crate::engine::new_row::push_new;
use crate::engine::postgres::client::value::{Value, cell, integer};
use crate::engine::{WorktreeFilter, Worktrees};
use crate::error::Result;
use crate::model::entity::Edit;
use crate::model::{Field, Given, Stored, WORKTREE, free_port, rules};
use crate::rows::Batch;

const GET: &str = "SELECT {worktree} FROM {s}.worktrees WHERE id = $1";
const LIST: &str = "SELECT {worktree} FROM {s}.worktrees ORDER BY created_at DESC, seq";
const LIST_BY_STATUS: &str = "SELECT {worktree} FROM {s}.worktrees WHERE status = $1 ORDER BY created_at DESC, seq";
const INSERT: &str = "INSERT INTO {s}.worktrees {new worktree}";
const DELETE: &str = "DELETE FROM {s}.worktrees WHERE id = $1 RETURNING 1";
/// The lowest port of a range that no worktree has.
pub(super) const FREE_PORT: &str = "SELECT min(p.port) AS port FROM pg_catalog.generate_series($1, $2) AS p (port) \
     WHERE NOT EXISTS (SELECT 1 FROM {s}.worktrees AS taken WHERE taken.port = p.port)";

/// The port that a worktree got.
const PORT: &str = "SELECT port FROM {s}.worktrees WHERE id = $1";

impl Worktrees for Store {
    fn create_worktree(&self, method: &'static str, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        if let Some(nth) = free_port::auto(given) {
            return self.create_at_a_free_port(method, given, nth, now, batch);
        }
        let stored = WORKTREE.stored(method, given, &[], now)?;
        self.create(&WORKTREE, method, INSERT, &stored, batch)
    }

    fn free_port(&self, from: i64, to: i64) -> Result<Option<i64>> {
        let row = self.read_one(FREE_PORT, &[from.into(), to.into()])?;
        Ok(row.and_then(|row| cell(&row, 0).map(|port| port.integer())))
    }

    fn get_worktree(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        match rules::lookup(Field::new("getWorktree", "id"), id)? {
            Some(id) => self.get(GET, &[id.into()], batch),
            None => Ok(()),
        }
    }

    fn list_worktrees(&self, status: Given<'_>, batch: &mut Batch) -> Result<bool> {
        self.check_open()?;
        match rules::text_or(Field::new("listWorktrees", "status"), status, None)? {
            Some(status) => self.list(LIST_BY_STATUS, &[Value::Text(status)], batch),
            None => self.list(LIST, &[], batch),
        }
    }

    fn find_worktrees(
        &self,
        filter: &WorktreeFilter<'_>,
        after: Option<(&str, &str)>,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.find_in_order(filter, after, most, batch)
    }

    fn update_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        let call = Call { entity: &WORKTREE, edit: Edit::Update, method: "updateWorktree", get: GET };
        self.edit(call, id, given, now, batch)
    }

    fn relocate_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        let method = "relocateWorktree";
        self.edit(Call { entity: &WORKTREE, edit: Edit::Relocate, method, get: GET }, id, given, now, batch)?;
        if batch.rows() > 0 { Ok(()) } else { Err(WORKTREE.not_found(Field::new(method, "id"), id)) }
    }

    fn delete_worktree(&self, id: Given<'_>) -> Result<()> {
        self.delete(DELETE, &WORKTREE, Field::new("deleteWorktree", "id"), id)
    }
}

impl Store {
    /// The same at the lowest port that no worktree has. Finding it and taking it is one statement, and nobody else writes meanwhile.
    fn create_at_a_free_port(
        &self,
        method: &'static str,
        given: &[Given<'_>],
        nth: usize,
        now: &str,
        batch: &mut Batch,
    ) -> Result<()> {
        let mut given = given.to_vec();
        let (from, to) = free_port::AUTO;
        given[nth] = Given::Integer(from);
        let mut stored = WORKTREE.stored(method, &given, &[], now)?;
        Self::check_new(&WORKTREE, method, &stored)?;
        let port = WORKTREE.written().position(|field| field.column == "port").unwrap_or(0);
        let id = WORKTREE.written().position(|field| field.column == "id").unwrap_or(0);
        let columns: Vec<&str> = WORKTREE.written().map(|field| field.column).collect();
        let mut values = values_of(&WORKTREE, &stored);
        let taken: Vec<String> =
            (0..columns.len()).map(|n| if n == port { "free.port".into() } else { format!("${}", n + 1) }).collect();
        // A value that a statement doesn't use has no type there: so the port's own value is the beginning of the range.
        let last = values.len() + 1;
        values.push(to.into());
        let free = FREE_PORT.replace("$1", &format!("${}", port + 1)).replace("$2", &format!("${last}"));
        let sql = format!(
            "INSERT INTO {{s}}.worktrees ({}) SELECT {} FROM ({}) AS free WHERE free.port IS NOT NULL RETURNING port",
            columns.join(", "),
            taken.join(", "),
            free
        );
        let id = [values_of(&WORKTREE, &stored).swap_remove(id)];
        let rows = self
            .write_and_read(true, &sql, &values, (PORT, &id))
            .map_err(|error| about_new(error, &WORKTREE, method))?;
        let Some(row) = rows.first() else {
            return Err(free_port::none_is_free(Field::new(method, "port").behind(nth)));
        };
        let found = integer(row, 0);
        drop(values);
        stored[port] = Stored::Integer(found);
        push_new(batch, &stored);
        Ok(())
    }
}
