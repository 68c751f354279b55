//! What a constraint that failed says about the caller's values. SQLite's words stay; nothing here is asked before a
//! statement has failed.

use super::Store;
use super::rowids::ById;
use crate::error::{Error, Facts, Position, Result};
use crate::model::entity::{Declaration, Edit};
use crate::model::{Entity, Field};
use crate::rows::Batch;
use rusqlite::ffi;

/// Which field of something new a constraint is about.
pub(super) fn about_new(error: Error, entity: &Entity, method: &'static str) -> Error {
    about(error, entity, method, entity.given(), 0)
}

/// Which field of an edit a constraint is about; the id is given before them.
pub(super) fn about_edit(error: Error, entity: &Entity, edit: Edit, method: &'static str) -> Error {
    about(error, entity, method, entity.editable(edit), 1)
}

fn about(
    error: Error,
    entity: &Entity,
    method: &'static str,
    mut given: impl Iterator<Item = &'static Declaration>,
    first: usize,
) -> Error {
    let Some(field) = refused_field(&error, entity) else { return error };
    let value = given.position(|given| given.column == field.column).map(|nth| Position(first + nth));
    error.about(Facts { method, field: Some(field.name), value, ..Facts::default() })
}

/// The field whose column SQLite names (`UNIQUE constraint failed: worktrees.port`), of several the first.
fn refused_field(error: &Error, entity: &Entity) -> Option<&'static Declaration> {
    let Error::Engine {
        number: ffi::SQLITE_CONSTRAINT_NOTNULL | ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
        message,
        ..
    } = error
    else {
        return None;
    };
    let (_, columns) = message.split_once(" constraint failed: ")?;
    let (table, column) = columns.split(", ").next()?.split_once('.')?;
    entity.fields.iter().find(|field| table == entity.table && field.column == column)
}

impl Store {
    /// Which of the two ids that a foreign key refused is of nothing, and whether they are swapped.
    pub(super) fn about_link(&self, error: Error, zone: (Field, &str), worktree: (Field, &str)) -> Error {
        if !matches!(error, Error::Engine { number: ffi::SQLITE_CONSTRAINT_FOREIGNKEY, .. }) {
            return error;
        }
        // Where even looking them up fails, SQLite's words are all that is known.
        match self.link_facts(zone, worktree) {
            Ok(facts) => error.about(facts),
            Err(_) => error,
        }
    }

    fn link_facts(&self, (zone, zone_id): (Field, &str), (worktree, worktree_id): (Field, &str)) -> Result<Facts> {
        let mut unknown = Vec::new();
        if !self.has(ById::Zone, zone_id)? {
            unknown.push(zone);
        }
        if !self.has(ById::Worktree, worktree_id)? {
            unknown.push(worktree);
        }
        // None, where what is missing has come meanwhile, or a foreign key of somebody else's has failed.
        let Some(first) = unknown.first() else {
            return Ok(Facts { method: zone.method, ..Facts::default() });
        };
        let zone_is_worktree = unknown.contains(&zone) && self.has(ById::Worktree, zone_id)?;
        let worktree_is_zone = unknown.contains(&worktree) && self.has(ById::Zone, worktree_id)?;
        let hint = match (zone_is_worktree, worktree_is_zone) {
            (true, true) => Some("zoneId is the id of a worktree and worktreeId that of a zone: they are swapped"),
            (true, false) => Some("zoneId is the id of a worktree"),
            (false, true) => Some("worktreeId is the id of a zone"),
            (false, false) => None,
        };
        let missing = unknown.iter().map(|field| field.name).collect();
        Ok(Facts { missing, hint, ..first.facts() })
    }

    fn has(&self, by: ById, id: &str) -> Result<bool> {
        let mut batch = Batch::default();
        self.get_by_id(by, id, &mut batch)?;
        Ok(batch.rows() > 0)
    }
}
