//! Backups on real files: the JavaScript layer's own, and what happens to them.

mod creating;
mod refusing;
mod restoring;
mod retaining;
mod support;
