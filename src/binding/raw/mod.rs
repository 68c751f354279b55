//! The calls of the raw handle, in better-sqlite3's shape: they name SQLite, which `board/` doesn't.

pub mod database;
mod function;
mod online_backup;
pub mod statement;
