//! What a search needs of FTS5 beyond SQL: where the phrases of a query are in a row, and where the words of a text begin and
//! end. FTS5's own `highlight` and `snippet` read the text from the table, and our tables don't store it.
//!
//! `visual_hits(t)` is a blob of 32-bit numbers: how many columns there are, how many words each has, then for each hit its
//! phrase, its column, its first word, and of how many words it is.

use std::ffi::{c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use rusqlite::ffi;

use super::connection::Connection;
use super::error::failed;
use crate::error::Result;

/// How many hits of a row are told at most.
const MOST: c_int = 4096;

type Context = *mut ffi::Fts5Context;

impl Connection {
    /// Registers `visual_hits` with this connection's FTS5.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, SQLite's error.
    pub fn register_hits(&self) -> Result<()> {
        let api = self.full_text()?;
        // SAFETY: `api` is FTS5's own for as long as the connection is open; the name is a C string.
        let code = unsafe {
            match (*api).xCreateFunction {
                Some(create) => create(api, c"visual_hits".as_ptr(), ptr::null_mut(), Some(hits), None),
                None => ffi::SQLITE_MISUSE,
            }
        };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(failed(code, ABSENT)) }
    }

    /// What FTS5 takes for words where the tokenizer is `unicode61`.
    ///
    /// # Errors
    /// As [`Self::register_hits`].
    pub fn tokenizer(&self) -> Result<Tokenizer<'_>> {
        let api = self.full_text()?;
        let mut arguments = [c"remove_diacritics".as_ptr(), c"2".as_ptr()];
        let mut methods = ffi::fts5_tokenizer { xCreate: None, xDelete: None, xTokenize: None };
        let (mut module, mut raw) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `api` is FTS5's own for as long as the connection is open, which the tokenizer borrows. All texts are C strings.
        let code = unsafe {
            match (*api).xFindTokenizer {
                Some(find) => match find(api, c"unicode61".as_ptr(), &raw mut module, &raw mut methods) {
                    ffi::SQLITE_OK => methods
                        .xCreate
                        .map_or(ffi::SQLITE_MISUSE, |create| create(module, arguments.as_mut_ptr(), 2, &raw mut raw)),
                    code => code,
                },
                None => ffi::SQLITE_MISUSE,
            }
        };
        if code == ffi::SQLITE_OK {
            Ok(Tokenizer { methods, raw, connection: PhantomData })
        } else {
            Err(failed(code, ABSENT))
        }
    }

    fn full_text(&self) -> Result<*mut ffi::fts5_api> {
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
        if api.is_null() { Err(failed(ffi::SQLITE_ERROR, ABSENT)) } else { Ok(api) }
    }
}

const ABSENT: &str = "FTS5 is not there";

/// What tells the words of a text. It borrows its connection; whoever has it drops it before that is closed.
pub struct Tokenizer<'a> {
    methods: ffi::fts5_tokenizer,
    raw: *mut ffi::Fts5Tokenizer,
    connection: PhantomData<&'a Connection>,
}

impl Tokenizer<'_> {
    /// Where each word of a text is, in bytes.
    #[must_use]
    pub fn words(&self, text: &str) -> Vec<Range<usize>> {
        let mut words: Vec<Range<usize>> = Vec::new();
        let (Some(tokenize), Ok(length)) = (self.methods.xTokenize, c_int::try_from(text.len())) else { return words };
        // SAFETY: the tokenizer is alive; the text is valid during the call, and `words` outlives the callbacks that it is handed to.
        unsafe {
            let list = (&raw mut words).cast();
            tokenize(self.raw, list, ffi::FTS5_TOKENIZE_DOCUMENT, text.as_ptr().cast(), length, Some(word));
        }
        words
    }
}

/// What is told of each word: the word, as FTS5 has it in its index.
type Told<'a> = &'a mut dyn FnMut(&[u8]);

