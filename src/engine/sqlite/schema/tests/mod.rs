//! Files of every kind, opened, migrated and rolled back.

mod adopting;
mod counting;
mod killing;
mod migrating;
mod opening;
mod support;
mod verifying;
