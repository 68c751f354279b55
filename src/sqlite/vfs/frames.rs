//! The frames of the write-ahead log, each written with one call of the system instead of two.
//!
//! SQLite writes a frame's header (24 bytes) and then its page. The header is held back here until its page comes, in the
//! very next call, and both go out together: a commit of two to five frames is quicker by as many calls, which is a tenth
//! of it. What is written, in which order, and what is synced when, stays as it was: an error of the write is the error of
//! the page's write, before the frame counts as written. `docs/decisions/0013-frames-in-one-write.md`.

use std::ffi::{c_int, c_void};
use std::ptr;

use rusqlite::ffi;

use super::{Tables, part};

/// Sizes that SQLite's file format gives.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

static TABLES: Tables = Tables::new();

/// What is kept behind the default VFS's own file object.
pub(super) struct Frames {
    methods: &'static ffi::sqlite3_io_methods,
    state: State,
    /// A frame: its header and its page.
    buffer: Vec<u8>,
}

/// What the latest write was. Only a header that goes on exactly where a whole frame ended is held back: a page follows
/// it. Headers that SQLite writes anew, over older ones and without a page, never do.
#[derive(Clone, Copy)]
enum State {
    /// Something else, or nothing.
    Other,
    /// A header, written as it came; its page begins here.
    Header(i64),
    /// A whole frame, or the log's own header: the next frame begins here.
    End(i64),
    /// A header that is held back in the buffer, of the frame that begins here.
    Held(i64),
}

/// Takes over a write-ahead log that was just opened.
///
/// # Safety
/// `file` is a file object of our VFS, with these methods.
pub(super) unsafe fn attach(file: *mut ffi::sqlite3_file, methods: &'static ffi::sqlite3_io_methods) {
    // SAFETY: as the caller promises; `close` drops what is written here.
    unsafe {
        ptr::write(part(file), Frames { methods, state: State::Other, buffer: Vec::new() });
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

    /// Writes a header that is held back, since it is not its page that comes next.
    ///
    /// # Safety
    /// `self` is `file`'s.
    unsafe fn let_go(&mut self, file: *mut ffi::sqlite3_file) -> c_int {
        let state = std::mem::replace(&mut self.state, State::Other);
        let State::Held(offset) = state else { return ffi::SQLITE_OK };
        // SAFETY: the buffer holds the header.
        unsafe { self.put(file, self.buffer.as_ptr().cast(), FRAME_HEADER as c_int, offset) }
    }

    /// Keeps a frame's header, where there is memory for it.
    fn hold(&mut self, header: &[u8]) -> bool {
        self.buffer.clear();
        let room = self.buffer.try_reserve(FRAME_HEADER).is_ok();
        if room {
            self.buffer.extend_from_slice(header);
        }
        room
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
        let begun = match this.state {
            State::Held(begun) if begun + FRAME_HEADER as i64 == offset => Some(begun),
            _ => None,
        };
        if let Some(begun) = begun
            && this.buffer.try_reserve(bytes.len()).is_ok()
        {
            this.buffer.extend_from_slice(bytes);
            this.state = State::End(end);
            return this.put(file, this.buffer.as_ptr().cast(), FRAME_HEADER as c_int + amount, begun);
        }
        let before = this.state;
        let code = this.let_go(file);
        if code != ffi::SQLITE_OK {
            return code;
        }
        this.state = match before {
            State::End(at) if at == offset && bytes.len() == FRAME_HEADER && this.hold(bytes) => {
                this.state = State::Held(offset);
                return ffi::SQLITE_OK;
            }
            State::Header(at) if at == offset => State::End(end),
            _ if bytes.len() == FRAME_HEADER => State::Header(end),
            _ if offset == 0 && bytes.len() == LOG_HEADER => State::End(end),
            _ => State::Other,
        };
        this.put(file, data, amount, offset)
    }
}

/// Every other call sees the file with what is held back in it.
macro_rules! after_letting_go {
    ($($name:ident($($argument:ident: $type:ty),*) as $method:ident or $error:ident;)*) => {$(
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($argument: $type),*) -> c_int {
            // SAFETY: SQLite's own arguments go on to the default VFS.
            unsafe {
                let this = frames(file);
                match this.let_go(file) {
                    ffi::SQLITE_OK => this.methods.$method.map_or(ffi::$error, |run| run(file, $($argument),*)),
                    code => code,
                }
            }
        }
    )*};
}

after_letting_go! {
    read(data: *mut c_void, amount: c_int, offset: ffi::sqlite3_int64) as xRead or SQLITE_IOERR_READ;
    truncate(size: ffi::sqlite3_int64) as xTruncate or SQLITE_IOERR_TRUNCATE;
    sync(flags: c_int) as xSync or SQLITE_IOERR_FSYNC;
    file_size(size: *mut ffi::sqlite3_int64) as xFileSize or SQLITE_IOERR_FSTAT;
    file_control(operation: c_int, argument: *mut c_void) as xFileControl or SQLITE_NOTFOUND;
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `attach` wrote what is dropped here, and SQLite closes a file once.
    unsafe {
        let let_go = frames(file).let_go(file);
        let methods = frames(file).methods;
        ptr::drop_in_place(part::<Frames>(file));
        let code = methods.xClose.map_or(ffi::SQLITE_IOERR_CLOSE, |close| close(file));
        if let_go == ffi::SQLITE_OK { code } else { let_go }
    }
}
