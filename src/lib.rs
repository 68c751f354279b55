//! The data layer under a canvas on which AI coding agents work. This file only lists the modules; `docs/architecture.md` says how they
//! fit together.

#[cfg(feature = "addon")]
mod binding;
pub mod declarations;
pub mod engine;
pub mod error;
pub mod model;
pub mod rows;
#[cfg(test)]
mod test_folder;
