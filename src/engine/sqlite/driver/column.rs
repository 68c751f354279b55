//! What SQLite tells of a column: its value as a cell of a batch, its names as texts.

use std::ffi::{CStr, c_char, c_int};

use rusqlite::ffi;

use crate::rows::Batch;

/// Appends a column of the row that `statement` stands on.
///
/// # Safety
/// `statement` stands on a row and has that column.
pub(super) unsafe fn push_column(batch: &mut Batch, statement: *mut ffi::sqlite3_stmt, column: c_int, bigints: bool) {
    // SAFETY: the value is read before anything else happens on the statement. SQLite converts nothing here
    // that would move its bytes: each is read as the type that it has.
    unsafe {
        let value = ffi::sqlite3_column_value(statement, column);
        match ffi::sqlite3_value_type(value) {
            ffi::SQLITE_INTEGER => batch.push_integer(ffi::sqlite3_value_int64(value), bigints),
            ffi::SQLITE_FLOAT => batch.push_real(ffi::sqlite3_value_double(value)),
            ffi::SQLITE_TEXT => {
                let text = ffi::sqlite3_value_text(value);
                batch.push_text(slice(text, ffi::sqlite3_value_bytes(value)));
            }
            ffi::SQLITE_BLOB => {
                let blob = ffi::sqlite3_value_blob(value);
                batch.push_blob(slice(blob.cast(), ffi::sqlite3_value_bytes(value)));
            }
            _ => batch.push_null(),
        }
    }
}

/// The bytes at a pointer of SQLite's, which is null where there are none.
///
/// # Safety
/// `data` is null or has `length` bytes for as long as the slice is used.
pub(super) unsafe fn slice<'a>(data: *const u8, length: c_int) -> &'a [u8] {
    if data.is_null() || length <= 0 {
        return &[];
    }
    // SAFETY: `data` is not null, so the caller promises `length` bytes there for as long as the slice is used.
    unsafe { std::slice::from_raw_parts(data, length as usize) }
}

/// A copy of a C string of SQLite's; `None` for null.
pub(super) fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: it is not null, and what SQLite gives as a name or as SQL is a C string.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}
