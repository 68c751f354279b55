//! The frames of the write-ahead log, those of a commit written with one call of the system.
//!
//! SQLite writes each frame's header (24 bytes) and then its page. They are held back here until the frame that commits, whose
//! header says so, has its page, and all go out together: a commit of two to five frames needs one call instead of four to
//! ten, which is a fifth of it. What is written, in which order, and what is synced when, stays as it was. An error is that of
//! the write of the last page, before SQLite counts the commit as made; frames of a transaction that hasn't committed matter
//! to nobody. `docs/decisions/0013-frames-in-one-write.md`.

use std::ffi::{c_int, c_void};
use std::ptr;

use rusqlite::ffi;

use super::database::{self, Database};
use super::{Tables, part};

/// Sizes that SQLite's file format gives.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// How much is held back at most, and a page more: a long transaction writes now and then.
const LARGEST_WRITE: usize = 64 * 1024;

static TABLES: Tables = Tables::new();

/// What is kept behind the default VFS's own file object.
pub(super) struct Frames {
    methods: &'static ffi::sqlite3_io_methods,
    /// The database whose log it is. It lives for as long as its file is open, and that is longer than the log: what is `'static`
    /// here must not leave this object.
    database: &'static Database,
    latest: Latest,
    /// Frames that are held back, one behind the other, and where in the file they begin.
    held: Vec<u8>,
    begin: i64,
}

/// What SQLite wrote last. Only a header that goes on exactly where a whole frame ended is held back: a page follows it.
/// Headers that SQLite writes anew, over older ones and without a page, never do.
#[derive(Clone, Copy, PartialEq)]
enum Latest {
    /// Something else, or nothing.
    Other,
    /// A header that was written as it came; its page begins here.
    Header(i64),
    /// A header that is held back; its page begins here. Whether it commits.
    Held(i64, bool),
    /// A whole frame, or the log's own header: the next frame begins here.
    End(i64),
}

impl Latest {
    /// After a call that doesn't write. Where a whole frame ended, the next one still begins: with `synchronous = FULL` a sync
    /// stands between any two commits.
    fn after_another_call(self) -> Self {
        if let Self::End(_) = self { self } else { Self::Other }
    }
}

/// Takes over a write-ahead log that was just opened.
///
/// # Safety
/// `file` is a file object of our VFS, with these methods; `name` is what SQLite opened it by.
pub(super) unsafe fn attach(
    file: *mut ffi::sqlite3_file,
    methods: &'static ffi::sqlite3_io_methods,
    name: ffi::sqlite3_filename,
) {
    // SAFETY: as the caller promises; `close` drops what is written here.
    unsafe {
        let Some(database) = database::of(ffi::sqlite3_database_file_object(name)) else { return };
        database.log.set(file);
        let frames = Frames { methods, database, latest: Latest::Other, held: Vec::new(), begin: 0 };
        ptr::write(part(file), frames);
        (*file).pMethods = TABLES.replacing(methods, |ours| {
            ours.xClose = Some(close);
            ours.xRead = Some(read);
            ours.xWrite = Some(write);
            ours.xTruncate = Some(truncate);
            ours.xSync = Some(sync);
            ours.xFileSize = Some(file_size);
            ours.xFileControl = Some(file_control);
        });
    }
}

/// Forgets what is held back: a transaction that didn't commit gives up its place in the log to whoever writes next.
///
/// # Safety
/// `file` is a write-ahead log that `attach` took over.
pub(super) unsafe fn forget(file: *mut ffi::sqlite3_file) {
    // SAFETY: as the caller promises.
    let this = unsafe { frames(file) };
    this.held.clear();
    if matches!(this.latest, Latest::Held(..)) {
        this.latest = Latest::Other;
    }
}

/// # Safety
/// `attach` was called for `file`.
unsafe fn frames<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Frames {
    // SAFETY: as the caller promises.
    unsafe { &mut *part(file) }
}

impl Frames {
    /// Writes as the default VFS does.
    ///
    /// # Safety
    /// `self` is `file`'s, `data` has `amount` bytes.
    unsafe fn put(&self, file: *mut ffi::sqlite3_file, data: *const c_void, amount: c_int, offset: i64) -> c_int {
        // SAFETY: as the caller promises.
        self.methods.xWrite.map_or(ffi::SQLITE_IOERR_WRITE, |put| unsafe { put(file, data, amount, offset) })
    }

    /// Writes what is held back. Where that fails it stays: SQLite may yet go on with the transaction.
    ///
    /// # Safety
    /// `self` is `file`'s.
    unsafe fn let_go(&mut self, file: *mut ffi::sqlite3_file) -> c_int {
        let Ok(amount @ 1..) = c_int::try_from(self.held.len()) else { return ffi::SQLITE_OK };
        // SAFETY: there are so many bytes.
        let code = unsafe { self.put(file, self.held.as_ptr().cast(), amount, self.begin) };
        if code == ffi::SQLITE_OK {
            self.held.clear();
        }
        code
    }

