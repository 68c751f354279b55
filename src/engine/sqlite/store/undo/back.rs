//! Undoing, and doing again.

use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::{Current, Error, Facts, Result};
use crate::model::canvas::Cell;
use crate::model::metadata::{Kind, parse};
use crate::model::undo::{ASSIGNED_AT, ASSIGNED_ROWID, Done, METADATA, Value, Way, ZONE_ID, beside, made};
use crate::model::{Entity, Stored, WORKTREE, ZONE, time};

/// What only says when something was changed, by which nobody is in anybody's way.
const UPDATED_AT: &str = "updated_at";

impl crate::engine::Undo for Store {
    fn step_back(&self, way: Way, by: Option<&str>, skip: bool, now: f64) -> Result<bool> {
        self.check_version(super::VERSION, "undo comes")?;
        let actor = self.actor();
        let Some(by) = by.or(actor.as_deref()) else {
            let message = format!("{}: by must be said, or who does it by db.as", way.method());
            let facts = Facts { method: way.method(), field: Some("by"), ..Facts::default() };
            return Err(Error::Type(message).about(Facts { code: Some("ERR_INVALID_ARG_VALUE"), ..facts }));
        };
        let _named = Named::at_least(self, by);
        self.atomically(|| self.take_back(way, by, skip, now as i64))
    }
}

/// Who is named with what is written, where nobody is: the one whose change it was.
struct Named<'a>(Option<&'a Store>);

impl<'a> Named<'a> {
    fn at_least(store: &'a Store, by: &str) -> Self {
        let mut acting = store.acting.borrow_mut();
        if acting.is_some() {
            return Self(None);
        }
        *acting = Some(Rc::from(by));
        Self(Some(store))
    }
}

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if let Some(store) = self.0 {
            store.acting.replace(None);
        }
    }
}

