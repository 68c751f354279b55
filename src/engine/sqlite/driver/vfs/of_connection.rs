//! What the VFS knows of a connection's main database: its WAL, and the index of that.

use std::ffi::c_int;
use std::ptr;
use std::sync::Arc;

use rusqlite::ffi;

use super::database::{self, Database};
#[cfg(unix)]
use super::mapped::Inode;
use super::sight::{Look, Sight, State};

/// What tells commits apart: the header as it is now, and of which WAL of this connection it is. `None` in memory, without
/// a WAL, before the first read, or while a commit is just being written.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn state(connection: *mut ffi::sqlite3) -> Option<State> {
    // SAFETY: the caller promises an open connection of this thread.
    let this = unsafe { main(connection) }?;
    Some((this.index.get()?.header()?, this.logs.get()))
}

/// The same, and why there is none.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn look(connection: *mut ffi::sqlite3) -> Look {
    // SAFETY: the caller promises an open connection of this thread.
    let this = unsafe { main(connection) };
    this.map_or(Look::Nothing, |this| Look::at(this.index.get(), this.logs.get()))
}

/// Through what other threads can read the index; `None` where the file is not one of this VFS.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn sight(connection: *mut ffi::sqlite3) -> Option<Arc<Sight>> {
    // SAFETY: the caller promises an open connection of this thread.
    let this = unsafe { main(connection) }?;
    let sight = Arc::clone(this.sight.get_or_init(Arc::default));
    this.show();
    Some(sight)
}

/// Which WAL of the connection is open; `None` where there is none, or its index isn't mapped.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn wal(connection: *mut ffi::sqlite3) -> Option<u32> {
    // SAFETY: the caller promises an open connection of this thread.
    let this = unsafe { main(connection) }?;
    this.index.get().map(|_| this.logs.get())
}

/// The version of the layout of the connection's WAL index (`iVersion`), where SQLite refuses it for that.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn other_layout(connection: *mut ffi::sqlite3) -> Option<u32> {
    // SAFETY: the caller promises an open connection of this thread.
    let this = unsafe { main(connection) }?;
    this.index.get()?.other_layout()
}

/// The file that the connection's WAL index was mapped from; `None` where it isn't mapped, or nobody can say.
///
/// # Safety
/// `connection` is an open connection of this thread.
#[cfg(unix)]
pub unsafe fn index_file(connection: *mut ffi::sqlite3) -> Option<Inode> {
    // SAFETY: the caller promises an open connection of this thread.
    let this = unsafe { main(connection) }?;
    this.file.inode()
}

/// How many frames of the WAL are in the database file already; 0 where nobody can say.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn backfilled(connection: *mut ffi::sqlite3) -> c_int {
    // SAFETY: the caller promises an open connection of this thread.
    let index = unsafe { main(connection) }.and_then(|this| this.index.get()).filter(|index| index.is_reviewed());
    index.map_or(0, |index| c_int::try_from(index.backfilled()).unwrap_or(c_int::MAX))
}

/// Our part of a connection's main database.
///
/// # Safety
/// `connection` is an open connection of this thread, and stays so while the part is used.
unsafe fn main<'a>(connection: *mut ffi::sqlite3) -> Option<&'a Database> {
    let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
    // SAFETY: the caller promises an open connection; the control writes one pointer, to a file that lives as long as that.
    unsafe {
        let control = ffi::SQLITE_FCNTL_FILE_POINTER;
        if ffi::sqlite3_file_control(connection, c"main".as_ptr(), control, (&raw mut file).cast()) != ffi::SQLITE_OK {
            return None;
        }
        database::of(file)
    }
}
