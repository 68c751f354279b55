//! Undo and redo. Triggers remember what an actor does to the canvas (`schema/postgres/0005_archive.up.sql`); here it is taken back, or
//! done again: what was done, and how things are now, is read in one trip, and what follows is written in another. Whatever goes into the
//! archive meanwhile, or comes out of it, is a trip by itself.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Row;

use super::Store;
use super::assignments::{ASSIGN, REMOVE};
use super::log::plain;
use super::sql::column_type;
use crate::engine::archiving::{At, Restore, none_has_key};
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::{Value, integer, stored, text_of};
use crate::engine::undoing::{
    Assigned, Back, Named, back, in_the_way, is_unreadable, place_of, port_is_taken, still_there, whose, zone_is_gone,
};
use crate::error::{Error, Result};
use crate::model::canvas::Cell;
use crate::model::undo::{ASSIGNED_AT, ASSIGNED_ROWID, Done, METADATA, Value as Changed, Way, ZONE_ID, beside};
use crate::model::{Entity, WORKTREE, ZONE};

/// The steps of an actor ($1) that are undone or not ($2).
const STEPS: &str = "{s}.undo_steps AS u WHERE hashtextextended(u.\"by\", 0) = hashtextextended($1 COLLATE \"C\", 0) AND u.\"by\" = $1 AND u.undone = $2";
/// Those of the transaction that is next, in the order in which they are taken back; nothing is remembered from here on.
const NEXT: &str = "SELECT u.data::text, u.tx::text, pg_catalog.set_config('visual_db.undo', 'on', true) FROM {steps} AND u.tx = {tx} ORDER BY u.key {order}";
const TX: &str = "(SELECT u.tx FROM {steps} ORDER BY u.key {order} LIMIT 1)";
/// Worktrees and what is beside their columns, in the order of `model::undo::beside`.
const WORKTREES: &str = "SELECT {w.worktree}, w.metadata, a.zone_id, a.assigned_at, a.seq \
     FROM {s}.worktrees AS w LEFT JOIN {s}.worktree_zones AS a ON a.worktree_id = w.id WHERE w.id IN ({ids}) FOR UPDATE OF w";
/// Their assignments: nobody else changes them from here on.
const ASSIGNMENTS: &str = "SELECT 1 FROM {s}.worktree_zones WHERE worktree_id IN ({ids}) FOR UPDATE";
/// The same for zones.
const ZONES: &str = "SELECT {zone}, metadata FROM {s}.zones WHERE id IN ({ids}) FOR UPDATE";
/// What the steps are about, and the zones that assignments come back to.
const IDS: &str = "SELECT u.data ->> 'id' FROM {steps} AND u.tx = {tx}";
const ZONES_OF_ASSIGNMENTS: &str = " UNION SELECT z.value #>> '{}' FROM {s}.undo_steps AS u, \
     jsonb_path_query(u.data, '$.values[*] ? (@.name == \"zone_id\").{to}') AS z (value) \
     WHERE u.key IN (SELECT u.key FROM {steps} AND u.tx = {tx})";
/// Marks them as undone, or done again ($2 is what they were); what is done from here on is remembered.
const MARK: &str = "UPDATE {s}.undo_steps AS u SET undone = NOT undone WHERE u.key IN (SELECT u.key FROM {steps} AND u.tx = $3::xid8) \
     RETURNING pg_catalog.set_config('visual_db.undo', '', true)";
/// Gives up what can't be taken back.
const GIVE_UP: &str = "DELETE FROM {s}.undo_steps AS u WHERE u.key IN (SELECT u.key FROM {steps} AND u.tx = $3::xid8) \
     RETURNING pg_catalog.set_config('visual_db.undo', '', true)";
/// A worktree that was archived again has another key in the archive: steps about the old key are about the new one.
const REKEY: &str =
    "UPDATE {s}.undo_steps SET data = jsonb_set(data, '{key}', to_jsonb($2)) WHERE data -> 'key' = to_jsonb($1)";
