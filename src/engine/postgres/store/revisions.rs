//! Changes on condition that nobody else has changed the row meanwhile.

use super::Store;
use super::edits::update;
use crate::engine::Revisions;
use crate::engine::constraint_facts::about_edit;
use crate::engine::postgres::client::value::{push_cells, push_row, text_of};
use crate::error::Result;
use crate::model::entity::Edit;
use crate::model::{Entity, Field, Given, WORKTREE, ZONE, rules};
use crate::rows::Batch;
use crate::rows::revision::Revision;

impl Revisions for Store {
    fn update_worktree_if(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.update_if(&WORKTREE, "updateWorktree", given, now, batch)
    }

    fn update_zone_if(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.update_if(&ZONE, "updateZone", given, now, batch)
    }
}

impl Store {
    fn update_if(
        &self,
        entity: &'static Entity,
        method: &'static str,
        given: &[Given<'_>],
        now: &str,
        batch: &mut Batch,
    ) -> Result<()> {
        self.check_open()?;
        let at = |nth: usize| given.get(nth).copied().unwrap_or(Given::Undefined);
        let last = given.len().saturating_sub(1);
        let id = rules::lookup(Field::new(method, "id"), at(0))?;
        let changes = entity.changes(Edit::Update, method, given.get(1..last).unwrap_or_default())?;
        let expected = rules::id(Field::new(method, "ifRevision").behind(last), at(last))?;
        let Some(id) = id else { return Ok(()) };
        Self::check_changes(entity, Edit::Update, method, &changes)?;
        let columns = entity.fields.len();
        let read = format!("SELECT {}, metadata FROM {{s}}.{} WHERE id = $1", entity.columns(""), entity.table);
        let mut is_same = false;
        let get = format!("SELECT {} FROM {{s}}.{} WHERE id = $1", entity.columns(""), entity.table);
        let updated = self.read_then_write(&read, &[id.into()], &get, |row| {
            let Some(row) = row else { return Ok(None) };
            let data = text_of(&row, columns);
            let mut found = Batch::default();
            let begin = found.mark();
            push_cells(&row, 0..columns, &mut found);
            let revision = Revision::of(&found.since(&begin), data.as_deref()).text();
            is_same = revision == expected.as_bytes();
            if is_same && !changes.values.is_empty() {
                return Ok(Some(update(entity, &changes, now, id)));
            }
            batch.push_integer(i64::from(!is_same), false);
            push_cells(&row, 0..columns, batch);
            batch.push_text(&revision);
            batch.push_text(data.unwrap_or_default().as_bytes());
            batch.end_row();
            Ok(None)
        });
        for row in updated.map_err(|error| about_edit(error, entity, Edit::Update, method))? {
            batch.push_integer(0, false);
            push_row(&row, batch);
        }
        Ok(())
    }
}
