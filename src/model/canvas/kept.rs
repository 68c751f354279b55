//! What is read as JSON: kept boards, and the data of the log's rows.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cell::Cell;
use crate::model::entity::Entity;

/// A kept board (`schema/keep_board.sql`): each row begins with its rowid.
#[derive(Deserialize)]
pub(super) struct Kept<C> {
    pub worktrees: Vec<Vec<C>>,
    pub zones: Vec<Vec<C>>,
    pub assignments: Vec<[C; 4]>,
    pub metadata: Vec<(usize, Box<str>, Box<str>)>,
    pub limits: Vec<(Box<str>, i64)>,
}

/// A cell that may be infinite: SQLite writes that as a number that is too large (`9e999`), which `serde_json` refuses. Such a cell takes
/// twice as long to read as others.
pub(super) struct Wide(Cell);

impl From<Wide> for Cell {
    fn from(Wide(cell): Wide) -> Self {
        cell
    }
}

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let said = <&RawValue>::deserialize(from)?.get();
        let infinite = || said.parse().ok().filter(|number: &f64| number.is_infinite()).map(Cell::Real);
        serde_json::from_str(said).or_else(|error| infinite().ok_or(error)).map(Self).map_err(D::Error::custom)
    }
}

/// The worktree that replaces another one, and whether by an update.
#[derive(Deserialize)]
pub(super) struct Taker {
    pub id: Cell,
    pub port: Cell,
    pub by: Option<Box<str>>,
}

/// Metadata, all of it, and of which kind of entity.
#[derive(Deserialize)]
pub(super) struct Metadata<'a> {
    pub entity: &'a str,
    #[serde(borrow)]
    pub metadata: &'a RawValue,
}

/// How many worktrees a zone may have. The data of other limits isn't read as one.
#[derive(Deserialize)]
pub(super) struct Limit {
    #[serde(rename = "wipLimit", deserialize_with = "Option::deserialize")]
    pub most: Option<i64>,
}

/// Puts the values of JSON into the cells of a row. Another program may have written what is no JSON: nothing behind that is changed.
pub(super) fn cells_of(entity: &Entity, json: &str, cells: &mut [Cell]) {
    if put::<Cell>(entity, json, cells).is_err() {
        let _ = put::<Wide>(entity, json, cells);
    }
}

fn put<'de, C: Deserialize<'de> + Into<Cell>>(
    entity: &Entity,
    json: &'de str,
    cells: &mut [Cell],
) -> serde_json::Result<()> {
    Put(entity, cells, PhantomData::<C>).deserialize(&mut serde_json::Deserializer::from_str(json))
}

struct Put<'a, C>(&'a Entity, &'a mut [Cell], PhantomData<C>);

impl<'de, C: Deserialize<'de> + Into<Cell>> DeserializeSeed<'de> for Put<'_, C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, C: Deserialize<'de> + Into<Cell>> Visitor<'de> for Put<'_, C> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<&str>()? {
            match self.0.fields.iter().position(|field| field.logged() == key) {
                Some(at) => self.1[at] = map.next_value::<C>()?.into(),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}
