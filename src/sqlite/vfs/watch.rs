//! Whether anybody has committed since: a look at the write-ahead log's index header, which every commit of every
//! process changes and which the connection has mapped already.
//!
//! The VFS notes where SQLite has mapped region 0 of the shared memory, and forgets it when SQLite unmaps it. Nothing is
//! opened, mapped or locked here: opening and closing the `-shm` file would drop the process's locks, and mapping it
//! outside of WAL would create it. `docs/decisions/0004-reads-that-repeat.md` has the reasons; the header is described in
//! SQLite's `walformat` page.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};

use rusqlite::ffi;

use super::{Tables, part};

/// One copy of the header, in 32-bit words: 48 bytes. It stands twice at the beginning of region 0.
const WORDS: usize = 12;
/// The word that says whether the header has been written at all.
const IS_INIT: usize = 3;

/// What the write-ahead log's index said.
pub type Header = [u32; WORDS];

/// What is kept behind the default VFS's own file object.
pub(super) struct Watch {
    methods: *const ffi::sqlite3_io_methods,
    /// Region 0 of the shared memory; null while it isn't mapped.
    region: *const AtomicU32,
}

type ShmMap = unsafe extern "C" fn(*mut ffi::sqlite3_file, c_int, c_int, c_int, *mut *mut c_void) -> c_int;

static TABLES: Tables = Tables::new();

/// Begins to watch a main database file that was just opened; where it has no shared memory there is nothing to watch.
///
/// # Safety
/// `file` is a file object of our VFS, with these methods.
pub(super) unsafe fn attach(file: *mut ffi::sqlite3_file, methods: &'static ffi::sqlite3_io_methods) {
    if methods.iVersion < 2 || methods.xShmMap.is_none() || methods.xShmUnmap.is_none() {
        return;
    }
    // SAFETY: as the caller promises.
    unsafe {
        ptr::write(part(file), Watch { methods, region: ptr::null() });
        (*file).pMethods = TABLES.replacing(methods, |ours| {
            ours.xShmMap = Some(shm_map);
            ours.xShmUnmap = Some(shm_unmap);
        });
    }
}

/// The watch of a main database file.
///
/// # Safety
/// `attach` was called for `file`.
unsafe fn watch<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Watch {
    // SAFETY: as the caller promises.
    unsafe { &mut *part(file) }
}

/// Whether `attach` was called for a file with these methods.
fn is_ours(methods: &ffi::sqlite3_io_methods) -> bool {
    /// The one that was asked about last: as a rule there is no other.
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let address = ptr::from_ref(methods).addr();
    if LAST.load(Ordering::Relaxed) == address {
        return true;
    }
    let ours = TABLES.contain(methods);
    if ours {
        LAST.store(address, Ordering::Relaxed);
    }
    ours
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: the file has our methods, so it has a watch, and these are SQLite's own arguments.
    unsafe {
        let watch = watch(file);
        let map: Option<ShmMap> = (*watch.methods).xShmMap;
        let Some(map) = map else { return ffi::SQLITE_IOERR };
        let code = map(file, region, size, extend, out);
        if region == 0 {
            let mapped =
                if code & 0xff == ffi::SQLITE_OK || code == ffi::SQLITE_READONLY { *out } else { ptr::null_mut() };
            watch.region = mapped.cast_const().cast();
        }
        code
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: as above.
    unsafe {
        let watch = watch(file);
        watch.region = ptr::null();
        match (*watch.methods).xShmUnmap {
            Some(unmap) => unmap(file, delete),
            None => ffi::SQLITE_IOERR,
        }
    }
}

/// The header as it is now; `None` in memory, without a write-ahead log, before the first read, or while a commit is
/// just being written (the two copies differ then).
///
/// # Safety
/// `database` is an open connection of this thread.
pub unsafe fn header(database: *mut ffi::sqlite3) -> Option<Header> {
    let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
    // SAFETY: as the caller promises; the control writes one pointer, to a file that lives as long as the connection.
    // The region is mapped for as long as the watch has it, and only SQLite on this thread unmaps it.
    unsafe {
        let control = ffi::SQLITE_FCNTL_FILE_POINTER;
        if ffi::sqlite3_file_control(database, c"main".as_ptr(), control, (&raw mut file).cast()) != ffi::SQLITE_OK {
            return None;
        }
        let methods = file.as_ref()?.pMethods.as_ref()?;
        if !is_ours(methods) {
            return None;
        }
        let region = watch(file).region;
        if region.is_null() {
            return None;
        }
        // SQLite writes the second copy, a barrier, then the first, and reads them the other way round.
        let first = copy(region);
        fence(Ordering::Acquire);
        let second = copy(region.add(WORDS));
        fence(Ordering::Acquire);
        (first == second && first[IS_INIT] & 0xff != 0).then_some(first)
    }
}

/// # Safety
/// There are 48 mapped bytes at `from`.
unsafe fn copy(from: *const AtomicU32) -> Header {
    // SAFETY: as the caller promises.
    std::array::from_fn(|word| unsafe { (*from.add(word)).load(Ordering::Relaxed) })
}