    /// Holds a header back, while the writer's lock is held: when it is let go of, `forget` is called.
    fn begin_frame(&mut self, header: &[u8], offset: i64) -> bool {
        self.database.is_writing() && self.hold(header, offset)
    }

    /// Holds bytes back behind those that are held already, where there is memory for them.
    fn hold(&mut self, bytes: &[u8], offset: i64) -> bool {
        let room = self.held.try_reserve(bytes.len()).is_ok();
        if room {
            if self.held.is_empty() {
                self.begin = offset;
            }
            self.held.extend_from_slice(bytes);
        }
        room
    }

    /// Whether something of these bytes of the file is held back.
    fn holds(&self, offset: i64, amount: c_int) -> bool {
        offset < self.begin + self.held.len() as i64 && self.begin < offset + i64::from(amount)
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite's own arguments: `data` has `amount` bytes.
    unsafe {
        let this = frames(file);
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), usize::try_from(amount).unwrap_or_default());
        let end = offset + i64::from(amount);
        let before = std::mem::replace(&mut this.latest, Latest::Other);
        match before {
            Latest::End(at) if at == offset && bytes.len() == FRAME_HEADER && this.begin_frame(bytes, offset) => {
                this.latest = Latest::Held(end, commits(bytes));
                return ffi::SQLITE_OK;
            }
            Latest::Held(at, commits) if at == offset && is_page(bytes.len()) && this.hold(bytes, offset) => {
                if commits || this.held.len() >= LARGEST_WRITE {
                    let code = this.let_go(file);
                    if code != ffi::SQLITE_OK {
                        // SQLite will know that this frame failed: it must not get into the log later.
                        this.held.truncate(this.held.len() - bytes.len() - FRAME_HEADER);
                        return code;
                    }
                }
                this.latest = Latest::End(end);
                return ffi::SQLITE_OK;
            }
            _ => {}
        }
        let code = this.let_go(file);
        if code != ffi::SQLITE_OK {
            if matches!(before, Latest::Held(at, _) if at == offset) {
                // Its page found no memory, and this is its failure.
                this.held.truncate(this.held.len() - FRAME_HEADER);
            }
            return code;
        }
        let code = this.put(file, data, amount, offset);
        if code == ffi::SQLITE_OK {
            this.latest = match before {
                Latest::Header(at) | Latest::Held(at, _) if at == offset && is_page(bytes.len()) => Latest::End(end),
                _ if bytes.len() == FRAME_HEADER => Latest::Header(end),
                _ if offset == 0 && bytes.len() == LOG_HEADER => Latest::End(end),
                _ => Latest::Other,
            };
        }
        code
    }
}

/// Whether a frame with this header commits: it has the database's size then, and else 0.
fn commits(header: &[u8]) -> bool {
    header[4..8] != [0; 4]
}

/// Whether a page can be so long.
fn is_page(length: usize) -> bool {
    length >= 512 && length.is_power_of_two()
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    data: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite's own arguments go on to the default VFS.
    unsafe {
        let this = frames(file);
        if this.holds(offset, amount) {
            let code = this.let_go(file);
            if code != ffi::SQLITE_OK {
                return code;
            }
        }
        this.methods.xRead.map_or(ffi::SQLITE_IOERR_READ, |read| read(file, data, amount, offset))
    }
}

/// Every other call sees the file with what is held back in it.
macro_rules! after_letting_go {
    ($($name:ident($($argument:ident: $type:ty),*) as $method:ident or $error:ident;)*) => {$(
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($argument: $type),*) -> c_int {
            // SAFETY: SQLite's own arguments go on to the default VFS.
            unsafe {
                let this = frames(file);
                // They come between transactions; where SQLite does it otherwise some day, what is held goes first.
                debug_assert!(this.held.is_empty(), concat!("frames are held back at ", stringify!($method)));
                this.latest = this.latest.after_another_call();
                match this.let_go(file) {
                    ffi::SQLITE_OK => this.methods.$method.map_or(ffi::$error, |run| run(file, $($argument),*)),
                    code => code,
                }
            }
        }
    )*};
}

after_letting_go! {
    truncate(size: ffi::sqlite3_int64) as xTruncate or SQLITE_IOERR_TRUNCATE;
    sync(flags: c_int) as xSync or SQLITE_IOERR_FSYNC;
    file_size(size: *mut ffi::sqlite3_int64) as xFileSize or SQLITE_IOERR_FSTAT;
    file_control(operation: c_int, argument: *mut c_void) as xFileControl or SQLITE_NOTFOUND;
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `attach` wrote what is dropped here, and SQLite closes a file once.
    unsafe {
        let this = frames(file);
        // A commit has written everything, and a rollback has let go of the writer's lock, which forgets the rest.
        debug_assert!(this.held.is_empty(), "frames are held back in a WAL that is closed");
        let methods = this.methods;
        this.database.log.set(ptr::null_mut());
        ptr::drop_in_place(part::<Frames>(file));
        methods.xClose.map_or(ffi::SQLITE_IOERR_CLOSE, |close| close(file))
    }
}
