//! What somebody keeps with a worktree, a zone or a run: a JSON object, in a column of its row.

use serde_json::{Map, Value as Json};

use super::Store;
use super::conversation::IS_DONE;
use crate::engine::Metadata;
use crate::engine::postgres::client::value::{Value, text_of};
use crate::error::Result;
use crate::model::metadata::{Kind, Patch, parse, text};
use crate::model::{Entity, Field, Given, RUN, WORKTREE, ZONE, rules};
use crate::rows::Batch;

/// Of how many metadata it is remembered what they were, and of how long ones.
const MOST_SUPPOSED: usize = 256;
const LONGEST_SUPPOSED: usize = 4096;

/// Changes metadata that are what is supposed. Where somebody else has changed them meanwhile, it looks at them again.
const SET_IF: &str = "SET metadata = $2 WHERE id = $1 AND metadata IS NOT DISTINCT FROM $3 RETURNING 1";

type Object = Map<String, Json>;

impl Metadata for Store {
    fn set_metadata(&self, given: &[Given<'_>], _: f64, batch: &mut Batch) -> Result<()> {
        let method = "setMetadata";
        let (kind, id) = named(method, given)?;
        let field = Field::new(method, "patch").behind(2);
        let patch = Patch::given(field, argument(given, 2))?;
        let entity = entity_of(kind);
        let found = match self.patch_supposed(entity, id, field, &patch)? {
            Patched::Done(object) => Some(object),
            Patched::Unknown => None,
            Patched::Contended => self.patch_found(entity, id, field, &patch)?,
        };
        let object = found.ok_or_else(|| not_found(entity, method, id))?;
        push(batch, &object);
        Ok(())
    }

    fn get_metadata(&self, given: &[Given<'_>], batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let method = "getMetadata";
        let (kind, id) = named(method, given)?;
        let entity = entity_of(kind);
        let row = self.read_one(&of(entity), &[id.into()])?.ok_or_else(|| not_found(entity, method, id))?;
        let found = text_of(&row, 0);
        push(batch, &parse(found.as_deref().unwrap_or_default()));
        self.suppose(entity, id, found);
        Ok(())
    }
}

/// What became of a change of metadata that are supposed to be known.
enum Patched {
    /// What they are now.
    Done(Object),
    /// There is nobody who has any.
    Unknown,
    /// Somebody else changes them, too.
    Contended,
}

impl Store {
    /// Changes metadata in one trip where they are what is supposed, else in a second one where they are what the first has found.
    fn patch_supposed(&self, entity: &Entity, id: &str, field: Field, patch: &Patch) -> Result<Patched> {
        self.check_open()?;
        self.check_writable()?;
        self.refuse_to_gather()?;
        let mut before = self.supposed.borrow().get(&key(entity, id)).cloned().flatten();
        for _ in 0..2 {
            let supposed = parse(before.as_deref().unwrap_or_default());
            let patched = patch.applied(field, &supposed);
            let data = if let Ok(Some(after)) = &patched { Some(kept(after)) } else { None };
            let Some((is_so, found)) = self.set_if(entity, id, before.as_deref(), data.as_ref())? else {
                return Ok(Patched::Unknown);
            };
            self.suppose(entity, id, found.clone());
            if is_so {
                return patched.map(|after| Patched::Done(after.unwrap_or(supposed)));
            }
            before = found;
        }
        Ok(Patched::Contended)
    }

    /// Writes new metadata, if any are given, where they are what is supposed: whether they are, and what is there now.
    fn set_if(
        &self,
        entity: &Entity,
        id: &str,
        before: Option<&str>,
        data: Option<&Option<String>>,
    ) -> Result<Option<(bool, Option<String>)>> {
        let (read, by_id) = (of(entity), [Value::from(id)]);
        let Some(data) = data else {
            let found = self.read_one(&read, &by_id)?.map(|row| text_of(&row, 0));
            return Ok(found.map(|found| (found.as_deref() == before, found)));
        };
        let write = format!("UPDATE {{s}}.{} {SET_IF}", entity.table);
        let values = [id.into(), data.as_deref().into(), before.into()];
        let read = (read.as_str(), by_id.as_slice());
        let rows = self.write_each(false, &[(&write, &values), read], &[(IS_DONE, &[]), read])?;
        let [.., written, found] = rows.as_slice() else { return Ok(None) };
        Ok(found.first().map(|row| (!written.is_empty(), text_of(row, 0))))
    }

    /// The same where nobody else writes meanwhile.
    fn patch_found(&self, entity: &Entity, id: &str, field: Field, patch: &Patch) -> Result<Option<Object>> {
        let mut object = None;
        self.read_then_write(&of(entity), &[id.into()], IS_DONE, |row| {
            let Some(row) = row else { return Ok(None) };
            let before = parse(&text_of(&row, 0).unwrap_or_default());
            let Some(after) = patch.applied(field, &before)? else {
                object = Some(before);
                return Ok(None);
            };
            let data = kept(&after);
            object = Some(after);
            let sql = format!("UPDATE {{s}}.{} SET metadata = $2 WHERE id = $1", entity.table);
            Ok(Some((sql, vec![id.into(), data.into()])))
        })?;
        Ok(object)
    }

    fn suppose(&self, entity: &Entity, id: &str, found: Option<String>) {
        let mut supposed = self.supposed.borrow_mut();
        if supposed.len() >= MOST_SUPPOSED {
            supposed.clear();
        }
        if found.as_ref().is_none_or(|text| text.len() <= LONGEST_SUPPOSED) {
            supposed.insert(key(entity, id), found);
        } else {
            supposed.remove(&key(entity, id));
        }
    }
}

fn key(entity: &Entity, id: &str) -> (&'static str, Box<str>) {
    (entity.table, id.into())
}

/// An empty object is stored as NULL.
fn kept(object: &Object) -> Option<String> {
    (!object.is_empty()).then(|| text(object))
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
