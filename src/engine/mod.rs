//! The engines on which a board is kept. Today that is `SQLite`.

pub mod sqlite;
