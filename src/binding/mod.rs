//! The border to JavaScript: arguments in, packed rows out, errors across. Nothing else imports `napi`.
//!
//! What is called all day is a raw callback, the rest goes through what napi-rs generates: decision 3
//! (`docs/decisions/0003-raw-callbacks.md`) says which and has the measurements.

#![cfg_attr(test, allow(dead_code, reason = "napi-rs exports nothing from a test build"))]

mod backup;
mod backup_values;
mod board;
mod connection;
mod js;
mod module;
#[cfg(feature = "postgres")]
mod postgres;
mod raw;
mod schema;
mod schema_values;
mod state;
mod transfer;
mod work;
