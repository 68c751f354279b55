//! What an entity is made of, declared once: each field with its column, its JavaScript name and its rule. SQL's lists of columns,
//! the checks of given values, the packed rows and JavaScript's objects all follow from this.

use super::given::{Field, Given};
use super::rules::{self, Stored};
use super::{coordinate, port};
use crate::error::{Error, Result};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Holds {
    /// The id of this entity or of another: a non-empty string.
    Id,
    /// Text.
    Text,
    /// Any JSON value, stored as its text.
    Json {
        /// The text that is read where none is stored.
        missing: &'static str,
    },
    /// A JSON object, stored as its text.
    Object,
    /// The port of a server: a non-negative integer.
    Port,
    /// A coordinate or a length on the canvas: a finite number.
    Coordinate,
    /// A point in time, in ISO 8601.
    Time,
    /// Whether something is so, stored as 1 or 0.
    Boolean,
    /// A whole number.
    Integer,
    /// A point in time that is stored in milliseconds, and given as ISO 8601 or a `Date`.
    Instant,
}

impl Holds {
    /// What a value must be, for the error that refuses another.
    const fn must(self) -> &'static str {
        match self {
            Self::Id => rules::ID,
            Self::Text | Self::Time => rules::TEXT,
            Self::Json { .. } => "a JSON value",
            Self::Object => "an object",
            Self::Port => port::MUST,
            Self::Coordinate => coordinate::MUST,
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Instant => "a time",
        }
    }
}

/// How a field of a new row gets its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum New {
    /// The given value. A missing one is NULL, which the schema refuses where it has to.
    Given,
    /// Everything falsy is NULL.
    OrNull,
    /// Everything falsy is this text.
    Or(&'static str),
    /// Everything falsy is this number.
    OrNumber(f64),
    /// Missing or empty is the time of the call.
    OrNow,
    /// The call sets it: the id, the time.
    Set,
    /// NULL, until an update sets it.
    Unset,
}

/// A kind of change to what is stored: a field belongs to one of them, or to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// `updateWorktree`, `updateZone`.
    Update,
    /// `relocateWorktree`.
    Relocate,
}

/// How an edit treats a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// `null` is stored as NULL, which the schema refuses where it has to.
    OrNull,
    /// `null` is refused.
    NotNull,
    /// `null` changes nothing, as if it had not been given.
    IfGiven,
}

/// One field of an entity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Declaration {
    /// The column.
    pub column: &'static str,
    /// The name in JavaScript; `position.x` is the key `x` of the object `position`.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// How it gets its value in a new row.
    pub new: New,
    /// The edit that takes it, and how.
    pub change: Option<(Edit, Change)>,
}

impl Declaration {
    /// A field that is stored as it is given and that no edit takes.
    #[must_use]
    pub const fn new(column: &'static str, name: &'static str, holds: Holds) -> Self {
        Self { column, name, holds, new: New::Given, change: None }
    }

    /// Got like this in a new row.
    #[must_use]
    pub const fn made(self, new: New) -> Self {
        Self { new, ..self }
    }

    /// Taken by an update.
    #[must_use]
    pub const fn changed(self, change: Change) -> Self {
        Self { change: Some((Edit::Update, change)), ..self }
    }

    /// Taken by a relocation.
    #[must_use]
    pub const fn relocated(self, change: Change) -> Self {
        Self { change: Some((Edit::Relocate, change)), ..self }
    }

    /// Whether an edit takes it.
    #[must_use]
    pub fn is_edited_by(&self, edit: Edit) -> bool {
        self.change.is_some_and(|(by, _)| by == edit)
    }

    /// Its name in the rows of the log: what changes most often has a short one there (`schema/0003_changes.up.sql`).
    #[must_use]
    pub fn logged(&self) -> &'static str {
        match self.column {
            "position_x" => "x",
            "position_y" => "y",
            "updated_at" => "u",
            column => column,
        }
    }

    /// Whether a caller gives it for a new row.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        !matches!(self.new, New::Set | New::Unset)
    }

    /// What is stored of it in a new row.
    fn stored_new<'a>(&self, field: Field, given: Given<'a>, now: &'a str) -> Result<Stored<'a>> {
        match (self.holds, self.new) {
            (Holds::Id, _) => rules::id(field, given).map(Into::into),
            (Holds::Text | Holds::Json { .. } | Holds::Object, New::OrNull) => {
                rules::text_or(field, given, None).map(Into::into)
            }
            (Holds::Text | Holds::Json { .. }, New::Or(text)) => {
                rules::text_or(field, given, Some(text)).map(Into::into)
            }
            (Holds::Coordinate, New::OrNumber(number)) => {
                coordinate::coordinate_or(field, given, number).map(Stored::Real)
            }
            (Holds::Time, _) => rules::time(field, given, now).map(Into::into),
            _ => self.stored(field, given),
        }
    }

    /// What an edit stores of it; `None` where it leaves it as it is.
    fn stored_change<'a>(&self, field: Field, given: Given<'a>) -> Result<Option<Stored<'a>>> {
        match (self.change, given) {
            (None, _) | (_, Given::Undefined) | (Some((_, Change::IfGiven)), Given::Null) => Ok(None),
            (Some((_, Change::NotNull)), Given::Null) => Err(field.wrong_type(self.holds.must(), &given)),
            (_, given) => self.stored(field, given).map(Some),
        }
    }

    fn stored<'a>(&self, field: Field, given: Given<'a>) -> Result<Stored<'a>> {
        match self.holds {
            Holds::Id => rules::id(field, given).map(Into::into),
            Holds::Text | Holds::Json { .. } | Holds::Object | Holds::Time => rules::text(field, given).map(Into::into),
            Holds::Port => port::port(field, given),
            Holds::Coordinate => coordinate::coordinate(field, given).map(Stored::Real),
            // JavaScript has made it a boolean already: every value has a truth value there.
            Holds::Boolean => Ok(Stored::Integer(i64::from(given == Given::Boolean(true)))),
            Holds::Integer | Holds::Instant => rules::whole(field, given, &(i64::MIN..=i64::MAX)).map(Stored::Integer),
        }
    }
}

