//! What somebody keeps with a worktree, a zone or a run: a JSON object, in a column of its row.

use serde_json::{Map, Value as Json};

use super::Store;
use super::conversation::IS_DONE;
use crate::engine::Metadata;
use crate::engine::postgres::client::value::text_of;
use crate::error::Result;
use crate::model::metadata::{Kind, Patch, parse, text};
use crate::model::{Entity, Field, Given, RUN, WORKTREE, ZONE, rules};
use crate::rows::Batch;

impl Metadata for Store {
    fn set_metadata(&self, given: &[Given<'_>], _: f64, batch: &mut Batch) -> Result<()> {
        let method = "setMetadata";
        let (kind, id) = named(method, given)?;
        let field = Field::new(method, "patch").behind(2);
        let patch = Patch::given(field, argument(given, 2))?;
        let entity = entity_of(kind);
        let mut object = Map::new();
        self.read_then_write(&of(entity), &[id.into()], IS_DONE, |row| {
            let row = row.ok_or_else(|| not_found(entity, method, id))?;
            let before = parse(&text_of(&row, 0).unwrap_or_default());
            let Some(after) = patch.applied(field, &before)? else {
                object = before;
                return Ok(None);
            };
            // An empty object is stored as NULL.
            let data = (!after.is_empty()).then(|| text(&after));
            object = after;
            let sql = format!("UPDATE {{s}}.{} SET metadata = $2 WHERE id = $1", entity.table);
            Ok(Some((sql, vec![id.into(), data.into()])))
        })?;
        push(batch, &object);
        Ok(())
    }

    fn get_metadata(&self, given: &[Given<'_>], batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let method = "getMetadata";
        let (kind, id) = named(method, given)?;
        let entity = entity_of(kind);
        let row = self.read_one(&of(entity), &[id.into()])?.ok_or_else(|| not_found(entity, method, id))?;
        push(batch, &parse(&text_of(&row, 0).unwrap_or_default()));
        Ok(())
    }
}

fn of(entity: &Entity) -> String {
    format!("SELECT metadata FROM {{s}}.{} WHERE id = $1", entity.table)
}

const fn entity_of(kind: Kind) -> &'static Entity {
    match kind {
        Kind::Worktree => &WORKTREE,
        Kind::Zone => &ZONE,
        Kind::Run => &RUN,
    }
}

fn not_found(entity: &Entity, method: &'static str, id: &str) -> crate::error::Error {
    entity.not_found(Field::new(method, "id").behind(1), Given::Text(id))
}

fn argument<'a>(given: &[Given<'a>], at: usize) -> Given<'a> {
    given.get(at).copied().unwrap_or(Given::Undefined)
}

fn named<'a>(method: &'static str, given: &[Given<'a>]) -> Result<(Kind, &'a str)> {
    let kind = Kind::given(Field::new(method, "kind"), argument(given, 0))?;
    Ok((kind, rules::id(Field::new(method, "id").behind(1), argument(given, 1))?))
}

fn push(batch: &mut Batch, object: &Map<String, Json>) {
    batch.push_text(text(object).as_bytes());
    batch.end_row();
}
