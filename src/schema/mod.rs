//! Versions of the schema.

pub mod sha256;
