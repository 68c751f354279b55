//! What a file is and what was done to it, for people.

use rusqlite::Connection;

use super::found::Found;
use super::history::{self, Access, Entry};
use super::inspect::{in_snapshot, inspect};
use super::migrations::{ALL, LATEST};
use crate::error::Result;

/// What a file is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// At the version that the code needs.
    Current,
    /// At an earlier one, or without its mark in the header; opening it migrates it.
    Older,
    /// At an earlier one on purpose; opening it leaves it there.
    Pinned,
    /// At a later one; what the code may do with it.
    Newer(Access),
    /// Nothing in it; opening it makes the tables.
    Empty,
    /// The JavaScript layer's; opening it adopts it.
    JavascriptLayer,
    /// Its tables have the right names and are not the JavaScript layer's; the code refuses it.
    Different,
    /// Somebody else's; the code refuses it.
    Foreign,
}

/// The status of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// In a word.
    pub state: State,
    /// The file's version; 0 is none.
    pub version: i64,
    /// The version that the code needs.
    pub latest: u32,
    /// Why the code refuses it, or may only read it.
    pub reasons: Vec<String>,
    /// Every migration that the file or the code knows.
    pub migrations: Vec<Step>,
}

/// A migration and what the file says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The version that it leads to.
    pub version: u32,
    /// What it is about.
    pub name: String,
    /// Whether it is in force.
    pub applied: bool,
    /// What the file remembers of it.
    pub history: Option<Entry>,
}

/// The status of a file. Nothing is written.
///
/// # Errors
/// SQLite's error.
pub fn status(connection: &Connection) -> Result<Status> {
    in_snapshot(connection, || look(connection))
}

fn look(connection: &Connection) -> Result<Status> {
    let found = inspect(connection)?;
    let (mut state, version, reasons) = match found {
        Found::Empty => (State::Empty, 0, vec![]),
        Found::Ours { version, stamped: true } if version == LATEST => (State::Current, version.into(), vec![]),
        Found::Ours { version, .. } => (State::Older, version.into(), vec![]),
        Found::Newer(version, access) => (State::Newer(access), version, limits(access)),
        Found::JavaScriptLayer => (State::JavascriptLayer, 0, vec![]),
        Found::Different(differences) => (State::Different, 0, differences),
        Found::Foreign(why) => (State::Foreign, 0, vec![why]),
    };
    let mut entries = match state {
        State::Current | State::Older | State::Newer(_) => history::read(connection)?,
        _ => vec![],
    };
    if state == State::Older
        && entries.iter().any(|e| i64::from(e.version) == version + 1 && e.rolled_back_at.is_some())
    {
        state = State::Pinned;
    }
    let mut migrations = Vec::new();
    for migration in ALL {
        let position = entries.iter().position(|entry| entry.version == migration.version);
        migrations.push(Step {
            version: migration.version,
            name: migration.name.into(),
            applied: i64::from(migration.version) <= version,
            history: position.map(|position| entries.remove(position)),
        });
    }
    // What only a later version of the package knows.
    migrations.extend(entries.into_iter().map(|entry| Step {
        version: entry.version,
        name: entry.name.clone(),
        applied: entry.rolled_back_at.is_none(),
        history: Some(entry),
    }));
    Ok(Status { state, version, latest: LATEST, reasons, migrations })
}

fn limits(access: Access) -> Vec<String> {
    match access {
        Access::Write => vec![],
        Access::Read => vec!["this package may only read a file of that version".into()],
        Access::Refused => vec!["this package can't use a file of that version".into()],
    }
}
