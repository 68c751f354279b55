//! The data layer under a canvas on which AI coding agents work: the map of the modules, nothing else.
//! `docs/architecture.md` says how they fit together.

pub mod backup;
#[cfg(feature = "addon")]
mod binding;
pub mod error;
pub mod maintenance;
pub mod model;
pub mod open;
pub mod schema;
mod sole_name;
pub mod sqlite;
pub mod store;
#[cfg(test)]
mod test_folder;
