//! What the calls of the archive were given, how they are refused, and an archived worktree's row on its way out: the same on each engine.

use crate::error::{Current, Error, Facts, Result};
use crate::model::{Field, Given, Stored, port, rules};

/// The indexes of `port` and `key` among the arguments of a restore.
pub const PORT_AT: usize = 1;
const KEY_AT: usize = 2;

/// What `archiveWorktree` was given.
pub struct Put<'a> {
    /// Which worktree.
    pub id: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
}

impl<'a> Put<'a> {
    /// The method as JavaScript spells it.
    pub const METHOD: &'static str = "archiveWorktree";

    /// Reads what was given.
    ///
    /// # Errors
    /// The model's for a value.
    pub fn given(given: &[Given<'a>]) -> Result<Self> {
        let id = rules::id(Field::new(Self::METHOD, "id"), argument(given, 0))?;
        let reason = rules::string(Field::new(Self::METHOD, "reason").behind(1), argument(given, 1))?;
        Ok(Self { id, reason })
    }
}

/// At which port a worktree comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The one that it had.
    ItsOwn,
    /// This one.
    Port(i64),
    /// The lowest that is free.
    Free,
}

/// What `restoreWorktree` was given.
pub struct Restore<'a> {
    /// Which worktree.
    pub id: &'a str,
    /// Its key in the archive; `None` is the one that was archived last.
    pub key: Option<i64>,
    /// At which port.
    pub at: At,
}

impl<'a> Restore<'a> {
    /// The method as JavaScript spells it.
    pub const METHOD: &'static str = "restoreWorktree";

    /// Reads what was given.
    ///
    /// # Errors
    /// The model's for a value.
    pub fn given(given: &[Given<'a>]) -> Result<Self> {
        let id = rules::id(Field::new(Self::METHOD, "id"), argument(given, 0))?;
        let at = match argument(given, PORT_AT) {
            Given::Text("auto") => At::Free,
            given => match port::port(port_field(Self::METHOD), given)? {
                Stored::Integer(port) => At::Port(port),
                _ => At::ItsOwn,
            },
        };
        let key = match argument(given, KEY_AT) {
            Given::Undefined | Given::Null => None,
            key => Some(rules::whole(Field::new(Self::METHOD, "key").behind(KEY_AT), key, &(1..=i64::from(u32::MAX)))?),
        };
        Ok(Self { id, key, at })
    }
}

/// What a restored worktree has, and another one may have by now.
#[derive(Debug, Clone, Copy)]
pub enum Taken<'a> {
    /// Its id.
    Id(&'a str),
    /// Its port.
    Port(i64),
    /// Its branch.
    Branch(&'a str),
}

/// The port, as an argument of a restore.
#[must_use]
pub const fn port_field(method: &'static str) -> Field {
    Field::new(method, "port").behind(PORT_AT)
}

/// That no worktree is archived under an id.
#[must_use]
pub fn none_is_archived(method: &'static str, id: &str) -> Error {
    let message = format!("{method}: no worktree is archived as {id}");
    Error::Coded { code: "ERR_NOT_FOUND", message }.about(Field::new(method, "id").facts())
}

/// That no worktree is archived under a key.
#[must_use]
pub fn none_has_key(method: &'static str, key: i64) -> Error {
    let message = format!("{method}: no worktree is archived under the key {key}");
    Error::Coded { code: "ERR_NOT_FOUND", message }.about(Field::new(method, "key").facts())
}

/// That a worktree of the board has what the restored one would have.
#[must_use]
pub fn is_taken(method: &'static str, what: Taken<'_>, by: String) -> Error {
    let (facts, what) = match what {
        Taken::Id(id) => (Field::new(method, "id").facts(), format!("id {id}")),
        Taken::Port(port) => (port_field(method).facts(), format!("port {port}")),
        Taken::Branch(branch) => (of_field(method, "branchName"), format!("branch {branch}")),
    };
    conflict(format!("{method}: {what} is taken by worktree {by}"), facts, Some(by))
}

/// That a zone in which the worktree has executions doesn't exist.
#[must_use]
pub fn zone_is_missing(method: &'static str, zone: &str) -> Error {
    let message = format!("{method}: zone {zone}, in which it has executions, is not there");
    conflict(message, of_field(method, "zoneId"), None)
}

/// That an execution was recorded meanwhile under the id of an archived one.
#[must_use]
pub fn execution_is_taken(method: &'static str) -> Error {
    let message = format!("{method}: one of its executions has an id that an execution of the board has now");
    conflict(message, of_field(method, "id"), None)
}

/// The facts about a value that the caller has not given.
fn of_field(method: &'static str, field: &'static str) -> Facts {
    Facts { method, field: Some(field), ..Facts::default() }
}

/// A conflict, with the worktree that is in the way.
fn conflict(message: String, facts: Facts, current: Option<String>) -> Error {
    Error::Coded { code: "ERR_CONFLICT", message }.about(Facts { current: Some(Current::Text(current)), ..facts })
}

fn argument<'a>(given: &[Given<'a>], at: usize) -> Given<'a> {
    given.get(at).copied().unwrap_or(Given::Undefined)
}
