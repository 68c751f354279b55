//! The main database file: where SQLite has mapped the write-ahead log's index, which of its locks are held, and pages that
//! stand in the file, kept.
//!
//! The VFS notes where SQLite has mapped region 0 of the shared memory, and forgets it when SQLite unmaps it. Nothing is
//! opened, mapped or locked here: opening and closing the `-shm` file would drop the process's locks, and mapping it
//! outside of WAL would create it. `docs/decisions/0004-reads-that-repeat.md` has the reasons.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use rusqlite::ffi;

use super::index::{Era, Header, Index};
use super::pages::Pages;
use super::{Tables, frames, part};

/// SQLite's locks of the log's index, as bits: the writer's, the checkpointer's, recovery's, and those of the four read marks. Before
/// these there is one for readers who don't read the log.
const WRITE: u8 = 1;
const CHECKPOINT: u8 = 1 << 1;
const RECOVER: u8 = 1 << 2;
const MARKS: u8 = 0xf0;
/// The first of the readers' locks that has a read mark.
const FIRST_MARK: c_int = 4;

/// What is kept behind the default VFS's own file object.
pub(super) struct Database {
    methods: &'static ffi::sqlite3_io_methods,
    /// The log's index; `None` while it isn't mapped.
    index: Cell<Option<Index>>,
    /// How often the index was given up: the next log may begin with the same words.
    logs: Cell<u32>,
    /// The locks of the index that this connection holds.
    held: Cell<u8>,
    /// For which frame, the last one then, moving a mark was spared; and whether it is just being spared, for all marks in turn.
    spared: Cell<Option<u32>>,
    sparing: Cell<bool>,
    /// The write-ahead log, while it is open; else null.
    pub log: Cell<*mut ffi::sqlite3_file>,
    pages: RefCell<Pages>,
}

static TABLES: Tables = Tables::new();

thread_local! {
    static BRIEF: Cell<bool> = const { Cell::new(false) };
}

/// Says whether the read transaction that begins next on this thread ends within the same call.
pub fn set_brief(brief: bool) {
    BRIEF.set(brief);
}

