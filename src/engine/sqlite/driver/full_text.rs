//! What a search needs of FTS5 beyond SQL: a function that tells where the phrases of a query are in a row. FTS5's own `highlight`
//! and `snippet` read the text from the table, and ours have none in them.
//!
//! `visual_hits(t)` is a blob of 32-bit numbers: how many columns there are, how many words each has, then for each hit its phrase and
//! its column. `visual_hits(t, column, text)`, the text being what the column was made of: where each hit begins and ends in it, in bytes.

use std::ffi::{c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use rusqlite::ffi;

use super::column::slice;
use super::connection::Connection;
use super::error::failed;
use crate::error::Result;

/// So many hits of a row are looked at.
const MOST: c_int = 4096;

type Context = *mut ffi::Fts5Context;

impl Connection {
    /// Makes the function known to this connection's FTS5.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, SQLite's error.
    pub fn register_hits(&self) -> Result<()> {
        let raw = self.raw()?;
        let mut api: *mut ffi::fts5_api = ptr::null_mut();
        let mut statement = ptr::null_mut();
        // SAFETY: the handle is open and all texts are C strings. FTS5 writes its address to `api`, which outlives the statement.
        let code = unsafe {
            ffi::sqlite3_prepare_v2(raw, c"SELECT fts5(?1)".as_ptr(), -1, &raw mut statement, ptr::null_mut());
            ffi::sqlite3_bind_pointer(statement, 1, (&raw mut api).cast(), c"fts5_api_ptr".as_ptr(), None);
            ffi::sqlite3_step(statement);
            ffi::sqlite3_finalize(statement)
        };
        self.check(code)?;
        // SAFETY: where there is FTS5, `api` is its own for as long as the connection is open.
        let code = unsafe {
            match api.as_ref().and_then(|api| api.xCreateFunction) {
                Some(create) => create(api, c"visual_hits".as_ptr(), ptr::null_mut(), Some(hits), None),
                None => ffi::SQLITE_MISUSE,
            }
        };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(failed(code, "FTS5 is not there")) }
    }
}

unsafe extern "C" fn hits(
    api: *const ffi::Fts5ExtensionApi,
    row: Context,
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: as FTS5 called it, with so many values. No panic gets to C.
    let numbers = catch_unwind(AssertUnwindSafe(|| unsafe {
        if count == 2 { spans(&*api, row, *values, *values.add(1)) } else { found(&*api, row) }
    }));
    // SAFETY: the context is valid while the callback runs; the blob is copied.
    unsafe {
        match numbers {
            Ok(Some(numbers)) => {
                let bytes = (numbers.len() * size_of::<i32>()) as u64;
                ffi::sqlite3_result_blob64(context, numbers.as_ptr().cast(), bytes, ffi::SQLITE_TRANSIENT());
            }
            Ok(None) | Err(_) => ffi::sqlite3_result_error(context, c"the hits can't be told".as_ptr(), -1),
        }
    }
}

/// The hits of the row: phrase, column and word of each.
///
/// # Safety
/// Within a callback of FTS5, with what it was called with.
unsafe fn instances(api: &ffi::Fts5ExtensionApi, row: Context) -> Option<Vec<[c_int; 3]>> {
    let mut count = 0;
    // SAFETY: as the caller promises; FTS5 writes to the numbers that are lent.
    unsafe {
        if api.xInstCount?(row, &raw mut count) != ffi::SQLITE_OK {
            return None;
        }
        let mut all = Vec::with_capacity(count.clamp(0, MOST) as usize);
        for nth in 0..count.min(MOST) {
            let [mut phrase, mut column, mut word] = [0; 3];
            if api.xInst?(row, nth, &raw mut phrase, &raw mut column, &raw mut word) != ffi::SQLITE_OK {
                return None;
            }
            all.push([phrase, column, word]);
        }
        Some(all)
    }
}

/// # Safety
/// As [`instances`].
unsafe fn found(api: &ffi::Fts5ExtensionApi, row: Context) -> Option<Vec<i32>> {
    // SAFETY: as the caller promises.
    unsafe {
        let columns = api.xColumnCount?(row);
        let mut numbers = vec![columns];
        for column in 0..columns {
            let mut size = 0;
            api.xColumnSize?(row, column, &raw mut size);
            numbers.push(size);
        }
        for [phrase, column, _] in instances(api, row)? {
            numbers.extend([phrase, column]);
        }
        Some(numbers)
    }
}

/// # Safety
/// As [`instances`]; the values are of the call.
unsafe fn spans(
    api: &ffi::Fts5ExtensionApi,
    row: Context,
    column: *mut ffi::sqlite3_value,
    text: *mut ffi::sqlite3_value,
) -> Option<Vec<i32>> {
    let mut words: Vec<(c_int, c_int)> = Vec::new();
    // SAFETY: as the caller promises; the text is valid during the call, and `words` outlives the callbacks that it is handed to.
    unsafe {
        let column = ffi::sqlite3_value_int(column);
        let bytes = ffi::sqlite3_value_text(text);
        let text = slice(bytes, ffi::sqlite3_value_bytes(text));
        let length = c_int::try_from(text.len()).ok()?;
        let code = api.xTokenize?(row, text.as_ptr().cast(), length, (&raw mut words).cast(), Some(word));
        if code != ffi::SQLITE_OK {
            return None;
        }
        let mut numbers = Vec::new();
        for [phrase, _, first] in instances(api, row)?.into_iter().filter(|[_, of, _]| *of == column) {
            let last = first + api.xPhraseSize?(row, phrase).max(1) - 1;
            let at = |word: c_int| usize::try_from(word).ok().and_then(|word| words.get(word));
            if let (Some((start, _)), Some((_, end))) = (at(first), at(last)) {
                numbers.extend([*start, *end]);
            }
        }
        Some(numbers)
    }
}

/// A word of the text: where it begins and ends. Another one in the same place is not another word.
unsafe extern "C" fn word(
    words: *mut c_void,
    flags: c_int,
    _: *const c_char,
    _: c_int,
    start: c_int,
    end: c_int,
) -> c_int {
    if flags & ffi::FTS5_TOKEN_COLOCATED as c_int == 0 {
        // SAFETY: it is the list that `spans` has handed over, which nobody else uses meanwhile. Out of memory aborts, as always.
        unsafe { (*words.cast::<Vec<(c_int, c_int)>>()).push((start, end)) };
    }
    ffi::SQLITE_OK
}
