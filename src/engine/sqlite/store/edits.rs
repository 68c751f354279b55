//! Changing and deleting rows.

use std::rc::Rc;

use super::Store;
use super::queries::Query;
use super::rowids::ById;
use crate::engine::constraint_facts::about_edit;
use crate::engine::sqlite::driver::Statement;
use crate::error::Result;
use crate::model::entity::{Changes, Edit};
use crate::model::{Entity, Field, Given, Stored, rules};
use crate::rows::Batch;

/// The most sets of columns whose update is kept compiled.
const MAX_UPDATES: usize = 64;

impl Store {
    /// Changes the row with this id and returns it, or no row where there is none.
    #[allow(clippy::too_many_arguments, reason = "what a call is, and what it was given")]
    pub(super) fn edit(
        &self,
        entity: &Entity,
        edit: Edit,
        method: &'static str,
        id: Given<'_>,
        given: &[Given<'_>],
        now: &str,
        batch: &mut Batch,
    ) -> Result<()> {
        self.connection.check_idle()?;
        let id = rules::lookup(Field::new(method, "id"), id)?;
        let changes = entity.changes(edit, method, given)?;
        match id {
            None => Ok(()),
            Some(id) if changes.values.is_empty() => self.get_by_id(ById::of(entity), id, batch),
            Some(id) => {
                self.connection.prepare_to_write()?;
                self.update(entity, id, now, changes, batch).map_err(|error| about_edit(error, entity, edit, method))
            }
        }
    }

    /// Deletes the row with this id; fails where there is none.
    pub(super) fn delete(&self, query: Query, entity: &Entity, field: Field, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(field, id)? {
            Some(found) if self.write(query, &[found.into()])? > 0 => Ok(()),
            _ => Err(entity.not_found(field, id)),
        }
    }

    /// `UPDATE … RETURNING` of these columns of the row with this id.
    pub(super) fn update<'a>(
        &self,
        entity: &Entity,
        id: &'a str,
        now: &'a str,
        changes: Changes<'a>,
        batch: &mut Batch,
    ) -> Result<()> {
        let statement = self.update_of(entity, &changes)?;
        let mut values = changes.values;
        values.push(Stored::from(now));
        values.push(Stored::from(id));
        self.undoable(entity, id, || self.signed(|| Self::bind_and_run(&statement, &values, Some(batch)))).map(drop)
    }

    /// The statement that sets these columns.
    fn update_of(&self, entity: &Entity, changes: &Changes<'_>) -> Result<Rc<Statement>> {
        let key = (entity.name, changes.set);
        if let Some(known) = self.updates.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let columns: Vec<String> =
            changes.columns(entity).chain(["updated_at"]).map(|column| format!("{column} = ?")).collect();
        let sql = format!(
            "UPDATE main.{} SET {} WHERE id = ? RETURNING {}",
            entity.table,
            columns.join(", "),
            entity.columns("")
        );
        let statement = Rc::new(Statement::prepare(&self.connection, &sql, true)?);
        let mut updates = self.updates.borrow_mut();
        if updates.len() >= MAX_UPDATES {
            updates.clear();
        }
        updates.insert(key, Rc::clone(&statement));
        Ok(statement)
    }
}