/// Takes over a main database file that was just opened; where it can have no shared memory it stays as it is.
///
/// # Safety
/// `file` is a file object of our VFS, with these methods.
pub(super) unsafe fn attach(file: *mut ffi::sqlite3_file, methods: &'static ffi::sqlite3_io_methods) {
    if methods.iVersion < 2
        || methods.xShmMap.is_none()
        || methods.xShmUnmap.is_none()
        || methods.xShmLock.is_none()
        || methods.xRead.is_none()
        || methods.xClose.is_none()
    {
        return;
    }
    let database = Database {
        methods,
        index: Cell::new(None),
        logs: Cell::new(0),
        held: Cell::new(0),
        spared: Cell::new(None),
        sparing: Cell::new(false),
        log: Cell::new(ptr::null_mut()),
        pages: RefCell::default(),
    };
    // SAFETY: as the caller promises; `close` drops what is written here.
    unsafe {
        ptr::write(part(file), database);
        (*file).pMethods = TABLES.replacing(methods, |ours| {
            ours.xClose = Some(close);
            ours.xRead = Some(read);
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
    // SAFETY: as the caller promises.
    unsafe { &*part(file) }
}

/// Our part of a main database file; `None` where `attach` left it as it was.
///
/// # Safety
/// `file` is null, or the object of an open file of any VFS, for as long as the part is used.
pub(super) unsafe fn of<'a>(file: *mut ffi::sqlite3_file) -> Option<&'a Database> {
    // SAFETY: as the caller promises.
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
    /// Whether this connection has the writer's lock.
    pub fn is_writing(&self) -> bool {
        self.held.get() & WRITE != 0
    }

    /// Whether a reader can do without moving a mark. Before it reads what was committed just now, SQLite moves one up to it,
    /// under that mark's lock: the first that is free. One that lags behind a little is as good, for SQLite itself uses it
    /// where all are locked by others, and that is what it is told here.
    ///
    /// It matters to a checkpoint at most, which can't get beyond a mark that is in use. So a mark is spared by reads only that are
    /// over in a moment, and once for each commit: readers who follow each other closely don't hold a checkpoint up.
    fn spares_mark(&self, offset: c_int) -> bool {
        if offset == FIRST_MARK {
            let near = |index: &Index| BRIEF.get() && index.has_near_mark();
            let last = self.index.get().filter(near).map(Index::last);
            self.sparing.set(last.is_some() && last != self.spared.get());
            self.spared.set(last);
        }
        self.sparing.get()
    }

    /// The writer's lock is let go of.
    fn end_writing(&self) {
        let log = self.log.get();
        if !log.is_null() {
            // SAFETY: it is null where the log is not open.
            unsafe { frames::forget(log) };
        }
    }

    /// The era and the last committed frame, for who has a read mark: until it is let go of, nobody begins the log anew. Readers
    /// without one would see that happen, word for word, or a log that is empty, with an era that the next empty one has too. Nor
    /// during a checkpoint of this connection's own.
    pub fn era(&self) -> Option<(Era, u32)> {
        let held = self.held.get();
        if held & MARKS == 0 || held & CHECKPOINT != 0 { None } else { self.index.get()?.era() }
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `attach` wrote what is dropped here, and SQLite closes a file once.
    unsafe {
        let methods = database(file).methods;
        ptr::drop_in_place(part::<Database>(file));
        methods.xClose.map_or(ffi::SQLITE_IOERR_CLOSE, |close| close(file))
    }
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    data: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: the file has our methods, so it has our part, and these are SQLite's own arguments.
    unsafe {
        let this = database(file);
        let Some(base) = this.methods.xRead else { return ffi::SQLITE_IOERR_READ };
        let base = |data| base(file, data, amount, offset);
        // A whole page, or something else: the file's header, a byte, the end of a long value.
        let (Ok(size), Ok(at)) = (usize::try_from(amount), u64::try_from(offset)) else { return base(data) };
        if !frames::is_page(size) || at % size as u64 != 0 {
            return base(data);
        }
        match this.pages.try_borrow_mut() {
            Ok(mut pages) => pages.read(at / size as u64, data, size, || this.era().map(|(era, _)| era), base),
            Err(_) => base(data),
        }
    }
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: as above. What is mapped stays so until SQLite unmaps it.
    unsafe {
        let this = database(file);
        let Some(map) = this.methods.xShmMap else { return ffi::SQLITE_IOERR };
        let code = map(file, region, size, extend, out);
        if region == 0 {
            let mapped =
                if code & 0xff == ffi::SQLITE_OK || code == ffi::SQLITE_READONLY { *out } else { ptr::null_mut() };
            this.index.set(Index::at(mapped.cast_const().cast::<AtomicU32>()));
        }
        code
    }
}

/// Notes which locks are held, and spares a reader two of four calls of the system (`Database::spares_mark`).
unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, n: c_int, flags: c_int) -> c_int {
    // SAFETY: as above.
    unsafe {
        let this = database(file);
        let held = this.held.get();
        let moves_mark = flags == ffi::SQLITE_SHM_LOCK | ffi::SQLITE_SHM_EXCLUSIVE
            && offset >= FIRST_MARK
            && n == 1
            && held & (WRITE | CHECKPOINT | RECOVER) == 0;
        if moves_mark && this.spares_mark(offset) {
            return ffi::SQLITE_BUSY;
        }
        let locks = (((1_u32 << n) - 1) << offset) as u8;
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 && locks & WRITE != 0 {
            this.end_writing();
        }
        let Some(lock) = this.methods.xShmLock else { return ffi::SQLITE_IOERR_LOCK };
        let code = lock(file, offset, n, flags);
        if code == ffi::SQLITE_OK {
            this.held.set(if flags & ffi::SQLITE_SHM_LOCK != 0 { held | locks } else { held & !locks });
        }
        code
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: as above.
    unsafe {
        let this = database(file);
        this.end_writing();
        this.index.set(None);
        this.logs.set(this.logs.get().wrapping_add(1));
        this.held.set(0);
        this.methods.xShmUnmap.map_or(ffi::SQLITE_IOERR, |unmap| unmap(file, delete))
    }
}

/// What tells commits apart: the header as it is now, and which log of this connection it is of. `None` in memory, without a
/// write-ahead log, before the first read, or while a commit is just being written.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn state(connection: *mut ffi::sqlite3) -> Option<(Header, u32)> {
    // SAFETY: as the caller promises.
    let this = unsafe { main(connection) }?;
    Some((this.index.get()?.header()?, this.logs.get()))
}

/// How many frames of the log are in the database file already; 0 where nobody can say.
///
/// # Safety
/// `connection` is an open connection of this thread.
pub unsafe fn moved(connection: *mut ffi::sqlite3) -> c_int {
    // SAFETY: as the caller promises.
    let index = unsafe { main(connection) }.and_then(|this| this.index.get());
    index.map_or(0, |index| c_int::try_from(index.moved()).unwrap_or(c_int::MAX))
}

/// Our part of a connection's main database.
///
/// # Safety
/// `connection` is an open connection of this thread, and stays so while the part is used.
unsafe fn main<'a>(connection: *mut ffi::sqlite3) -> Option<&'a Database> {
    let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
    // SAFETY: as the caller promises; the control writes one pointer, to a file that lives as long as the connection.
    unsafe {
        let control = ffi::SQLITE_FCNTL_FILE_POINTER;
        if ffi::sqlite3_file_control(connection, c"main".as_ptr(), control, (&raw mut file).cast()) != ffi::SQLITE_OK {
            return None;
        }
        of(file)
    }
}
