//! What was done to the canvas, as it is remembered for undo.

use serde::{Deserialize, Serialize};

use super::Entity;
use super::canvas::Cell;

/// Beside the columns of a worktree there are its zone, since when, the row of its assignment; beside those of both entities, metadata.
pub const ZONE_ID: &str = "zone_id";
/// Since when it is in the zone.
pub const ASSIGNED_AT: &str = "assigned_at";
/// The rowid of its assignment.
pub const ASSIGNED_ROWID: &str = "assigned_rowid";
/// Metadata, as JSON.
pub const METADATA: &str = "metadata";

/// A changed value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// Its name: a column, or one of the above.
    pub name: String,
    /// What it was.
    pub was: Cell,
    /// What it became.
    pub is: Cell,
}

/// A step that can be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "done", rename_all = "camelCase")]
pub enum Done {
    /// Values of a worktree or a zone were changed.
    Changed {
        /// `worktree` or `zone`.
        entity: String,
        /// Which.
        id: String,
        /// When it was made: another one that has its id since is not meant.
        made: Cell,
        /// What was changed.
        values: Vec<Value>,
    },
    /// A worktree was archived.
    Archived {
        /// Its id.
        id: String,
        /// When it was made.
        made: Cell,
        /// Its key in the archive.
        key: i64,
        /// Why.
        reason: Option<String>,
    },
    /// A worktree came back from the archive.
    Restored {
        /// Its id.
        id: String,
        /// When it was made.
        made: Cell,
        /// The key that it had in the archive.
        key: i64,
    },
}

/// Whether a step is undone, or done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is undone.
    Undo,
    /// It is done again.
    Redo,
}

impl Way {
    /// The method as JavaScript spells it.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }

    /// What a value has to be now, and what it is to become.
    #[must_use]
    pub const fn of(self, value: &Value) -> (&Cell, &Cell) {
        match self {
            Self::Undo => (&value.is, &value.was),
            Self::Redo => (&value.was, &value.is),
        }
    }
}

/// The values that differ between two states of a row. A state is its columns, and what is beside them.
#[must_use]
pub fn changed(entity: &Entity, before: Vec<Cell>, after: Vec<Cell>) -> Vec<Value> {
    let columns = entity.fields.iter().map(|field| field.column);
    let names = columns.chain(beside(entity).iter().copied());
    let values = names.zip(before.into_iter().zip(after)).map(|(name, (was, is))| Value { name: name.into(), was, is });
    values.filter(|value| value.was != value.is).collect()
}

/// When the entity was made, from its state.
#[must_use]
pub fn made<'a>(entity: &Entity, state: &'a [Cell]) -> &'a Cell {
    let at = entity.fields.iter().position(|field| field.column == "created_at");
    &state[at.unwrap_or_default()]
}

/// What is beside the columns of an entity, in the order of its state.
#[must_use]
pub fn beside(entity: &Entity) -> &'static [&'static str] {
    if entity.name == "worktree" { &[METADATA, ZONE_ID, ASSIGNED_AT, ASSIGNED_ROWID] } else { &[METADATA] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ZONE;

    #[test]
    fn what_is_another_one_is_remembered_with_both_values() {
        let before = vec![Cell::Null; ZONE.fields.len() + 1];
        let mut after = before.clone();
        after[1] = Cell::Text("Review".into());
        after[ZONE.fields.len()] = Cell::Text("{}".into());
        let values = changed(&ZONE, before, after);
        let names: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
        assert_eq!(names, ["name", METADATA]);
        assert_eq!(Way::Undo.of(&values[0]), (&Cell::Text("Review".into()), &Cell::Null));
    }

    #[test]
    fn what_was_done_is_the_same_as_json() {
        let value = Value { name: "position_x".into(), was: Cell::Real(0.1 + 0.2), is: Cell::Integer(i64::MIN) };
        let infinite =
            Value { name: "position_y".into(), was: Cell::Real(f64::INFINITY), is: Cell::Real(f64::NEG_INFINITY) };
        let (id, made) = ("a\u{0}b".into(), Cell::Text("2026-01-01T00:00:00.000Z".into()));
        let done = Done::Changed { entity: "worktree".into(), id, made, values: vec![value, infinite] };
        let json = serde_json::to_string(&done).expect("memory takes it");
        assert_eq!(serde_json::from_str::<Done>(&json).expect("what was written"), done);
    }
}