impl Tokenizer<'_> {
    /// Tells each word of a text, without its case and accents, in their order.
    pub fn each_word(&self, text: &str, mut told: impl FnMut(&[u8])) {
        let (Some(tokenize), Ok(length)) = (self.methods.xTokenize, c_int::try_from(text.len())) else { return };
        let mut told: Told<'_> = &mut told;
        // SAFETY: the tokenizer is alive; the text is valid during the call, and `told` outlives the callbacks that it is handed to.
        unsafe {
            let context = (&raw mut told).cast();
            tokenize(self.raw, context, ffi::FTS5_TOKENIZE_DOCUMENT, text.as_ptr().cast(), length, Some(told_word));
        }
    }
}

impl Drop for Tokenizer<'_> {
    fn drop(&mut self) {
        if let Some(delete) = self.methods.xDelete {
            // SAFETY: it was created by the same methods, and is deleted once.
            unsafe { delete(self.raw) };
        }
    }
}

unsafe extern "C" fn hits(
    api: *const ffi::Fts5ExtensionApi,
    row: Context,
    context: *mut ffi::sqlite3_context,
    _: c_int,
    _: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: `api` and `row` are what FTS5 called this with, and valid during the call. No panic gets to C.
    let numbers = catch_unwind(AssertUnwindSafe(|| unsafe { found(&*api, row) }));
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

/// # Safety
/// Within a callback of FTS5, with what it was called with.
unsafe fn found(api: &ffi::Fts5ExtensionApi, row: Context) -> Option<Vec<i32>> {
    // SAFETY: the caller promises that FTS5's call is under way, so `api` and `row` are valid; the numbers outlive each call.
    unsafe {
        let columns = api.xColumnCount?(row);
        let mut numbers = vec![columns];
        for column in 0..columns {
            let mut size = 0;
            api.xColumnSize?(row, column, &raw mut size);
            numbers.push(size);
        }
        let mut count = 0;
        if api.xInstCount?(row, &raw mut count) != ffi::SQLITE_OK {
            return None;
        }
        for nth in 0..count.min(MOST) {
            let [mut phrase, mut column, mut first] = [0; 3];
            if api.xInst?(row, nth, &raw mut phrase, &raw mut column, &raw mut first) != ffi::SQLITE_OK {
                return None;
            }
            numbers.extend([phrase, column, first, api.xPhraseSize?(row, phrase)]);
        }
        Some(numbers)
    }
}

/// A word of the text: where it begins and ends. A second token at the same position is not another word.
unsafe extern "C" fn word(
    words: *mut c_void,
    flags: c_int,
    _: *const c_char,
    _: c_int,
    start: c_int,
    end: c_int,
) -> c_int {
    if flags & ffi::FTS5_TOKEN_COLOCATED == 0 {
        // SAFETY: it is the list that `words` has handed over, which nobody else uses meanwhile. Out of memory aborts, as always.
        unsafe { (*words.cast::<Vec<Range<usize>>>()).push(start.max(0) as usize..end.max(0) as usize) };
    }
    ffi::SQLITE_OK
}

/// A word of the text, as the index has it.
unsafe extern "C" fn told_word(
    context: *mut c_void,
    flags: c_int,
    token: *const c_char,
    length: c_int,
    _: c_int,
    _: c_int,
) -> c_int {
    if flags & ffi::FTS5_TOKEN_COLOCATED != 0 || token.is_null() {
        return ffi::SQLITE_OK;
    }
    // SAFETY: it is what `each_word` has handed over, which nobody else uses meanwhile; the word is valid during the call. No panic
    // gets to C.
    let told = catch_unwind(AssertUnwindSafe(|| unsafe {
        let word = std::slice::from_raw_parts(token.cast::<u8>(), length.max(0) as usize);
        (*context.cast::<Told<'_>>())(word);
    }));
    if told.is_ok() { ffi::SQLITE_OK } else { ffi::SQLITE_ERROR }
}
