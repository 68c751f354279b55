//! Changes to what nobody else has changed meanwhile.

use super::sql::Sql;
use crate::engine::Revisions;
use crate::engine::constraint_facts::about_edit;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::rowids::ById;
use crate::error::Result;
use crate::model::entity::Edit;
use crate::model::{Entity, Field, Given, WORKTREE, ZONE, rules};
use crate::rows::Batch;
use crate::rows::revision::Revision;

impl Revisions for Store {
    fn update_worktree_if(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.update_if(&WORKTREE, Sql::OfWorktree, "updateWorktree", given, now, batch)
    }

    fn update_zone_if(&self, given: &[Given<'_>], now: &str, batch: &mut Batch) -> Result<()> {
        self.update_if(&ZONE, Sql::OfZone, "updateZone", given, now, batch)
    }
}

impl Store {
    fn update_if(
        &self,
        entity: &Entity,
        metadata: Sql,
        method: &'static str,
        given: &[Given<'_>],
        now: &str,
        batch: &mut Batch,
    ) -> Result<()> {
        let at = |nth: usize| given.get(nth).copied().unwrap_or(Given::Undefined);
        let last = given.len().saturating_sub(1);
        let id = rules::lookup(Field::new(method, "id"), at(0))?;
        let changes = entity.changes(Edit::Update, method, given.get(1..last).unwrap_or_default())?;
        let expected = rules::id(Field::new(method, "ifRevision").behind(last), at(last))?;
        self.check_beside()?;
        let Some(id) = id else { return Ok(()) };
        let columns = entity.fields.len();
        self.atomically(|| {
            let Some(data) = self.first(metadata, &[Bind::Text(id)], |row| row.text_or_null(0))? else {
                return Ok(());
            };
            let mut found = Batch::default();
            let begin = found.mark();
            let (by_index, _) = ById::of(entity).queries();
            self.statement(by_index)?.with_bound(&[Bind::Text(id)], |row| {
                if row.step()? { row.pack_columns(&mut found, columns, false) } else { Ok(()) }
            })?;
            if found.rows() == 0 {
                return Ok(());
            }
            let revision = Revision::of(&found.since(&begin), data.as_deref()).text();
            let is_same = revision == expected.as_bytes();
            batch.push_integer(i64::from(!is_same), false);
            if is_same && !changes.values.is_empty() {
                let updated = self.update(entity, id, now, changes, batch);
                return updated.map_err(|error| about_edit(error, entity, Edit::Update, method));
            }
            self.statement(by_index)?.with_bound(&[Bind::Text(id)], |row| {
                if row.step()? { row.pack_cells(batch, columns, false) } else { Ok(()) }
            })?;
            batch.push_text(&revision);
            batch.push_text(data.unwrap_or_default().as_bytes());
            batch.end_row();
            Ok(())
        })
    }
}