/// A kind of thing on the board.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entity {
    /// Its name, such as `worktree`.
    pub name: &'static str,
    /// The table of its rows.
    pub table: &'static str,
    /// Its fields, in the order of the columns and of the object's keys.
    pub fields: &'static [Declaration],
}

impl Entity {
    /// The fields that are given for a new row, in the order in which they cross from JavaScript.
    pub fn given(&self) -> impl Iterator<Item = &'static Declaration> {
        self.fields.iter().filter(|field| field.is_given())
    }

    /// The fields that an edit takes, in the order in which they cross from JavaScript.
    pub fn editable(&self, edit: Edit) -> impl Iterator<Item = &'static Declaration> {
        self.fields.iter().filter(move |field| field.is_edited_by(edit))
    }

    /// The fields whose columns an INSERT writes.
    pub fn written(&self) -> impl Iterator<Item = &'static Declaration> {
        self.fields.iter().filter(|field| field.new != New::Unset)
    }

    /// The error that there is none with this id.
    #[must_use]
    pub fn not_found(&self, field: Field, id: Given<'_>) -> Error {
        let id = match id {
            Given::Text(id) => id,
            Given::Null => "null",
            _ => "undefined",
        };
        let (initial, rest) = self.name.split_at(1);
        let message = format!("{}{rest} not found: {id}", initial.to_uppercase());
        Error::Coded { code: "ERR_NOT_FOUND", message }.about(field.facts())
    }

    /// What is stored in a new row, in the order of [`Entity::written`]. `given` has a value for each of
    /// [`Entity::given`], `set` one for each field that the call sets.
    ///
    /// # Errors
    /// The first field that breaks its rule, named with `method`.
    pub fn stored<'a>(
        &self,
        method: &'static str,
        given: &[Given<'a>],
        set: &[&'a str],
        now: &'a str,
    ) -> Result<Vec<Stored<'a>>> {
        let (mut given, mut set) = (given.iter().copied().enumerate(), set.iter());
        // One allocation a row: collecting `Result`s would take several.
        let mut row = Vec::with_capacity(self.fields.len());
        for field in self.written() {
            row.push(if field.new == New::Set {
                Stored::from(set.next().copied().unwrap_or(now))
            } else {
                let (nth, given) = given.next().unwrap_or((0, Given::Undefined));
                field.stored_new(Field::new(method, field.name).behind(nth), given, now)?
            });
        }
        Ok(row)
    }

    /// What an edit changes. `given` has a value for each of [`Entity::editable`]; the id comes before them.
    ///
    /// # Errors
    /// The first field that breaks its rule, named with `method`.
    pub fn changes<'a>(&self, edit: Edit, method: &'static str, given: &[Given<'a>]) -> Result<Changes<'a>> {
        let mut changes = Changes { set: 0, values: Vec::with_capacity(given.len() + 2) };
        let mut given = given.iter().enumerate();
        for (index, field) in self.fields.iter().enumerate().filter(|(_, field)| field.is_edited_by(edit)) {
            let Some((nth, given)) = given.next() else { break };
            if let Some(stored) = field.stored_change(Field::new(method, field.name).behind(1 + nth), *given)? {
                changes.set |= 1 << index;
                changes.values.push(stored);
            }
        }
        Ok(changes)
    }
}

/// What an edit changes in a row. There is room behind the values for what an engine adds.
#[derive(Debug, PartialEq)]
pub struct Changes<'a> {
    /// The fields that it sets: a bit each, by its index in [`Entity::fields`].
    pub set: u64,
    /// Their new values, in that order.
    pub values: Vec<Stored<'a>>,
}

impl Changes<'_> {
    /// The columns that it sets, in the order of the values.
    pub fn columns(&self, entity: &Entity) -> impl Iterator<Item = &'static str> {
        entity
            .fields
            .iter()
            .enumerate()
            .filter(|(index, _)| self.set & (1 << index) != 0)
            .map(|(_, field)| field.column)
    }
}