impl Store {
    /// Takes back what was done last: whether there was anything.
    fn take_back(&self, way: Way, by: &str, skip: bool, now: i64) -> Result<bool> {
        let next = if way == Way::Undo { Sql::Last } else { Sql::FirstUndone };
        while let Some(tx) = self.first(next, &[Bind::Text(by)], |row| row.integer(0))? {
            self.write_run(Sql::Savepoint, &[])?;
            let taken = self.sign(|| self.take_back_all(way, by, tx, now));
            // SQLite may have rolled back all of the transaction by itself (a full disk, a trigger of somebody else).
            if taken.is_err() && self.connection.in_transaction() {
                self.write_run(Sql::RollbackTo, &[])?;
            }
            if self.connection.in_transaction() {
                self.write_run(Sql::Release, &[])?;
            }
            match taken {
                Ok(()) => return Ok(true),
                Err(error) if skip && error.is_coded("ERR_CONFLICT") => {
                    let of = [Bind::Text(by), Bind::Integer(i64::from(way == Way::Redo)), Bind::Integer(tx)];
                    self.write_run(Sql::GiveUp, &of)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn take_back_all(&self, way: Way, by: &str, tx: i64, now: i64) -> Result<()> {
        let next = if way == Way::Undo { Sql::LastOf } else { Sql::FirstUndoneOf };
        let of = [Bind::Text(by), Bind::Integer(tx)];
        while let Some((key, data)) = self.first(next, &of, |row| (row.integer(0), row.text(1)))? {
            // What no version of this package wrote is nothing that could be undone.
            let done = serde_json::from_str(&data).map_err(|_| conflict(way, "what was done", None))?;
            let done = self.take_back_one(way, done, now)?;
            let data = serde_json::to_string(&done).unwrap_or_default();
            let mark = [Bind::Integer(key), Bind::Integer(i64::from(way == Way::Undo)), Bind::Text(&data)];
            self.write_run(Sql::Mark, &mark)?;
        }
        Ok(())
    }

    /// Takes back one thing: what was done, as it is to be remembered now.
    fn take_back_one(&self, way: Way, done: Done, now: i64) -> Result<Done> {
        let to_archive =
            matches!((&done, way), (Done::Archived { .. }, Way::Redo) | (Done::Restored { .. }, Way::Undo));
        match done {
            Done::Changed { ref entity, ref id, ref made, ref values } => {
                let entity = if entity == WORKTREE.name { &WORKTREE } else { &ZONE };
                let state = self.state_of(way, entity, id, made)?;
                self.change_back(way, entity, id, (&state, values), now)?;
                Ok(done)
            }
            Done::Archived { id, made, key, reason } if to_archive => {
                let key = self.archive_again(way, (&id, &made, key), reason.as_deref(), now)?;
                Ok(Done::Archived { id, made, key, reason })
            }
            Done::Restored { id, made, key } if to_archive => {
                let key = self.archive_again(way, (&id, &made, key), None, now)?;
                Ok(Done::Restored { id, made, key })
            }
            Done::Archived { key, .. } | Done::Restored { key, .. } => {
                self.restore(way.method(), key, None, now).map_err(|error| in_the_way(error, way))?;
                Ok(done)
            }
        }
    }

    /// What a worktree or a zone is now. One that was made at another time only has the same id.
    fn state_of(&self, way: Way, entity: &Entity, id: &str, was_made: &Cell) -> Result<Vec<Cell>> {
        let what = format!("{} {id}", entity.name);
        match self.state(entity, id)? {
            Some(state) if made(entity, &state) == was_made => Ok(state),
            Some(_) => Err(conflict(way, &format!("{what}, which is another one now,"), Some(what))),
            None => Err(conflict(way, &format!("{what}, which is not there,"), None)),
        }
    }

    /// Archives a worktree that had a key in the archive: the key that it has now.
    fn archive_again(
        &self,
        way: Way,
        (id, made, had): (&str, &Cell, i64),
        reason: Option<&str>,
        now: i64,
    ) -> Result<i64> {
        self.state_of(way, &WORKTREE, id, made)?;
        let key = self.archive(id, reason, now)?;
        let key = key.ok_or_else(|| conflict(way, &format!("worktree {id}, which is not there,"), None))?;
        self.write_run(Sql::Rekey, &[Bind::Integer(had), Bind::Integer(key)])?;
        Ok(key)
    }

    fn change_back(
        &self,
        way: Way,
        entity: &Entity,
        id: &str,
        (state, values): (&[Cell], &[Value]),
        now: i64,
    ) -> Result<()> {
        let what = format!("{} {id}", entity.name);
        let names: Vec<&str> =
            entity.fields.iter().map(|field| field.column).chain(beside(entity).iter().copied()).collect();
        let is = |name: &str| names.iter().position(|known| *known == name).map(|at| &state[at]);
        for value in values.iter().filter(|value| ![UPDATED_AT, ASSIGNED_AT, ASSIGNED_ROWID].contains(&&*value.name)) {
            if is(&value.name) != Some(way.of(value).0) {
                let field = entity.fields.iter().find(|field| field.column == value.name);
                let name =
                    field.map_or_else(|| if value.name == ZONE_ID { "zone" } else { "metadata" }, |field| field.name);
                return Err(conflict(way, &format!("{name} of {what}"), Some(what)));
            }
        }
        let to = |name: &str| values.iter().find(|value| value.name == name).map(|value| way.of(value).1);
        self.set_columns(way, entity, id, values, is(UPDATED_AT), now)?;
        if let Some(metadata) = to(METADATA) {
            let kind = if entity.name == WORKTREE.name { Kind::Worktree } else { Kind::Zone };
            self.put_metadata(kind, id, &parse(metadata.text().unwrap_or("{}")), now)?;
        }
        let is_of_assignment = [ZONE_ID, ASSIGNED_AT, ASSIGNED_ROWID].iter().any(|name| to(name).is_some());
        let zone = if is_of_assignment { to(ZONE_ID).or_else(|| is(ZONE_ID)) } else { None };
        match zone {
            None => Ok(()),
            Some(Cell::Text(zone)) => {
                if self.state(&ZONE, zone)?.is_none() {
                    return Err(conflict(way, &format!("the zone of {what}, {zone}, which is not there,"), Some(what)));
                }
                let since = to(ASSIGNED_AT).or_else(|| is(ASSIGNED_AT)).and_then(Cell::text);
                let since = since.map_or_else(|| time::iso(now as f64), ToOwned::to_owned);
                let rowid = to(ASSIGNED_ROWID).or_else(|| is(ASSIGNED_ROWID)).and_then(Cell::integer);
                let assignment = [Bind::Text(id), Bind::Text(zone), Bind::Text(&since), rowid.into()];
                if !self.take(Sql::Reassign, &assignment)? {
                    self.write_run(Sql::Assign, &assignment)?;
                }
                Ok(())
            }
            Some(_) => self.write_run(Query::RemoveAssignment, &[Bind::Text(id)]).map(drop),
        }
    }

    /// Sets the columns back. When it was updated is what it was, unless somebody has updated something else since.
    fn set_columns(
        &self,
        way: Way,
        entity: &Entity,
        id: &str,
        values: &[Value],
        updated_at: Option<&Cell>,
        now: i64,
    ) -> Result<()> {
        let now = time::iso(now as f64);
        let (mut columns, mut cells) = (Vec::new(), Vec::new());
        for value in values {
            let Some(field) = entity.fields.iter().find(|field| field.column == value.name) else { continue };
            let (was, to) = way.of(value);
            columns.push(format!("{} = ?", field.column));
            let is_its_time = field.column != UPDATED_AT || updated_at == Some(was);
            cells.push(if is_its_time { Stored::from(to) } else { Stored::from(now.as_str()) });
        }
        if columns.is_empty() {
            return Ok(());
        }
        cells.push(Stored::from(id));
        let sql = format!("UPDATE main.{} SET {} WHERE id = ?", entity.table, columns.join(", "));
        let binds: Vec<Bind<'_>> = cells.iter().map(Bind::from).collect();
        let set = Statement::prepare(&self.connection, &sql, false)?.with_bound(&binds, Statement::run);
        set.map(drop).map_err(|error| match error {
            // Another worktree has the port now.
            Error::Engine { .. }
                if entity.name == WORKTREE.name && columns.iter().any(|column| column == "port = ?") =>
            {
                let what = format!("{} {id}", entity.name);
                conflict(way, &format!("the port of {what}, which is another's now,"), Some(what))
            }
            error => error,
        })
    }
}

/// Somebody has changed since what was to be taken back; `current` names what that is, if it is there.
fn conflict(way: Way, what: &str, current: Option<String>) -> Error {
    let method = way.method();
    let message = format!("{method}: {what} was changed since by somebody else; onConflict: 'skip' passes it over");
    let facts = Facts { method, current: Some(Current::Text(current)), ..Facts::default() };
    Error::Coded { code: "ERR_CONFLICT", message }.about(facts)
}

/// Who was archived was restored since, or a worktree is in the way.
fn in_the_way(mut error: Error, way: Way) -> Error {
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
