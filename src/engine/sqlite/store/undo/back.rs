//! Undoing, and doing again.

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::engine::undoing::{
    Assigned, Back, Named, back, in_the_way, is_unreadable, port_is_taken, still_there, whose, zone_is_gone,
};
use crate::error::{Error, Result};
use crate::model::canvas::Cell;
use crate::model::entity::Declaration;
use crate::model::metadata::{Kind, parse};
use crate::model::undo::{Done, Value, Way};
use crate::model::{Entity, Stored, WORKTREE, ZONE};

impl crate::engine::Undo for Store {
    fn step_back(&self, way: Way, by: Option<&str>, skip: bool, now: f64) -> Result<bool> {
        self.check_version(super::VERSION, "undo comes")?;
        let actor = self.actor();
        let by = whose(way, by, actor.as_deref())?;
        let _named = Named::at_least(&self.acting, by);
        self.atomically(|| self.take_back(way, by, skip, now as i64))
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
            // A step that no version of this package wrote can't be undone.
            let done = serde_json::from_str(&data).map_err(|_| is_unreadable(way))?;
            let done = self.take_back_one(way, done, now)?;
            let data = serde_json::to_string(&done).unwrap_or_default();
            let mark = [Bind::Integer(key), Bind::Integer(i64::from(way == Way::Undo)), Bind::Text(&data)];
            self.write_run(Sql::Mark, &mark)?;
        }
        Ok(())
    }

    /// Takes back one thing; returns it as it is to be remembered now.
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

    fn state_of(&self, way: Way, entity: &Entity, id: &str, was_made: &Cell) -> Result<Vec<Cell>> {
        still_there(way, entity, id, was_made, self.state(entity, id)?)
    }

    /// Archives a worktree that had a key in the archive; returns the key that it has now.
    fn archive_again(
        &self,
        way: Way,
        (id, made, had): (&str, &Cell, i64),
        reason: Option<&str>,
        now: i64,
    ) -> Result<i64> {
        self.state_of(way, &WORKTREE, id, made)?;
        let key = self.archive(id, reason, now)?;
        let Some(key) = key else { return still_there(way, &WORKTREE, id, made, None).map(|_| had) };
        self.write_run(Sql::Rekey, &[Bind::Integer(had), Bind::Integer(key)])?;
        Ok(key)
    }

    fn change_back(
        &self,
        way: Way,
        entity: &'static Entity,
        id: &str,
        (state, values): (&[Cell], &[Value]),
        now: i64,
    ) -> Result<()> {
        let Back { columns, metadata, zone } = back(way, entity, id, state, values, now)?;
        self.set_columns(way, entity, id, &columns)?;
        if let Some(metadata) = metadata {
            let kind = if entity.name == WORKTREE.name { Kind::Worktree } else { Kind::Zone };
            self.put_metadata(kind, id, &parse(metadata.text().unwrap_or("{}")), now)?;
        }
        match zone {
            None => Ok(()),
            Some(Assigned::In { zone, since, rowid }) => {
                if self.state(&ZONE, zone)?.is_none() {
                    return Err(zone_is_gone(way, id, zone));
                }
                let assignment = [Bind::Text(id), Bind::Text(zone), Bind::Text(&since), rowid.into()];
                if !self.take(Sql::Reassign, &assignment)? {
                    self.write_run(Sql::Assign, &assignment)?;
                }
                Ok(())
            }
            Some(Assigned::Nowhere) => self.write_run(Query::RemoveAssignment, &[Bind::Text(id)]).map(drop),
        }
    }

    fn set_columns(&self, way: Way, entity: &Entity, id: &str, columns: &[(&Declaration, Cell)]) -> Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        let set: Vec<String> = columns.iter().map(|(field, _)| format!("{} = ?", field.column)).collect();
        let cells: Vec<Stored<'_>> = columns.iter().map(|(_, cell)| cell.into()).chain([Stored::from(id)]).collect();
        let sql = format!("UPDATE main.{} SET {} WHERE id = ?", entity.table, set.join(", "));
        let binds: Vec<Bind<'_>> = cells.iter().map(Bind::from).collect();
        let set = Statement::prepare(&self.connection, &sql, false)?.with_bound(&binds, Statement::run);
        set.map(drop).map_err(|error| match error {
            Error::Engine { .. } if columns.iter().any(|(field, _)| field.column == "port") => port_is_taken(way, id),
            error => error,
        })
    }
}
