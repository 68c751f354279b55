//! A folder for a test's files, in the system's temporary folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder for one test; dropping it removes it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("visual-db-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The path of the database.
    pub fn database(&self) -> PathBuf {
        self.join("visual.db")
    }

    /// Copies a database that the JavaScript layer wrote, with its WAL if it has one, as the test's database.
    pub fn fixture(&self, name: &str) -> PathBuf {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("__test__/fixtures").join(name);
        let path = self.database();
        fs::copy(&from, &path).unwrap();
        let wal = from.with_extension("db-wal");
        if wal.exists() {
            fs::copy(wal, path.with_extension("db-wal")).unwrap();
        }
        path
    }

    /// A database of the JavaScript layer after a crash.
    pub fn crashed(&self) -> PathBuf {
        self.fixture("js-layer-crashed/visual.db")
    }

    /// The names of its files, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
