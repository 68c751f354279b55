//! What a constraint that failed says about the caller's values. The words are SQLite's on every engine.

use crate::error::{Error, Facts, Position, Result};
use crate::model::entity::{Declaration, Edit};
use crate::model::{EXECUTION, Entity, Field, Given};

/// Which field of something new a constraint is about.
#[must_use]
pub fn about_new(error: Error, entity: &Entity, method: &'static str) -> Error {
    about(error, entity, method, entity.given(), 0)
}

/// Which field of an edit a constraint is about; the id is given before the fields.
#[must_use]
pub fn about_edit(error: Error, entity: &Entity, edit: Edit, method: &'static str) -> Error {
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

/// The field whose column is named (`UNIQUE constraint failed: worktrees.port`), of several the first.
fn refused_field(error: &Error, entity: &Entity) -> Option<&'static Declaration> {
    let Error::Engine { message, .. } = error else { return None };
    let (constraint, columns) = message.split_once(" constraint failed: ")?;
    if !matches!(constraint, "UNIQUE" | "NOT NULL") {
        return None;
    }
    let (table, column) = columns.split(", ").next()?.split_once('.')?;
    entity.fields.iter().find(|field| table == entity.table && field.column == column)
}

/// Whether a foreign key refused it.
#[must_use]
pub fn is_foreign_key(error: &Error) -> bool {
    matches!(error, Error::Engine { code, .. } if code == "SQLITE_CONSTRAINT_FOREIGNKEY")
}

/// An id that was given, and where.
pub type Named<'a> = (Field, &'a str);

/// What a constraint says about a new execution. `about_link` finds out which of its two ids refers to nothing.
#[must_use]
pub fn about_new_execution<'a>(
    error: Error,
    method: &'static str,
    given: &[Given<'a>],
    about_link: impl FnOnce(Error, Named<'a>, Named<'a>) -> Error,
) -> Error {
    let [Given::Text(zone), Given::Text(worktree), ..] = given else { return error };
    let worktree_field = Field::new(method, "worktreeId").behind(1);
    let error = about_new(error, &EXECUTION, method);
    about_link(error, (Field::new(method, "zoneId"), zone), (worktree_field, worktree))
}

/// Which of the two ids that a foreign key refused refers to nothing, and whether they are swapped. They are looked up only
/// now, since such failures are rare.
///
/// # Errors
/// Those of `has_zone` and `has_worktree`.
pub fn link_facts(
    (zone, zone_id): Named<'_>,
    (worktree, worktree_id): Named<'_>,
    has_zone: impl Fn(&str) -> Result<bool>,
    has_worktree: impl Fn(&str) -> Result<bool>,
) -> Result<Facts> {
    let mut unknown = Vec::new();
    if !has_zone(zone_id)? {
        unknown.push(zone);
    }
    if !has_worktree(worktree_id)? {
        unknown.push(worktree);
    }
    // None where what was missing exists by now, or where a foreign key of another program's table has failed.
    let Some(first) = unknown.first() else {
        return Ok(Facts { method: zone.method, ..Facts::default() });
    };
    let zone_is_worktree = unknown.contains(&zone) && has_worktree(zone_id)?;
    let worktree_is_zone = unknown.contains(&worktree) && has_zone(worktree_id)?;
    let hint = match (zone_is_worktree, worktree_is_zone) {
        (true, true) => Some("zoneId is the id of a worktree and worktreeId that of a zone: they are swapped"),
        (true, false) => Some("zoneId is the id of a worktree"),
        (false, true) => Some("worktreeId is the id of a zone"),
        (false, false) => None,
    };
    let missing = unknown.iter().map(|field| field.name).collect();
    Ok(Facts { missing, hint, ..first.facts() })
}
