//! Node-API, and only Node-API.

pub mod backup;
