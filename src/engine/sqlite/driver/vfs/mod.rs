//! A thin VFS over the default one: of the database file it notes where the WAL index is mapped (`database`, `index`), which
//! tells that somebody has committed, also to another thread (`sight`); of the WAL it writes the frames of a commit with one
//! system call (`frames`). Everything else is the default VFS's own.

mod database;
mod file;
mod frames;
mod held;
pub mod index;
#[cfg(unix)]
pub mod mapped;
pub mod of_connection;
pub mod sight;
mod tables;
#[cfg(test)]
mod tests;

use std::ffi::{CStr, c_int};
use std::ptr;
use std::sync::OnceLock;

use rusqlite::ffi;

use self::file::{base, behind, set_base};

/// The SQLite that the VFS was reviewed against, line by line: it relies on more than SQLite promises. Versions before
/// 3.51.3 also have a fault in WAL mode that loses commits.
const REVIEWED: &CStr = c"2026-10-16 14:45:20 555e07ef33f69a0957d24d8e555b702464a131d6f1607f4c3c1e4551e8e6ca76";

const _: () = assert!(
    is_reviewed(ffi::SQLITE_SOURCE_ID),
    "this is not the SQLite that was reviewed (3.54.1): go through docs/decisions/0017-the-sqlite-that-was-reviewed.md, \
     then change REVIEWED in src/engine/sqlite/driver/vfs/mod.rs"
);

const fn is_reviewed(source_id: &CStr) -> bool {
    let (found, reviewed) = (source_id.to_bytes(), REVIEWED.to_bytes());
    let mut at = 0;
    while at < found.len() && at < reviewed.len() && found[at] == reviewed[at] {
        at += 1;
    }
    at == found.len() && at == reviewed.len()
}

/// The source id of the SQLite that runs, where it is another one than was compiled and reviewed: then the VFS is not used.
#[must_use]
pub fn unreviewed() -> Option<&'static CStr> {
    // SAFETY: it is a static C string.
    let found = unsafe { CStr::from_ptr(ffi::sqlite3_sourceid()) };
    (!is_reviewed(found)).then_some(found)
}

/// The name of the VFS.
pub const NAME: &CStr = c"visual-db";

/// Registers the VFS, once per process. `false` where this is not the SQLite that was reviewed, or there is no default VFS.
pub fn register() -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(|| {
        // SAFETY: the default VFS is static; the copy is leaked on purpose, since SQLite keeps it.
        unsafe {
            if unreviewed().is_some() {
                return false;
            }
            let base = ffi::sqlite3_vfs_find(ptr::null());
            let Some(found) = base.as_ref() else { return false };
            set_base(base);
            let mut vfs = *found;
            vfs.zName = NAME.as_ptr();
            vfs.pNext = ptr::null_mut();
            vfs.szOsFile = behind(found) + size_of::<database::Database>().max(size_of::<frames::Frames>()) as c_int;
            vfs.xOpen = Some(open);
            ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0) == ffi::SQLITE_OK
        }
    })
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let base = base();
    // SAFETY: SQLite's own arguments go on to the default VFS; the file object is larger than that one needs.
    unsafe {
        let Some(base_open) = (*base).xOpen else { return ffi::SQLITE_ERROR };
        let code = base_open(base, name, file, flags, out);
        if code == ffi::SQLITE_OK
            && let Some(methods) = (*file).pMethods.as_ref()
        {
            if flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
                database::attach(file, methods, name);
            } else if flags & ffi::SQLITE_OPEN_WAL != 0 {
                frames::attach(file, methods, name);
            }
        }
        code
    }
}
