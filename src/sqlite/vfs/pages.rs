//! Pages that were read before, for as long as what they were read from can't have changed.
//!
//! SQLite forgets its cache whenever another connection has committed, since it can't tell which pages that touched. The
//! pages that stand in the files are mostly the same ones: a commit only adds frames to the log. What stands there is
//! written over in two cases, when the log is moved into the database file and when it is begun anew, and the log's index
//! tells of both before it happens: an `Era` ends. `docs/decisions/0015-pages-that-stand.md` has the argument.

use std::ffi::{c_int, c_void};

use rusqlite::ffi;

use super::index::Era;

/// How many pages are kept, of each of the two files, and how large they are at most: 16 MiB, as much as SQLite's own cache. A
/// page has one place, so that finding it costs nothing; neighbours never drive each other out, and a log seldom has as
/// many frames.
const PLACES: u64 = 4096;
const LARGEST: usize = 4096;

const NONE: u64 = u64::MAX;

/// What is kept of one file.
#[derive(Default)]
pub(super) struct Pages {
    /// The one that what is kept is of; any where nothing is.
    era: Era,
    /// Empty until the first page comes.
    places: Vec<Place>,
}

/// Where a page is kept that was read twice in an era. Once is not enough: then SQLite keeps it itself, as long as nobody else
/// commits, and copying all pages of a large file that is read through would only cost.
struct Place {
    /// The page that was read last.
    number: u64,
    /// Its content, empty where it is not kept.
    content: Vec<u8>,
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
        let Some(now) = era().filter(|_| amount <= LARGEST) else { return read(data) };
        if now != self.era {
            self.forget();
            self.era = now;
        }
        let Some(place) = self.place(number) else { return read(data) };
        if place.number == number && place.content.len() == amount {
            // SAFETY: there are `amount` bytes, and `data` has room for them.
            unsafe { data.cast::<u8>().copy_from_nonoverlapping(place.content.as_ptr(), amount) };
            #[cfg(debug_assertions)]
            stands(&place.content, read);
            #[cfg(test)]
            count::SPARED.with(|spared| spared.set(spared.get() + 1));
            return ffi::SQLITE_OK;
        }
        let again = place.number == number;
        place.number = NONE;
        place.content.clear();
        let code = read(data);
        if code == ffi::SQLITE_OK && era() == Some(now) {
            place.number = number;
            if again && place.content.try_reserve_exact(amount).is_ok() {
                // SAFETY: `read` filled them.
                place.content.extend_from_slice(unsafe { std::slice::from_raw_parts(data.cast(), amount) });
            }
        }
        code
    }

    /// Forgets all of them.
    fn forget(&mut self) {
        for place in &mut self.places {
            place.number = NONE;
            place.content.clear();
        }
    }

    /// The place of a page, where there is memory for places.
    fn place(&mut self, number: u64) -> Option<&mut Place> {
        if self.places.is_empty() {
            self.places.try_reserve_exact(PLACES as usize).ok()?;
            self.places.resize_with(PLACES as usize, || Place { number: NONE, content: Vec::new() });
        }
        self.places.get_mut((number % PLACES) as usize)
    }
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
