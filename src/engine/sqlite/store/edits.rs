//! Changing and deleting rows that are there.

use std::rc::Rc;

use super::Store;
use super::queries::{self, Query};
use super::refusals::about_edit;
use super::rowids::ById;
use crate::engine::sqlite::driver::Statement;
use crate::error::Result;
use crate::model::entity::Edit;
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
        let set = entity.changes(edit, method, given)?;
        match id {
            None => Ok(()),
            Some(id) if set.is_empty() => self.get_by_id(ById::of(entity), id, batch),
            Some(id) => {
                self.update(entity, id, now, set, batch).map_err(|error| about_edit(error, entity, edit, method))
            }
        }
    }

    /// Deletes the row with this id.
    pub(super) fn delete(&self, query: Query, entity: &Entity, field: Field, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(field, id)? {
            Some(found) if self.write(query, &[found.into()])? > 0 => Ok(()),
            _ => Err(entity.not_found(field, id)),
        }
    }

    /// `UPDATE … RETURNING` of these columns of the row with this id.
    fn update<'a>(
        &self,
        entity: &Entity,
        id: &'a str,
        now: &'a str,
        mut set: Vec<(&'static str, Stored<'a>)>,
        batch: &mut Batch,
    ) -> Result<()> {
        self.connection.prepare_to_write()?;
        set.push(("updated_at", Stored::from(now)));
        let columns: Vec<String> = set.iter().map(|(column, _)| format!("{column} = ?")).collect();
        let sql = format!(
            "UPDATE main.{} SET {} WHERE id = ? RETURNING {}",
            entity.table,
            columns.join(", "),
            queries::columns(entity, "")
        );
        let known = self.updates.borrow().get(&sql).map(Rc::clone);
        let statement = if let Some(statement) = known {
            statement
        } else {
            let statement = Rc::new(Statement::prepare(&self.connection, &sql, true)?);
            let mut updates = self.updates.borrow_mut();
            if updates.len() >= MAX_UPDATES {
                updates.clear();
            }
            updates.insert(sql, Rc::clone(&statement));
            statement
        };
        let mut values: Vec<Stored<'a>> = set.into_iter().map(|(_, value)| value).collect();
        values.push(Stored::from(id));
        Self::bind_and_run(&statement, &values, Some(batch)).map(|_| ())
    }
}
