//! The border to JavaScript: arguments in, packed rows out, errors across. Nothing else imports `napi`.
//!
//! Cold calls are napi-rs functions; the calls that an orchestrator makes all day are raw callbacks, since
//! napi-rs's guards cost more than SQLite needs for a read (`docs/decisions/0003-raw-callbacks.md`).

#[cfg_attr(test, allow(dead_code, reason = "napi-rs exports nothing from a test build"))]
mod backup;
mod board;
mod database;
mod function;
mod js;
mod module;
#[cfg_attr(test, allow(dead_code, reason = "napi-rs exports nothing from a test build"))]
mod schema;
mod state;
mod statement;
