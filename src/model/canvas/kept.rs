//! What is read of JSON: a board that was kept, and the data of the log's rows.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cell::Cell;
use crate::model::entity::Entity;

/// A board that was kept (`boards_kept` in `schema/0005_board.up.sql`): each row begins with its rowid.
#[derive(Deserialize)]
pub(super) struct Kept {
    pub worktrees: Vec<Vec<Cell>>,
    pub zones: Vec<Vec<Cell>>,
    pub assignments: Vec<[Cell; 4]>,
    pub metadata: Vec<(usize, Box<str>, Box<str>)>,
    pub limits: Vec<(Box<str>, i64)>,
}

/// Who takes the place of a worktree, and whether by an update.
#[derive(Deserialize)]
pub(super) struct Taker {
    pub id: Cell,
    pub port: Cell,
    pub by: Option<Box<str>>,
}

/// Metadata, whole, and what it is of.
#[derive(Deserialize)]
pub(super) struct Metadata<'a> {
    pub entity: &'a str,
    #[serde(borrow)]
    pub metadata: &'a RawValue,
}

/// How many worktrees a zone may have. What is said of another limit is none of these.
#[derive(Deserialize)]
pub(super) struct Limit {
    #[serde(rename = "wipLimit", deserialize_with = "Option::deserialize")]
    pub most: Option<i64>,
}

/// Puts the values that JSON has into the cells of a row. What is no JSON, as another program may write, changes nothing behind it.
pub(super) fn cells_of(entity: &Entity, json: &str, cells: &mut [Cell]) {
    let mut from = serde_json::Deserializer::from_str(json);
    let _ = Put(entity, cells).deserialize(&mut from);
}

struct Put<'a>(&'a Entity, &'a mut [Cell]);

impl<'de> DeserializeSeed<'de> for Put<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Put<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<&str>()? {
            match self.0.fields.iter().position(|field| field.logged() == key) {
                Some(at) => self.1[at] = map.next_value()?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}
