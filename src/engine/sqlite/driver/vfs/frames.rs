//! The frames of the WAL, those of a commit written with one system call.
//!
//! SQLite writes each frame's header (24 bytes) and then its page. They are held back here until the frame that commits, whose
//! header says so, has its page, and all are written together: a commit of two to five frames needs one call instead of four to
//! ten, which is a fifth of its time. What is written, in which order, and what is synced when, stays as it was. An error is that of
//! the write of the last page, before SQLite counts the commit as made; frames of a transaction that hasn't committed matter
//! to nobody. `docs/decisions/0013-frames-in-one-write.md`.

use std::ffi::{c_int, c_void};
use std::ptr;

use rusqlite::ffi;

use super::database::{self, Database};
use super::file::part;
use super::held::{Held, Latest};
use super::tables::Tables;

/// Sizes that SQLite's file format gives.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// How much is held back at most, and a page more: a long transaction writes now and then.
const LARGEST_WRITE: usize = 64 * 1024;

static TABLES: Tables = Tables::new();

/// What is kept behind the default VFS's own file object.
pub(super) struct Frames {
    methods: &'static ffi::sqlite3_io_methods,
    /// The database whose WAL it is. It lives for as long as its file is open, which is longer than the WAL is: what is `'static`
    /// here must not leave this object.
    database: &'static Database,
    held: Held,
}

/// Takes over a WAL that was just opened.
///
/// # Safety
/// `file` is a file object of our VFS, with these methods; `name` is what SQLite opened it by.
pub(super) unsafe fn attach(
    file: *mut ffi::sqlite3_file,
    methods: &'static ffi::sqlite3_io_methods,
    name: ffi::sqlite3_filename,
) {
    // SAFETY: the caller promises a file object of our VFS, which has room for our part; `close` drops what is written here.
    unsafe {
        let Some(database) = database::of(ffi::sqlite3_database_file_object(name)) else { return };
        let ours = part::<Frames>(file);
        ptr::write(ours, Frames { methods, database, held: Held::default() });
        database.held.set(&raw mut (*ours).held);
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

/// # Safety
/// `attach` was called for `file`.
unsafe fn frames<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Frames {
    // SAFETY: `attach` wrote this part, as the caller promises, and SQLite runs one method of a file at a time.
    unsafe { &mut *part(file) }
}

impl Frames {
    /// Writes as the default VFS does.
    ///
    /// # Safety
    /// `self` is `file`'s, `data` has `amount` bytes.
    unsafe fn put(&self, file: *mut ffi::sqlite3_file, data: *const c_void, amount: c_int, offset: i64) -> c_int {
        // SAFETY: the caller promises that these are `file`'s own methods, and that `data` has `amount` bytes.
        self.methods.xWrite.map_or(ffi::SQLITE_IOERR_WRITE, |put| unsafe { put(file, data, amount, offset) })
    }

    /// Writes what is held back. Where that fails it stays held: SQLite may yet go on with the transaction.
    ///
    /// # Safety
    /// `self` is `file`'s.
    unsafe fn let_go(&mut self, file: *mut ffi::sqlite3_file) -> c_int {
        let Ok(amount @ 1..) = c_int::try_from(self.held.bytes.len()) else { return ffi::SQLITE_OK };
        // SAFETY: `amount` is how many bytes are held; the caller promises that `self` is `file`'s.
        let code = unsafe { self.put(file, self.held.bytes.as_ptr().cast(), amount, self.held.begin) };
        if code == ffi::SQLITE_OK {
            self.held.bytes.clear();
        }
        code
    }

    /// Holds a header back, while the write lock is held: when that is released, `forget` is called.
    fn begin_frame(&mut self, header: &[u8], offset: i64) -> bool {
        self.database.is_writing() && self.held.hold(header, offset)
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite's own arguments: `attach` took over `file`, and `data` has `amount` bytes.
    unsafe {
        let this = frames(file);
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), usize::try_from(amount).unwrap_or_default());
        let end = offset + i64::from(amount);
        let before = std::mem::replace(&mut this.held.latest, Latest::Other);
        match before {
            Latest::End(at) if at == offset && bytes.len() == FRAME_HEADER && this.begin_frame(bytes, offset) => {
                this.held.latest = Latest::Held(end, commits(bytes));
                return ffi::SQLITE_OK;
            }
            Latest::Held(at, commits) if at == offset && is_page(bytes.len()) && this.held.hold(bytes, offset) => {
                if commits || this.held.bytes.len() >= LARGEST_WRITE {
                    let code = this.let_go(file);
                    if code != ffi::SQLITE_OK {
                        // SQLite is told that this frame failed: it must not get into the WAL later.
                        this.held.bytes.truncate(this.held.bytes.len() - bytes.len() - FRAME_HEADER);
                        return code;
                    }
                }
                this.held.latest = Latest::End(end);
                return ffi::SQLITE_OK;
            }
            _ => {}
        }
        let code = this.let_go(file);
        if code != ffi::SQLITE_OK {
            if matches!(before, Latest::Held(at, _) if at == offset) {
                // There was no memory for its page, and this is the page's failure.
                this.held.bytes.truncate(this.held.bytes.len() - FRAME_HEADER);
            }
            return code;
        }
        let code = this.put(file, data, amount, offset);
        if code == ffi::SQLITE_OK {
            this.held.latest = match before {
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

/// Whether a page can have this length.
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
        if this.held.covers(offset, amount) {
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
                // They come between transactions; should SQLite change that some day, what is held is written first.
                debug_assert!(this.held.bytes.is_empty(), concat!("frames are held back at ", stringify!($method)));
                this.held.latest = this.held.latest.after_another_call();
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
        // A commit has written everything, and a rollback has released the write lock, which forgets the rest.
        debug_assert!(this.held.bytes.is_empty(), "frames are held back in a WAL that is closed");
        let methods = this.methods;
        this.database.held.set(ptr::null_mut());
        ptr::drop_in_place(part::<Frames>(file));
        methods.xClose.map_or(ffi::SQLITE_IOERR_CLOSE, |close| close(file))
    }
}
