//! Making, changing and deleting rows.

use tokio_postgres::types::Type;

use super::Store;
use super::read_then_write::Statement;
use super::sized;
use super::sql::{column_type, values_of};
use crate::engine::constraint_facts::{about_edit, about_new};
use crate::engine::new_row::push_new;
use crate::engine::postgres::client::value::{Value, push_row};
use crate::error::Result;
use crate::model::entity::{Changes, Edit};
use crate::model::{Entity, Field, Given, Stored, rules};
use crate::rows::Batch;

/// A call that changes a row.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub entity: &'static Entity,
    pub edit: Edit,
    pub method: &'static str,
    /// The statement that reads the row.
    pub get: &'a str,
}

impl Store {
    /// Refuses values of a new row that an index can't hold.
    pub(super) fn check_new(entity: &'static Entity, method: &'static str, stored: &[Stored<'_>]) -> Result<()> {
        let given = |column: &str| entity.given().position(|field| field.column == column).unwrap_or(0);
        let fields = entity.written().zip(stored).map(|(field, stored)| (given(field.column), field, stored));
        sized::check(entity, method, fields)
    }

    /// Stores a new row, and gives it as it will be read back.
    pub(super) fn create(
        &self,
        entity: &'static Entity,
        method: &'static str,
        insert: &str,
        stored: &[Stored<'_>],
        batch: &mut Batch,
    ) -> Result<()> {
        Self::check_new(entity, method, stored)?;
        self.write(insert, &values_of(entity, stored)).map_err(|error| about_new(error, entity, method))?;
        push_new(batch, stored);
        Ok(())
    }

    /// Changes the row with this id and returns it, or no row where there is none.
    pub(super) fn edit(
        &self,
        call: Call<'_>,
        id: Given<'_>,
        given: &[Given<'_>],
        now: &str,
        batch: &mut Batch,
    ) -> Result<()> {
        self.check_open()?;
        let Call { entity, edit, method, get } = call;
        let id = rules::lookup(Field::new(method, "id"), id)?;
        let changes = entity.changes(edit, method, given)?;
        match id {
            None => Ok(()),
            Some(id) if changes.values.is_empty() => self.get(get, &[id.into()], batch),
            Some(id) => {
                Self::check_changes(entity, edit, method, &changes)?;
                let (sql, values) = update(entity, &changes, now, id);
                let rows = self
                    .write_and_read(false, &sql, &values, (get, &[id.into()]))
                    .map_err(|error| about_edit(error, entity, edit, method))?;
                if let Some(row) = rows.first() {
                    push_row(row, batch);
                }
                Ok(())
            }
        }
    }

    /// Refuses changed values that an index can't hold.
    pub(super) fn check_changes(
        entity: &'static Entity,
        edit: Edit,
        method: &'static str,
        changes: &Changes<'_>,
    ) -> Result<()> {
        let written = changes.columns(entity).zip(&changes.values).filter_map(|(column, stored)| {
            let (nth, field) = entity.editable(edit).enumerate().find(|(_, field)| field.column == column)?;
            Some((1 + nth, field, stored))
        });
        sized::check(entity, method, written)
    }

    /// Deletes the row with this id.
    pub(super) fn delete(&self, sql: &str, entity: &Entity, field: Field, id: Given<'_>) -> Result<()> {
        self.check_open()?;
        match rules::lookup(field, id)? {
            Some(found) if !self.write(sql, &[found.into()])?.is_empty() => Ok(()),
            _ => Err(entity.not_found(field, id)),
        }
    }
}

/// `UPDATE … RETURNING` of these columns of the row with this id.
pub(super) fn update<'a>(entity: &Entity, changes: &'a Changes<'_>, now: &'a str, id: &'a str) -> Statement<'a> {
    let mut set = Vec::new();
    let mut values: Vec<Value<'a>> = Vec::new();
    for (column, stored) in changes.columns(entity).zip(&changes.values) {
        let field = entity.fields.iter().find(|field| field.column == column);
        values.push(Value::of(stored, &field.map_or(Type::TEXT, column_type)));
        set.push(format!("{column} = ${}", values.len()));
    }
    values.extend([now.into(), id.into()]);
    let sql = format!(
        "UPDATE {{s}}.{} SET {}, updated_at = ${} WHERE id = ${} RETURNING {}",
        entity.table,
        set.join(", "),
        values.len() - 1,
        values.len(),
        entity.columns("")
    );
    (sql, values)
}
