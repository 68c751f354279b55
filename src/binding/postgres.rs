//! Opening a `VisualDatabase` on a PostgreSQL server, versions of its tables, and looking at one by SQL.

#![allow(
    clippy::must_use_candidate,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::fn_params_excessive_bools,
    clippy::too_many_arguments,
    reason = "napi-rs takes owned values, JavaScript has no must_use, and its arguments are what lib/ checked"
)]

use std::rc::Rc;

use napi_derive::napi;

use super::board::opened::Board;
use super::connection::{ConnectionHandle, milliseconds};
use super::js::Value;
use super::schema_values::{Report, Status};
use super::state::{Closes, Realm};
use crate::engine::Session;
use crate::engine::postgres::{Looked, Options, Store, Target, look, maintenance, open};

impl Closes for Store {
    fn close_at_the_end(&self) {
        // The server rolls back what was open.
        let _ = self.close();
    }
}

/// A URL without its password, to be shown.
#[napi]
pub fn shown_url(env: napi::Env, realm: u32, url: String) -> napi::Result<String> {
    Realm(realm).answer(env, |_| Ok(Target::parse(&url)?.shown().to_string()))
}

/// Opens the connection of a `VisualDatabase` to a server.
#[napi]
pub fn open_postgres(
    env: napi::Env,
    realm: u32,
    url: String,
    schema: String,
    readonly: bool,
    must_exist: bool,
    timeout: f64,
    migrate: bool,
    package_version: String,
    has_clock: bool,
) -> napi::Result<Value> {
    Realm(realm).answer(env, |state| {
        let options = Options {
            schema: &schema,
            readonly,
            must_exist,
            timeout: milliseconds(timeout),
            migrate,
            package_version: &package_version,
        };
        let store = Rc::new(open(&url, &options)?);
        state.remember(&store);
        let board = Board::new(store, has_clock);
        state.env.external(Rc::new(ConnectionHandle::of_board(state, None, board)))
    })
}

/// Where a board's tables stand: state, version, migrations.
#[napi]
pub fn server_schema_status(env: napi::Env, realm: u32, url: String, schema: String) -> napi::Result<Status> {
    Realm(realm).answer(env, |_| Ok(maintenance::status(&url, &schema)?.into()))
}

/// What is wrong with a board's tables, a sentence each.
#[napi]
pub fn server_schema_verify(env: napi::Env, realm: u32, url: String, schema: String) -> napi::Result<Vec<String>> {
    Realm(realm).answer(env, |_| Ok(maintenance::verify(&url, &schema)?))
}

/// Migrates a board's tables up, to the latest version unless told otherwise.
#[napi]
pub fn server_schema_up(
    env: napi::Env,
    realm: u32,
    url: String,
    schema: String,
    package_version: String,
    to: Option<u32>,
) -> napi::Result<Report> {
    Realm(realm).answer(env, |_| Ok(maintenance::up(&url, &schema, to, &package_version)?.into()))
}

/// Migrates a board's tables down and pins them there.
#[napi]
pub fn server_schema_down(
    env: napi::Env,
    realm: u32,
    url: String,
    schema: String,
    package_version: String,
    to: u32,
) -> napi::Result<Report> {
    Realm(realm).answer(env, |_| Ok(maintenance::down(&url, &schema, to, &package_version)?.into()))
}

/// What a statement gave.
#[napi(object, object_from_js = false)]
pub struct LookedAt {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows: each value as text, or null.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether there are more.
    pub truncated: bool,
    /// The lines of its plan.
    pub plan: Vec<String>,
    /// How long its rows took, in milliseconds.
    pub duration_ms: f64,
}

impl From<Looked> for LookedAt {
    fn from(Looked { columns, rows, truncated, plan, seconds }: Looked) -> Self {
        Self { columns, rows, truncated, plan, duration_ms: seconds * 1000.0 }
    }
}

/// Runs a person's own statement, which only reads, on a connection of its own.
#[napi]
pub fn look_at_server(
    env: napi::Env,
    realm: u32,
    url: String,
    schema: String,
    sql: String,
    most: u32,
    limit_ms: u32,
) -> napi::Result<LookedAt> {
    Realm(realm).answer(env, |_| Ok(look(&url, &schema, &sql, most as usize, limit_ms)?.into()))
}
