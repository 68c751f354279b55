//! The WAL index, as every connection to the file has it mapped: what anybody has committed, and how much of it is in the
//! database file already. Its layout is in SQLite's `walformat` page.

use std::sync::atomic::{AtomicU32, Ordering, fence};

/// One copy of the header, in 32-bit words: 48 bytes. It stands twice at the beginning of region 0.
const WORDS: usize = 12;
/// The word that says which layout it has.
const VERSION: usize = 0;
/// The layout that is read here.
pub const REVIEWED: u32 = 3_007_000;
/// The word that says whether the header has been written at all.
const IS_INIT: usize = 3;

/// Behind both copies: how many frames have been backfilled into the database file.
const BACKFILL: usize = 2 * WORDS;

/// What the header says.
pub type Header = [u32; WORDS];

/// Region 0 of the shared memory.
#[derive(Clone, Copy)]
pub(super) struct Index(*const AtomicU32);

// SAFETY: it is an address. What is there is read with atomics, and the caller of `at` promises that it is mapped whenever it is
// read, on whichever thread.
unsafe impl Send for Index {}

impl Index {
    /// `None` for null.
    ///
    /// # Safety
    /// `region` is null or mapped, for as long as the index is used.
    pub unsafe fn at(region: *const AtomicU32) -> Option<Self> {
        (!region.is_null()).then_some(Self(region))
    }

    /// Where it is mapped.
    #[cfg(unix)]
    pub fn address(self) -> usize {
        self.0.addr()
    }

    /// Whether it has the layout that is read here.
    pub fn is_reviewed(self) -> bool {
        self.word(VERSION) == REVIEWED
    }

    /// The header as it is now; `None` before the first read, while a commit is just being written (the two copies differ
    /// then), or where it has another layout.
    pub fn header(self) -> Option<Header> {
        self.whole().filter(|header| header[VERSION] == REVIEWED)
    }

    /// Which layout it has, where that is another than is read here; `None` where there is no header yet.
    pub fn other_layout(self) -> Option<u32> {
        self.whole().map(|header| header[VERSION]).filter(|version| *version != REVIEWED)
    }

    fn whole(self) -> Option<Header> {
        // SQLite writes the second copy, a barrier, then the first, and reads them the other way round.
        let first = self.copy(0);
        fence(Ordering::Acquire);
        let second = self.copy(WORDS);
        fence(Ordering::Acquire);
        (first == second && first[IS_INIT] & 0xff != 0).then_some(first)
    }

    /// How many frames have been backfilled into the database file (`nBackfill`).
    pub fn backfilled(self) -> u32 {
        self.word(BACKFILL)
    }

    fn copy(self, from: usize) -> Header {
        std::array::from_fn(|word| self.word(from + word))
    }

    fn word(self, word: usize) -> u32 {
        // SAFETY: region 0 is mapped (`at`) and begins with 136 bytes that this stays within.
        unsafe { (*self.0.add(word)).load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_another_layout_tells_nothing() {
        let region: [AtomicU32; 34] = std::array::from_fn(|_| AtomicU32::new(1));
        // SAFETY: the region outlives the index, and is as long as what is read of one.
        let index = unsafe { Index::at(region.as_ptr()) }.unwrap();
        for version in [REVIEWED, REVIEWED + 1] {
            for copy in [0, WORDS] {
                region[copy + VERSION].store(version, Ordering::Relaxed);
            }
            assert_eq!((index.is_reviewed(), index.header().is_some()), (version == REVIEWED, version == REVIEWED));
            assert_eq!(index.other_layout(), (version != REVIEWED).then_some(version));
        }
        // The copies differ while one is being written.
        region[VERSION].store(REVIEWED, Ordering::Relaxed);
        assert_eq!(index.other_layout(), None);
    }
}
