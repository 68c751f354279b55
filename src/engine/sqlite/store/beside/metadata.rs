//! Metadata: what callers keep beside a worktree, a zone or a run.

use serde_json::{Map, Value, json};

use super::sql::Sql;
use crate::engine::Metadata;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::rowids::ById;
use crate::error::Result;
use crate::model::metadata::{Kind, Patch, parse, text};
use crate::model::{Entity, Field, Given, RUN, WORKTREE, ZONE, json as javascript, rules};
use crate::rows::Batch;

impl Metadata for Store {
    fn set_metadata(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        let method = "setMetadata";
        let (kind, id) = named(method, given)?;
        let field = Field::new(method, "patch").behind(2);
        let patch = Patch::given(field, argument(given, 2))?;
        self.check_beside()?;
        let set = || {
            let before = self.metadata(method, kind, id)?;
            let Some(after) = patch.applied(field, &before)? else { return Ok(before) };
            self.put_metadata(kind, id, &after, now as i64)?;
            Ok(after)
        };
        let object = self.atomically(|| match kind {
            Kind::Worktree => self.undoable(&WORKTREE, id, set),
            Kind::Zone => self.undoable(&ZONE, id, set),
            // That of a run is not on the canvas, whose changes can be undone.
            Kind::Run => set(),
        })?;
        push(batch, &object);
        Ok(())
    }

    fn get_metadata(&self, given: &[Given<'_>], batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let (kind, id) = named("getMetadata", given)?;
        let object = self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.metadata("getMetadata", kind, id)
        })?;
        push(batch, &object);
        Ok(())
    }
}

impl Store {
    /// Stores metadata, and logs it, within a transaction of the call.
    pub(in crate::engine::sqlite::store) fn put_metadata(
        &self,
        kind: Kind,
        id: &str,
        object: &Map<String, Value>,
        now: i64,
    ) -> Result<()> {
        self.write_metadata(kind, id, object)?;
        let data = javascript::to_text(&json!({ "entity": kind.word(), "metadata": object }));
        let by = self.actor();
        let row = [Bind::Integer(now), Bind::Text(id), Bind::Text(&data), by.as_deref().into()];
        self.write_run(Sql::LogMetadata, &row).map(drop)
    }

    fn metadata(&self, method: &'static str, kind: Kind, id: &str) -> Result<Map<String, Value>> {
        let (entity, stored) = match kind {
            Kind::Worktree => (&WORKTREE, self.metadata_beside(Sql::OfWorktree, &WORKTREE, id)?),
            Kind::Zone => (&ZONE, self.metadata_beside(Sql::OfZone, &ZONE, id)?),
            Kind::Run => (&RUN, self.metadata_of_run(id)?),
        };
        let not_found = || entity.not_found(Field::new(method, "id").behind(1), Given::Text(id));
        Ok(parse(&stored.ok_or_else(not_found)?))
    }

    /// Empty where there is none; `None` where nothing has the id.
    fn metadata_beside(&self, sql: Sql, entity: &Entity, id: &str) -> Result<Option<String>> {
        if self.version >= super::VERSION {
            return self.first(sql, &[Bind::Text(id)], |row| row.text(0));
        }
        let (by_index, _) = ById::of(entity).queries();
        self.statement(by_index)?.with_bound(&[Bind::Text(id)], |row| Ok(row.step()?.then(String::new)))
    }

    /// An empty object is not kept.
    fn write_metadata(&self, kind: Kind, id: &str, object: &Map<String, Value>) -> Result<()> {
        let data = (!object.is_empty()).then(|| text(object));
        let entity = match kind {
            Kind::Worktree => 1,
            Kind::Zone => 2,
            Kind::Run => return self.set_metadata_of_run(id, data.as_deref()),
        };
        let key = [Bind::Integer(entity), Bind::Text(id)];
        match data {
            Some(data) => self.write_run(Sql::SetMetadata, &[key[0], key[1], Bind::Text(&data)]),
            None => self.write_run(Sql::RemoveMetadata, &key),
        }
        .map(drop)
    }
}

fn argument<'a>(given: &[Given<'a>], at: usize) -> Given<'a> {
    given.get(at).copied().unwrap_or(Given::Undefined)
}

fn named<'a>(method: &'static str, given: &[Given<'a>]) -> Result<(Kind, &'a str)> {
    let kind = Kind::given(Field::new(method, "kind"), argument(given, 0))?;
    Ok((kind, rules::id(Field::new(method, "id").behind(1), argument(given, 1))?))
}

fn push(batch: &mut Batch, object: &Map<String, Value>) {
    batch.push_text(text(object).as_bytes());
    batch.end_row();
}
