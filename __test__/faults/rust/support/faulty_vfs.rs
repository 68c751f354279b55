//! A VFS over the default one that notes what is written and synced, and fails when it is told to. It is made the
//! default, so that the package opens its files through it without knowing. Its state is the thread's own.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::{Mutex, Once, OnceLock};

use rusqlite::ffi;

/// The files of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum File {
    Database,
    WriteAheadLog,
    Journal,
    /// Any other, such as a temporary one or a backup.
    Other,
}

/// Something that was done to a file.
#[derive(Debug, Clone)]
pub enum Event {
    Open {
        file: File,
    },
    Write {
        file: File,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: File,
        size: usize,
    },
    Sync {
        file: File,
    },
    Delete {
        file: File,
    },
    /// The caller was told that an operation is done.
    Acknowledged,
}

/// What SQLite asks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Open,
    Read,
    Write,
    Truncate,
    Sync,
    Size,
    Delete,
    Map,
}

/// A call that will fail.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    pub call: Call,
    /// How many such calls succeed first.
    pub after: u32,
    /// Whether all later ones fail too.
    pub forever: bool,
    pub code: c_int,
}

#[derive(Default)]
struct State {
    events: Option<Vec<Event>>,
    fault: Option<Fault>,
    failed: u32,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Begins to note what is done.
pub fn record() {
    STATE.with_borrow_mut(|state| state.events = Some(Vec::new()));
}

/// What was done since.
pub fn recorded() -> Vec<Event> {
    STATE.with_borrow_mut(|state| state.events.take()).unwrap_or_default()
}

/// Notes that the caller was told.
pub fn acknowledge() {
    note(|| Event::Acknowledged);
}

/// Has a call fail.
pub fn fail(fault: Fault) {
    STATE.with_borrow_mut(|state| (state.fault, state.failed) = (Some(fault), 0));
}

/// Has everything succeed again; tells how many calls have failed.
pub fn heal() -> u32 {
    STATE.with_borrow_mut(|state| {
        state.fault = None;
        state.failed
    })
}

fn note(event: impl FnOnce() -> Event) {
    STATE.with_borrow_mut(|state| {
        if let Some(events) = &mut state.events {
            events.push(event());
        }
    });
}

/// The code with which this call is to fail.
fn failing(call: Call) -> Option<c_int> {
    STATE.with_borrow_mut(|state| {
        let fault = state.fault.as_mut().filter(|fault| fault.call == call)?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        if state.failed > 0 && !fault.forever {
            return None;
        }
        state.failed += 1;
        Some(fault.code)
    })
}

/// What is kept behind the default VFS's own file object.
struct Behind {
    methods: *const ffi::sqlite3_io_methods,
    file: File,
}

static BASE: OnceLock<usize> = OnceLock::new();

fn base() -> *mut ffi::sqlite3_vfs {
    ptr::with_exposed_provenance_mut(*BASE.get().expect("installed"))
}

/// Makes it the default VFS of the process.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| unsafe {
        // SAFETY: VFSes are static; the copy is leaked, since SQLite keeps it.
        let found = ffi::sqlite3_vfs_find(ptr::null());
        BASE.get_or_init(|| found.expose_provenance());
        let mut vfs = *found;
        vfs.zName = c"faulty".as_ptr();
        vfs.pNext = ptr::null_mut();
        vfs.szOsFile = offset() as c_int + size_of::<Behind>() as c_int;
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 1), ffi::SQLITE_OK);
    });
}

fn offset() -> usize {
    // SAFETY: the default VFS is static.
    unsafe { ((*base()).szOsFile as usize).next_multiple_of(16) }
}

/// # Safety
/// `file` was opened by `open` below.
unsafe fn behind<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Behind {
    // SAFETY: `szOsFile` makes room for it.
    unsafe { &mut *file.byte_add(offset()).cast::<Behind>() }
}

fn which(name: *const c_char) -> File {
    if name.is_null() {
        return File::Other;
    }
    // SAFETY: SQLite's names are C strings.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    match name {
        _ if name.ends_with(b"visual.db") => File::Database,
        _ if name.ends_with(b"visual.db-wal") => File::WriteAheadLog,
        _ if name.ends_with(b"visual.db-journal") => File::Journal,
        _ => File::Other,
    }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's own arguments go on to the default VFS; the file object is larger than that one needs.
    unsafe {
        if failing(Call::Open).is_some() {
            (*file).pMethods = ptr::null();
            return ffi::SQLITE_CANTOPEN;
        }
        let code = (*base()).xOpen.unwrap()(base(), name, file, flags, out);
        if code == ffi::SQLITE_OK {
            let methods = (*file).pMethods;
            let which = which(name);
            note(|| Event::Open { file: which });
            ptr::write(behind(file), Behind { methods, file: which });
            (*file).pMethods = table(methods);
        }
        code
    }
}

/// The default VFS's methods with ours in their places. There is one table for each of its own.
fn table(methods: *const ffi::sqlite3_io_methods) -> *const ffi::sqlite3_io_methods {
    static TABLES: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());
    let mut tables = TABLES.lock().unwrap();
    if let Some((_, ours)) = tables.iter().find(|(known, _)| *known == methods.addr()) {
        return ptr::with_exposed_provenance(*ours);
    }
    // SAFETY: tables of methods are static.
    let mut ours = unsafe { *methods };
    ours.xRead = Some(read);
    ours.xWrite = Some(write);
    ours.xTruncate = Some(truncate);
    ours.xSync = Some(sync);
    ours.xFileSize = Some(size);
    ours.xShmMap = Some(map);
    let ours: *const ffi::sqlite3_io_methods = Box::leak(Box::new(ours));
    tables.push((methods.addr(), ours.expose_provenance()));
    ours
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    if let Some(code) = failing(Call::Delete) {
        return code;
    }
    note(|| Event::Delete { file: which(name) });
    // SAFETY: SQLite's own arguments.
    unsafe { (*base()).xDelete.unwrap()(base(), name, sync) }
}

macro_rules! method {
    ($name:ident, $method:ident, $call:expr, ($($argument:ident: $kind:ty),*), $note:expr) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($argument: $kind),*) -> c_int {
            if let Some(code) = failing($call) {
                return code;
            }
            // SAFETY: the file has our methods, so there is something behind it; the arguments are SQLite's own.
            unsafe {
                let behind = behind(file);
                let code = (*behind.methods).$method.unwrap()(file, $($argument),*);
                if code == ffi::SQLITE_OK {
                    let happened: fn(File, $($kind),*) -> Option<Event> = $note;
                    if let Some(event) = happened(behind.file, $($argument),*) {
                        note(|| event);
                    }
                }
                code
            }
        }
    };
}

method!(read, xRead, Call::Read, (to: *mut c_void, length: c_int, at: i64), |_, _, _, _| None);
method!(write, xWrite, Call::Write, (from: *const c_void, length: c_int, at: i64), |file, from, length, at| {
    // SQLite's buffer has as many bytes.
    let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length as usize).to_vec();
    Some(Event::Write { file, at: at as usize, bytes })
});
method!(truncate, xTruncate, Call::Truncate, (size: i64), |file, size| {
    Some(Event::Truncate { file, size: size as usize })
});
method!(sync, xSync, Call::Sync, (flags: c_int), |file, _| Some(Event::Sync { file }));
method!(size, xFileSize, Call::Size, (out: *mut i64), |_, _| None);
method!(map, xShmMap, Call::Map, (region: c_int, size: c_int, extend: c_int, out: *mut *mut c_void), |_, _, _, _, _| None);
