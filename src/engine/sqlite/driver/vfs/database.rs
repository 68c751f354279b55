//! The main database file: where SQLite has mapped the WAL index, and which of its locks are held.
//!
//! The VFS notes where SQLite has mapped region 0 of the shared memory, and forgets it when SQLite unmaps it. Nothing is
//! opened, mapped or locked here: opening and closing the `-shm` file would drop the process's locks, and mapping it
//! outside of WAL would create it. `docs/decisions/0004-reads-that-repeat.md` has the reasons.

use std::cell::{Cell, OnceCell};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use rusqlite::ffi;

use super::file::part;
use super::held::Held;
use super::index::Index;
#[cfg(unix)]
use super::mapped::IndexFile;
use super::sight::Sight;
use super::tables::Tables;

/// The write lock among SQLite's locks of the WAL index, as a bit.
const WRITE: u8 = 1;

/// What is kept behind the default VFS's own file object.
pub(super) struct Database {
    methods: &'static ffi::sqlite3_io_methods,
    /// The WAL's index; `None` while it isn't mapped.
    pub index: Cell<Option<Index>>,
    /// The file that the index was mapped from.
    #[cfg(unix)]
    pub file: IndexFile,
    /// How often the index was unmapped: the index of the next WAL may begin with the same words.
    pub logs: Cell<u32>,
    /// The locks of the index that this connection holds.
    locks: Cell<u8>,
    /// What is held back of the WAL, while that is open; else null.
    pub held: Cell<*mut Held>,
    /// Through what another thread reads the index, once one has wanted to.
    pub sight: OnceCell<Arc<Sight>>,
}

static TABLES: Tables = Tables::new();

/// Takes over a main database file that was just opened; where it can have no shared memory it stays as it is.
///
/// # Safety
/// `file` is a file object of our VFS, with these methods; `name` is what SQLite opened it by.
pub(super) unsafe fn attach(
    file: *mut ffi::sqlite3_file,
    methods: &'static ffi::sqlite3_io_methods,
    name: ffi::sqlite3_filename,
) {
    #[cfg(not(unix))]
    let _ = name;
    if methods.iVersion < 2
        || methods.xShmMap.is_none()
        || methods.xShmUnmap.is_none()
        || methods.xShmLock.is_none()
        || methods.xClose.is_none()
    {
        return;
    }
    let database = Database {
        methods,
        index: Cell::new(None),
        // SAFETY: SQLite keeps the name until it has closed the file.
        #[cfg(unix)]
        file: unsafe { IndexFile::of(name) },
        logs: Cell::new(0),
        locks: Cell::new(0),
        held: Cell::new(ptr::null_mut()),
        sight: OnceCell::new(),
    };
    // SAFETY: the caller promises a file object of our VFS, which has room for our part; `close` drops what is written here.
    unsafe {
        ptr::write(part(file), database);
        (*file).pMethods = TABLES.replacing(methods, |ours| {
            ours.xClose = Some(close);
            ours.xShmMap = Some(shm_map);
            ours.xShmLock = Some(shm_lock);
            ours.xShmUnmap = Some(shm_unmap);
        });
    }
}

/// Our part of a main database file.
///
/// # Safety
/// `attach` took over `file`, which is open.
unsafe fn database<'a>(file: *mut ffi::sqlite3_file) -> &'a Database {
    // SAFETY: `attach` wrote this part, as the caller promises, and only `close` drops it.
    unsafe { &*part(file) }
}

/// Our part of a main database file; `None` where `attach` left it as it was.
///
/// # Safety
/// `file` is null, or the object of an open file of any VFS, for as long as the part is used.
pub(super) unsafe fn of<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Database> {
    // SAFETY: the caller promises null or an open file; its methods being ours says that `attach` took it over.
    unsafe {
        let methods = file.as_ref()?.pMethods.as_ref()?;
        is_ours(methods).then(|| database(file))
    }
}

/// Whether `attach` made this table of methods.
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

impl Database {
    /// Whether this connection holds the write lock, in an index of the layout that is read here.
    pub fn is_writing(&self) -> bool {
        self.locks.get() & WRITE != 0 && self.index.get().is_some_and(Index::is_reviewed)
    }

    /// Notes where the index is mapped, or that it no longer is. To be called before it is unmapped: nobody reads it afterwards.
    fn set_index(&self, index: Option<Index>) {
        self.index.set(index);
        #[cfg(unix)]
        self.file.set(index);
        self.show();
    }

    /// Shows other threads where the index is.
    pub fn show(&self) {
        if let Some(sight) = self.sight.get() {
            sight.set(self.index.get().map(|index| (index, self.logs.get())));
        }
    }

    /// The write lock is about to be released.
    fn end_writing(&self) {
        // SAFETY: it is null where the WAL is not open, and the WAL's file object uses it only within its own methods.
        if let Some(held) = unsafe { self.held.get().as_mut() } {
            held.forget();
        }
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `attach` wrote what is dropped here, and SQLite closes a file once.
    unsafe {
        let this = database(file);
        // SQLite has unmapped it already; that nobody reads it any more must not depend on that.
        this.set_index(None);
        let methods = this.methods;
        ptr::drop_in_place(part::<Database>(file));
        methods.xClose.map_or(ffi::SQLITE_IOERR_CLOSE, |close| close(file))
    }
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: SQLite hands over a file that this VFS opened and that is not closed yet. What is mapped stays so until SQLite
    // unmaps it.
    unsafe {
        let this = database(file);
        let Some(map) = this.methods.xShmMap else { return ffi::SQLITE_IOERR };
        let code = map(file, region, size, extend, out);
        if region == 0 {
            let mapped =
                if code & 0xff == ffi::SQLITE_OK || code == ffi::SQLITE_READONLY { *out } else { ptr::null_mut() };
            this.set_index(Index::at(mapped.cast_const().cast::<AtomicU32>()));
        }
        code
    }
}

/// Notes which locks are held.
unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, n: c_int, flags: c_int) -> c_int {
    // SAFETY: SQLite hands over a file that this VFS opened and that is not closed yet.
    unsafe {
        let this = database(file);
        let before = this.locks.get();
        let locks = (((1_u32 << n) - 1) << offset) as u8;
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 && locks & WRITE != 0 {
            this.end_writing();
        }
        let Some(lock) = this.methods.xShmLock else { return ffi::SQLITE_IOERR_LOCK };
        let code = lock(file, offset, n, flags);
        if code == ffi::SQLITE_OK {
            this.locks.set(if flags & ffi::SQLITE_SHM_LOCK != 0 { before | locks } else { before & !locks });
        }
        code
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: SQLite hands over a file that this VFS opened and that is not closed yet.
    unsafe {
        let this = database(file);
        this.end_writing();
        this.set_index(None);
        this.logs.set(this.logs.get().wrapping_add(1));
        this.locks.set(0);
        this.methods.xShmUnmap.map_or(ffi::SQLITE_IOERR, |unmap| unmap(file, delete))
    }
}
