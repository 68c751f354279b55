//! Whether anybody has committed since: a look at the write-ahead log's index header, which every commit of every
//! process changes and which the connection has mapped already.
//!
//! A thin VFS over the default one notes where SQLite has mapped region 0 of the shared memory, and forgets it when
//! SQLite unmaps it. Nothing is opened, mapped or locked here: opening and closing the `-shm` file would drop the
//! process's locks, and mapping it outside of WAL would create it. `docs/decisions/0004-reads-that-repeat.md` has the
//! reasons; the header is described in SQLite's `walformat` page.

use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};
use std::sync::{Mutex, OnceLock, PoisonError};

use rusqlite::ffi;

/// The name of the VFS.
pub const VFS: &CStr = c"visual-db";

/// One copy of the header, in 32-bit words: 48 bytes. It stands twice at the beginning of region 0.
const WORDS: usize = 12;
/// The word that says whether the header has been written at all.
const IS_INIT: usize = 3;

/// What the write-ahead log's index said.
pub type Header = [u32; WORDS];

/// What is kept behind the default VFS's own file object.
struct Watch {
    methods: *const ffi::sqlite3_io_methods,
    /// Region 0 of the shared memory; null while it isn't mapped.
    region: *const AtomicU32,
}

type ShmMap = unsafe extern "C" fn(*mut ffi::sqlite3_file, c_int, c_int, c_int, *mut *mut c_void) -> c_int;

/// Tables of methods with two replaced, by the table they were made from. There is one a kind of file system.
static TABLES: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// The default VFS, as an address: it is static, and never unregistered.
static BASE: OnceLock<usize> = OnceLock::new();

/// Registers the VFS, once a process. `false` where there is no default one.
pub fn register() -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(|| {
        // SAFETY: the default VFS is static; the copy is leaked on purpose, since SQLite keeps it.
        unsafe {
            let base = ffi::sqlite3_vfs_find(ptr::null());
            let Some(found) = base.as_ref() else { return false };
            BASE.get_or_init(|| base.expose_provenance());
            let mut vfs = *found;
            vfs.zName = VFS.as_ptr();
            vfs.pNext = ptr::null_mut();
            vfs.szOsFile = behind(found) + size_of::<Watch>() as c_int;
            vfs.xOpen = Some(open);
            ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0) == ffi::SQLITE_OK
        }
    })
}

fn base() -> *mut ffi::sqlite3_vfs {
    ptr::with_exposed_provenance_mut(BASE.get().copied().unwrap_or_default())
}

/// Where the watch begins in a file object: behind the default VFS's own, aligned.
fn behind(base: &ffi::sqlite3_vfs) -> c_int {
    (base.szOsFile + 15) / 16 * 16
}

/// The watch of a main database file.
///
/// # Safety
/// `file` was opened by `open` below as a main database.
unsafe fn watch<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Watch {
    // SAFETY: `szOsFile` makes room for it, at an aligned place.
    unsafe { &mut *file.byte_add(behind(&*base()) as usize).cast::<Watch>() }
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
        if code == ffi::SQLITE_OK && flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
            let methods = (*file).pMethods;
            if let Some(ours) = methods.as_ref().and_then(table) {
                ptr::write(watch(file), Watch { methods, region: ptr::null() });
                (*file).pMethods = ours;
            }
        }
        code
    }
}

/// The default VFS's methods with ours for shared memory; `None` where it has no shared memory.
fn table(methods: &'static ffi::sqlite3_io_methods) -> Option<*const ffi::sqlite3_io_methods> {
    if methods.iVersion < 2 || methods.xShmMap.is_none() || methods.xShmUnmap.is_none() {
        return None;
    }
    let key = ptr::from_ref(methods).addr();
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, ours)) = tables.iter().find(|(known, _)| *known == key) {
        return Some(ptr::with_exposed_provenance(*ours));
    }
    let mut ours = *methods;
    ours.xShmMap = Some(shm_map);
    ours.xShmUnmap = Some(shm_unmap);
    let ours: *const ffi::sqlite3_io_methods = Box::leak(Box::new(ours));
    tables.push((key, ours.expose_provenance()));
    Some(ours)
}

/// Whether a table is one that `table` has made, so that the file has a watch.
fn is_ours(methods: &ffi::sqlite3_io_methods) -> bool {
    /// The one that was asked about last: as a rule there is no other.
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let address = ptr::from_ref(methods).addr();
    if LAST.load(Ordering::Relaxed) == address {
        return true;
    }
    let ours = TABLES.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|(_, ours)| *ours == address);
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
pub(super) unsafe fn header(database: *mut ffi::sqlite3) -> Option<Header> {
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
