//! Undoing, on either engine: whose change is meant, what is to be written to take it back, and why that can't be.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;

use crate::error::{Current, Error, Facts, Result};
use crate::model::canvas::Cell;
use crate::model::entity::Declaration;
use crate::model::undo::{ASSIGNED_AT, ASSIGNED_ROWID, METADATA, Value, Way, ZONE_ID, beside, made};
use crate::model::{Entity, time};

/// The column that only says when something was changed: a change of it alone is no conflict.
const UPDATED_AT: &str = "updated_at";

/// Whose change is meant.
///
/// # Errors
/// A `TypeError` where nobody is named.
pub fn whose<'a>(way: Way, by: Option<&'a str>, acting: Option<&'a str>) -> Result<&'a str> {
    by.or(acting).ok_or_else(|| {
        let message = format!("{}: by must be said, or who does it by db.as", way.method());
        let code = Some("ERR_INVALID_ARG_VALUE");
        Error::Type(message).about(Facts { method: way.method(), field: Some("by"), code, ..Facts::default() })
    })
}

/// Names the one whose change it was with what is written, where nobody is named.
pub struct Named<'a>(Option<&'a RefCell<Option<Rc<str>>>>);

impl<'a> Named<'a> {
    /// Names `by` for as long as this lives, unless somebody is named.
    pub fn at_least(acting: &'a RefCell<Option<Rc<str>>>, by: &str) -> Self {
        let mut named = acting.borrow_mut();
        if named.is_some() {
            return Self(None);
        }
        *named = Some(Rc::from(by));
        Self(Some(acting))
    }
}

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if let Some(acting) = self.0 {
            acting.replace(None);
        }
    }
}

/// What is to be written to take a change back.
pub struct Back<'a> {
    /// Columns, and what they become.
    pub columns: Vec<(&'static Declaration, Cell)>,
    /// Metadata.
    pub metadata: Option<&'a Cell>,
    /// Where it is assigned.
    pub zone: Option<Assigned<'a>>,
}

/// Where a worktree is assigned.
pub enum Assigned<'a> {
    /// Nowhere.
    Nowhere,
    /// In a zone.
    In {
        /// Which.
        zone: &'a str,
        /// Since when.
        since: String,
        /// The row of the assignment.
        rowid: Option<i64>,
    },
}

/// What has to be written to take these changes back of something that is in this state now.
///
/// # Errors
/// `ERR_CONFLICT` where one of the values was changed since.
pub fn back<'a>(
    way: Way,
    entity: &'static Entity,
    id: &str,
    state: &'a [Cell],
    values: &'a [Value],
    now: i64,
) -> Result<Back<'a>> {
    let is = |name: &str| place_of(entity, name).map(|at| &state[at]);
    let field = |name: &str| entity.fields.iter().find(|field| field.column == name);
    for value in values.iter().filter(|value| ![UPDATED_AT, ASSIGNED_AT, ASSIGNED_ROWID].contains(&&*value.name)) {
        if is(&value.name).is_none_or(|is| is.order(way.of(value).0) != Ordering::Equal) {
            let known = if value.name == ZONE_ID { "zone" } else { "metadata" };
            let name = field(&value.name).map_or(known, |field| field.name);
            let what = named(entity, id);
            return Err(conflict(way, &format!("{name} of {what}"), Some(what)));
        }
    }
    let to = |name: &str| values.iter().find(|value| value.name == name).map(|value| way.of(value).1);
    let columns = values.iter().filter_map(|value| {
        let (was, to) = way.of(value);
        // The time of the update becomes what it was, unless somebody has updated something else since.
        let is_its_time = value.name != UPDATED_AT || is(UPDATED_AT) == Some(was);
        let to = if is_its_time { to.clone() } else { Cell::Text(time::iso(now as f64).into()) };
        field(&value.name).map(|field| (field, to))
    });
    let is_of_assignment = [ZONE_ID, ASSIGNED_AT, ASSIGNED_ROWID].iter().any(|name| to(name).is_some());
    let zone = if is_of_assignment { to(ZONE_ID).or_else(|| is(ZONE_ID)) } else { None };
    let zone = zone.map(|zone| match zone {
        Cell::Text(zone) => {
            let since = to(ASSIGNED_AT).or_else(|| is(ASSIGNED_AT)).and_then(Cell::text);
            let since = since.map_or_else(|| time::iso(now as f64), ToOwned::to_owned);
            let rowid = to(ASSIGNED_ROWID).or_else(|| is(ASSIGNED_ROWID)).and_then(Cell::integer);
            Assigned::In { zone, since, rowid }
        }
        _ => Assigned::Nowhere,
    });
    Ok(Back { columns: columns.collect(), metadata: to(METADATA), zone })
}

/// The index of a value in an entity's state.
#[must_use]
pub fn place_of(entity: &Entity, name: &str) -> Option<usize> {
    let columns = entity.fields.iter().map(|field| field.column);
    columns.chain(beside(entity).iter().copied()).position(|known| known == name)
}

/// The state of an entity now, if it is the one that is meant: one that was made at another time only has the same id.
///
/// # Errors
/// `ERR_CONFLICT` where it isn't.
pub fn still_there(
    way: Way,
    entity: &Entity,
    id: &str,
    was_made: &Cell,
    state: Option<Vec<Cell>>,
) -> Result<Vec<Cell>> {
    let what = named(entity, id);
    match state {
        Some(state) if made(entity, &state) == was_made => Ok(state),
        Some(_) => Err(conflict(way, &format!("{what}, which is another one now,"), Some(what))),
        None => Err(conflict(way, &format!("{what}, which is not there,"), None)),
    }
}

/// That the zone that a worktree was in is gone.
#[must_use]
pub fn zone_is_gone(way: Way, id: &str, zone: &str) -> Error {
    conflict(way, &format!("the zone of worktree {id}, {zone}, which is not there,"), Some(format!("worktree {id}")))
}

/// That another worktree has the port now.
#[must_use]
pub fn port_is_taken(way: Way, id: &str) -> Error {
    conflict(way, &format!("the port of worktree {id}, which is another's now,"), Some(format!("worktree {id}")))
}

/// That the record of what was done can't be read: no version of this package wrote it.
#[must_use]
pub fn is_unreadable(way: Way) -> Error {
    conflict(way, "what was done", None)
}

/// The archived worktree was restored since, or another worktree is in the way.
#[must_use]
pub fn in_the_way(mut error: Error, way: Way) -> Error {
    if error.is_coded("ERR_NOT_FOUND") {
        return conflict(way, "what is in the archive", None);
    }
    if let Error::About(both) = &mut error
        && let Some(Current::Text(Some(id))) = &mut both.1.current
    {
        id.insert_str(0, "worktree ");
    }
    error
}

fn named(entity: &Entity, id: &str) -> String {
    format!("{} {id}", entity.name)
}

/// Somebody else has changed what was to be taken back; `current` names it, if it exists.
fn conflict(way: Way, what: &str, current: Option<String>) -> Error {
    let method = way.method();
    let message = format!("{method}: {what} was changed since by somebody else; onConflict: 'skip' passes it over");
    let facts = Facts { method, current: Some(Current::Text(current)), ..Facts::default() };
    Error::Coded { code: "ERR_CONFLICT", message }.about(facts)
}