/// Assigns a worktree to a zone, with the time and the order that it had there.
const PLACE: &str = "INSERT INTO {s}.worktree_zones (worktree_id, zone_id, assigned_at, seq) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at, seq = excluded.seq";

/// What is beside the columns of a worktree while it is in a zone.
const OF_ASSIGNMENT: [&str; 3] = [ZONE_ID, ASSIGNED_AT, ASSIGNED_ROWID];

impl crate::engine::Undo for Store {
    fn step_back(&self, way: Way, by: Option<&str>, skip: bool, now: f64) -> Result<bool> {
        self.check_open()?;
        let actor = self.actor();
        let by = whose(way, by, actor.as_deref())?;
        self.check_writable()?;
        let _named = Named::at_least(&self.acting, by);
        self.all_or_nothing(|| self.take_back(way, by, skip, now))
    }
}

impl Store {
    /// Takes back what was done last; `false` where there was nothing.
    fn take_back(&self, way: Way, by: &str, skip: bool, now: f64) -> Result<bool> {
        while let Some((mut taking, steps)) = self.next_steps(way, by, now)? {
            let of: [Value<'_>; 3] = [by.into(), (way == Way::Redo).into(), taking.tx.clone().into()];
            let taken = self.all_or_nothing(|| {
                steps.into_iter().try_for_each(|done| taking.take_back(done))?;
                taking.write_now()?;
                self.write(&of_steps(MARK, way), &of)
            });
            match taken {
                Ok(_) => return Ok(true),
                Err(error) if skip && error.is_coded("ERR_CONFLICT") => drop(self.write(&of_steps(GIVE_UP, way), &of)?),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// The steps of the transaction that is taken back next, if there is one, and what they are about as it is now.
    fn next_steps(&self, way: Way, by: &str, now: f64) -> Result<Option<(Taking<'_>, Vec<Done>)>> {
        let values = [by.into(), (way == Way::Redo).into()];
        let zones = format!("{IDS}{ZONES_OF_ASSIGNMENTS}");
        let texts = [
            NEXT,
            &ASSIGNMENTS.replace("{ids}", IDS),
            &WORKTREES.replace("{ids}", IDS),
            &ZONES.replace("{ids}", &zones),
        ]
        .map(|sql| self.expanded(&of_steps(sql, way)));
        let steps: Vec<Step<'_>> = texts.iter().map(|sql| Step::Statement(sql, &values)).collect();
        let rows = self.read_together(&self.begin_reading(), &steps)?;
        let [steps, _, worktrees, zones] = rows.try_into().unwrap_or_default();
        let Some(tx) = steps.first().and_then(|row| text_of(row, 1)) else { return Ok(None) };
        let mut done = Vec::with_capacity(steps.len());
        for row in &steps {
            let data = text_of(row, 0).unwrap_or_default();
            add(&mut done, serde_json::from_str(&plain(&data)).map_err(|_| is_unreadable(way))?);
        }
        let states = |rows: &[Row], entity| rows.iter().map(|row| state(row, entity)).collect();
        let states = [states(&worktrees, &WORKTREE), states(&zones, &ZONE)];
        let taking = Taking {
            store: self,
            way,
            now,
            tx,
            states,
            moved: HashSet::new(),
            keys: HashMap::new(),
            later: Vec::new(),
        };
        Ok(Some((taking, done)))
    }
}

/// A transaction that is taken back.
struct Taking<'s> {
    store: &'s Store,
    way: Way,
    now: f64,
    tx: String,
    /// The worktrees and the zones that it is about, as they are now.
    states: [HashMap<String, Vec<Cell>>; 2],
    /// The worktrees that were archived or came back meanwhile, so that they have to be read again.
    moved: HashSet<String>,
    /// The keys that worktrees had in the archive, and those that they have now.
    keys: HashMap<i64, i64>,
    /// Statements that are sent together.
    later: Vec<(String, Vec<Value<'static>>)>,
}

impl Taking<'_> {
    fn take_back(&mut self, done: Done) -> Result<()> {
        let way = self.way;
        let to_archive =
            matches!((&done, way), (Done::Archived { .. }, Way::Redo) | (Done::Restored { .. }, Way::Undo));
        match done {
            Done::Changed { entity, id, made, values } => {
                let entity = if entity == WORKTREE.name { &WORKTREE } else { &ZONE };
                let state = self.state(entity, &id)?;
                let mut state = still_there(way, entity, &id, &made, state)?;
                let was = state.clone();
                let back = back(way, entity, &id, &was, &values, self.now as i64)?;
                self.change(entity, &id, &back, &mut state)?;
                self.states_of(entity).insert(id, state);
                Ok(())
            }
            Done::Archived { id, made, key, reason } if to_archive => self.archive(id, &made, key, reason.as_deref()),
            Done::Restored { id, made, key } if to_archive => self.archive(id, &made, key, None),
            Done::Archived { id, key, .. } | Done::Restored { id, key, .. } => self.restore(id, key),
        }
    }

    /// What a worktree or a zone is now.
    fn state(&mut self, entity: &'static Entity, id: &str) -> Result<Option<Vec<Cell>>> {
        if entity.name == WORKTREE.name && self.moved.remove(id) {
            let row = self.store.read_one(&WORKTREES.replace("{ids}", "$1"), &[id.into()])?;
            return Ok(row.map(|row| state(&row, &WORKTREE).1));
        }
        Ok(self.states_of(entity).get(id).cloned())
    }

    fn states_of(&mut self, entity: &Entity) -> &mut HashMap<String, Vec<Cell>> {
        let [worktrees, zones] = &mut self.states;
        if entity.name == WORKTREE.name { worktrees } else { zones }
    }

    /// Changes a worktree or a zone back, and `state` with it.
    fn change(&mut self, entity: &'static Entity, id: &str, back: &Back<'_>, state: &mut [Cell]) -> Result<()> {
        let mut becomes = |name: &str, cell: Cell| {
            if let Some(at) = place_of(entity, name) {
                state[at] = cell;
            }
        };
        let (mut set, mut values) = (Vec::new(), Vec::new());
        for (field, cell) in &back.columns {
            values.extend(Value::of(&cell.into(), &column_type(field)).owned());
            set.push(format!("{} = ${}", field.column, values.len()));
            becomes(field.column, cell.clone());
        }
        if let Some(metadata) = back.metadata {
            values.push(metadata.text().map(ToOwned::to_owned).into());
            set.push(format!("{METADATA} = ${}", values.len()));
            becomes(METADATA, metadata.clone());
        }
        if !set.is_empty() {
            values.push(id.to_owned().into());
            let sql = format!("UPDATE {{s}}.{} SET {} WHERE id = ${}", entity.table, set.join(", "), values.len());
            self.later.push((sql, values));
        }
        if back.columns.iter().any(|(field, _)| field.column == "port") {
            let way = self.way;
            self.write_now().map_err(|error| match error {
                Error::Engine { ref message, .. } if message.ends_with("worktrees.port") => port_is_taken(way, id),
                error => error,
            })?;
        }
        match &back.zone {
            None => {}
            Some(Assigned::Nowhere) => {
                self.later.push((REMOVE.into(), vec![id.to_owned().into()]));
                for name in OF_ASSIGNMENT {
                    becomes(name, Cell::Null);
                }
            }
            Some(Assigned::In { zone, since, rowid }) => {
                // The zone was not read where the worktree stays in it and only its order there changes.
                let is_known = self.states_of(&ZONE).contains_key(*zone);
                let is_there = "SELECT 1 FROM {s}.zones WHERE id = $1";
                if !is_known && self.store.read_one(is_there, &[(*zone).into()])?.is_none() {
                    return Err(zone_is_gone(self.way, id, zone));
                }
                let mut values: Vec<Value<'static>> = [id, zone, since].map(|text| text.to_owned().into()).to_vec();
                values.extend(rowid.map(Value::from));
                self.later.push((if rowid.is_some() { PLACE } else { ASSIGN }.into(), values));
                becomes(ZONE_ID, Cell::Text((*zone).into()));
                becomes(ASSIGNED_AT, Cell::Text(since.as_str().into()));
                becomes(ASSIGNED_ROWID, rowid.map_or(Cell::Null, Cell::Integer));
            }
        }
        Ok(())
    }

    /// Archives a worktree that had a key in the archive, under a new one.
    fn archive(&mut self, id: String, made: &Cell, had: i64, reason: Option<&str>) -> Result<()> {
        self.write_now()?;
        let state = self.state(&WORKTREE, &id)?;
        still_there(self.way, &WORKTREE, &id, made, state)?;
        let row = self.store.put(&id, reason, self.now as i64)?;
        let Some(row) = row else { return still_there(self.way, &WORKTREE, &id, made, None).map(drop) };
        let (had, key) = (self.key(had), integer(&row, WORKTREE.fields.len()));
        self.keys.values_mut().filter(|known| **known == had).for_each(|known| *known = key);
        self.keys.insert(had, key);
        self.later.push((REKEY.into(), vec![had.into(), key.into()]));
        self.moved.insert(id);
        Ok(())
    }

    fn restore(&mut self, id: String, key: i64) -> Result<()> {
        self.write_now()?;
        let (method, key) = (self.way.method(), self.key(key));
        let wish = Restore { id: &id, key: Some(key), at: At::ItsOwn };
        let row = self.store.restore(method, &wish, self.now);
        row.and_then(|row| row.ok_or_else(|| none_has_key(method, key)))
            .map_err(|error| in_the_way(error, self.way))?;
        self.moved.insert(id);
        Ok(())
    }

    /// The key that a worktree has in the archive now.
    fn key(&self, had: i64) -> i64 {
        self.keys.get(&had).copied().unwrap_or(had)
    }

    fn write_now(&mut self) -> Result<()> {
        let later = std::mem::take(&mut self.later);
        if later.is_empty() {
            return Ok(());
        }
        let statements: Vec<(&str, &[Value<'_>])> = later.iter().map(|(sql, values)| (&**sql, &**values)).collect();
        self.store.write_all(true, &statements)
    }
}

/// A statement about steps.
fn of_steps(sql: &str, way: Way) -> String {
    let (order, to) = if way == Way::Undo { ("DESC", "was") } else { ("", "is") };
    sql.replace("{tx}", TX).replace("{steps}", STEPS).replace("{order}", order).replace("{to}", to)
}

/// An id, and its state.
fn state(row: &Row, entity: &Entity) -> (String, Vec<Cell>) {
    let width = entity.fields.len() + beside(entity).len();
    let cells = (0..width).map(|column| Cell::from(stored(row, column))).collect();
    (text_of(row, 0).unwrap_or_default(), cells)
}

/// Adds a step. What a call did to a worktree and to its assignment were two steps, which become one again.
fn add(steps: &mut Vec<Done>, step: Done) {
    if let Done::Changed { entity, id, made, values } = &step
        && let Some(Done::Changed { entity: to, id: of, made: at, values: known }) = steps.last_mut()
        && (entity, id, made) == (to, of, at)
    {
        let of_assignment =
            |values: &[Changed]| values.iter().filter(|value| OF_ASSIGNMENT.contains(&&*value.name)).count();
        let (one, other) = (of_assignment(known), of_assignment(values));
        if (one == known.len() && other == 0) || (one == 0 && other == values.len()) {
            known.extend_from_slice(values);
            return;
        }
    }
    steps.push(step);
}
