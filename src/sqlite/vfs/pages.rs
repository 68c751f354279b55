//! Pages that were read before, for as long as what they were read from can't have changed.
//!
//! SQLite forgets its cache whenever another connection has committed, since it can't tell which pages that touched. The
//! pages that stand in the files are mostly the same ones: a commit only adds frames to the log. What stands there is
//! written over in two cases, when the log is moved into the database file and when it is begun anew, and the log's index
//! tells of both before it happens: an `Era` ends. `docs/decisions/0015-pages-that-stand.md` has the argument.

use std::ffi::{c_int, c_void};

use rusqlite::ffi;

use super::index::Era;

/// How many pages are kept, of each of the two files: 4 MiB of 4 KiB. A page has one place, so that finding it costs nothing;
/// neighbours never drive each other out, and a log seldom has more frames than this before it is moved.
const PLACES: u64 = 1024;

const NONE: u64 = u64::MAX;

/// What is kept of one file.
#[derive(Default)]
pub(super) struct Pages {
    era: Era,
    /// What stands in each place; empty until the first page comes.
    numbers: Vec<u64>,
    content: Vec<Vec<u8>>,
}

impl Pages {
    /// Reads page `number` into `data`, by `read` where it isn't kept. `era` is the one that is now, `None` where nobody
    /// can say.
    ///
    /// # Safety
    /// `data` has room for `amount` bytes, and `read` fills them where it returns `SQLITE_OK`.
    pub unsafe fn read(
        &mut self,
        number: u64,
        data: *mut c_void,
        amount: usize,
        era: impl Fn() -> Option<Era>,
        read: impl Fn(*mut c_void) -> c_int,
    ) -> c_int {
        let Some(now) = era() else { return read(data) };
        if now != self.era {
            self.forget();
            self.era = now;
        }
        if let Some(kept) = self.find(number, amount) {
            // SAFETY: `kept` has `amount` bytes, and `data` has room for them.
            unsafe { data.cast::<u8>().copy_from_nonoverlapping(kept.as_ptr(), amount) };
            #[cfg(debug_assertions)]
            stands(kept, read);
            #[cfg(test)]
            count::SPARED.with(|spared| spared.set(spared.get() + 1));
            return ffi::SQLITE_OK;
        }
        let code = read(data);
        if code == ffi::SQLITE_OK && era() == Some(now) {
            // SAFETY: `read` filled them.
            self.keep(number, unsafe { std::slice::from_raw_parts(data.cast(), amount) });
        }
        code
    }

    /// Forgets all of them.
    pub fn forget(&mut self) {
        self.numbers.fill(NONE);
    }

    fn find(&self, number: u64, amount: usize) -> Option<&[u8]> {
        let place = place(number);
        let found = *self.numbers.get(place)? == number;
        found.then(|| self.content[place].as_slice()).filter(|page| page.len() == amount)
    }

    /// Keeps a page, where there is memory for it.
    fn keep(&mut self, number: u64, page: &[u8]) {
        let missing = PLACES as usize - self.numbers.len();
        if missing > 0 {
            if self.numbers.try_reserve(missing).is_err() || self.content.try_reserve(missing).is_err() {
                return;
            }
            self.numbers.resize(PLACES as usize, NONE);
            self.content.resize_with(PLACES as usize, Vec::new);
        }
        let place = place(number);
        self.numbers[place] = NONE;
        let kept = &mut self.content[place];
        kept.clear();
        if kept.try_reserve_exact(page.len()).is_ok() {
            kept.extend_from_slice(page);
            self.numbers[place] = number;
        }
    }
}

fn place(number: u64) -> usize {
    (number % PLACES) as usize
}

/// In builds with assertions, every page from memory is held against the file.
#[cfg(debug_assertions)]
fn stands(kept: &[u8], read: impl Fn(*mut c_void) -> c_int) {
    let mut found = vec![0; kept.len()];
    if read(found.as_mut_ptr().cast()) == ffi::SQLITE_OK {
        assert!(found == kept, "a page that was kept is not the file's any more");
    }
}

#[cfg(test)]
pub(super) mod count {
    use std::cell::Cell;

    thread_local! {
        /// How many pages this thread had from memory.
        pub static SPARED: Cell<u64> = const { Cell::new(0) };
    }
}
