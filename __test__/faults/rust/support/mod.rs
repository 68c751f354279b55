//! What the fault tests in Rust share.
#![allow(dead_code, reason = "each test is a program of its own and uses a part of it")]

pub mod failing;
pub mod faulty_vfs;
pub mod machine;
pub mod random;
pub mod workload;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A little in the ordinary test command, all of it in `npm run torture`.
pub fn amount<T>(shortened: T, in_full: T) -> T {
    if std::env::var_os("VISUAL_DB_TORTURE").is_some() { in_full } else { shortened }
}

/// Notes a measured figure, which `npm run torture` prints at its end.
pub fn figure(what: &str, value: &str) {
    use std::io::Write;
    let Some(file) = std::env::var_os("VISUAL_DB_TORTURE") else { return };
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    writeln!(file, "{}", serde_json::json!([what, value])).unwrap();
}

/// An empty folder that goes with its value.
pub struct Folder(PathBuf);

impl Folder {
    /// In memory where the system has such a place: nothing here depends on the real disk.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let base = PathBuf::from("/dev/shm");
        let base = if base.is_dir() { base } else { std::env::temp_dir() };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("visual-db-faults-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The database in it.
    pub fn database(&self) -> PathBuf {
        self.0.join("visual.db")
    }

    /// Takes everything out of it.
    pub fn clear(&self) {
        std::fs::remove_dir_all(&self.0).unwrap();
        std::fs::create_dir_all(&self.0).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
