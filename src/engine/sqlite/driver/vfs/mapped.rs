//! Which file a WAL index was mapped from.
//!
//! SQLite maps the index of a database once for all connections of a process. A later one gets the file that the first one
//! has open, also where that was deleted and somebody else has made a new one at its path: the path alone doesn't tell.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::ffi;

use super::index::Index;

/// A file, whatever it is called: device and inode number.
pub type Inode = (u64, u64);

/// The files by where they are mapped, for as long as a connection has them mapped.
static MAPPED: Mutex<BTreeMap<usize, Weak<Inode>>> = Mutex::new(BTreeMap::new());

/// The file at a path; `None` where there is none.
#[must_use]
pub fn inode(path: &Path) -> Option<Inode> {
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// The path of what stands beside a database.
#[must_use]
pub fn beside(database: &CStr, end: &str) -> PathBuf {
    let mut name = OsString::from(OsStr::from_bytes(database.to_bytes()));
    name.push(end);
    name.into()
}

/// The file that a connection has its WAL index mapped from.
pub(super) struct IndexFile {
    database: ffi::sqlite3_filename,
    mapped: RefCell<Option<Arc<Inode>>>,
}

impl IndexFile {
    /// Of a database that SQLite opened by this name.
    ///
    /// # Safety
    /// `database` is null, or stays until the last call.
    pub unsafe fn of(database: ffi::sqlite3_filename) -> Self {
        Self { database, mapped: RefCell::new(None) }
    }

    /// Notes where the index is mapped, or that it no longer is. To be called before it is unmapped: the next one may be mapped at
    /// the same address.
    pub fn set(&self, index: Option<Index>) {
        // SAFETY: it is not null, and SQLite's name of a file is a C string, which the caller of `of` promised to keep.
        let database = || (!self.database.is_null()).then(|| unsafe { CStr::from_ptr(self.database) });
        let file = index.and_then(|index| mapped_at(index.address(), database()?));
        self.mapped.replace(file);
    }

    /// The file; `None` where there is none, or nobody can say.
    pub fn inode(&self) -> Option<Inode> {
        self.mapped.borrow().as_deref().copied()
    }
}

/// The file of the index at an address: the one that a connection has there already, else the one at its path.
fn mapped_at(address: usize, database: &CStr) -> Option<Arc<Inode>> {
    let mut mapped = MAPPED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = mapped.get(&address).and_then(Weak::upgrade) {
        return Some(known);
    }
    let file = Arc::new(inode(&beside(database, "-shm"))?);
    mapped.retain(|_, file| file.strong_count() > 0);
    mapped.insert(address, Arc::downgrade(&file));
    Some(file)
}
