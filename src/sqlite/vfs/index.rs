//! The write-ahead log's index, as every connection to the file has it mapped: what anybody has committed, how much of it is
//! in the database file already, and which frames readers rely on. Its layout is in SQLite's `walformat` page.

use std::sync::atomic::{AtomicU32, Ordering, fence};

/// One copy of the header, in 32-bit words: 48 bytes. It stands twice at the beginning of region 0.
const WORDS: usize = 12;
/// The word that says whether the header has been written at all.
const IS_INIT: usize = 3;
/// The last frame that was committed.
const MX_FRAME: usize = 4;
const SALT: usize = 8;

/// Behind both copies: up to which frame the log has been moved into the file, and up to which somebody has begun to.
const BACKFILL: usize = 2 * WORDS;
const BACKFILL_ATTEMPTED: usize = BACKFILL + 8;
/// The read marks that readers of the log lock: frames up to which they may rely on the log. The first one, of those who
/// don't read it, is left out.
const READ_MARKS: std::ops::Range<usize> = BACKFILL + 2..BACKFILL + 6;

/// How far a read mark may lag behind the last frame and still be as good as a new one: less than a commit of a large row.
const NEAR: u32 = 32;

/// What the header says.
pub type Header = [u32; WORDS];

/// A time in which nothing that stands in the files is written over: the log is not begun anew, nor is it moved into the
/// database file. Frames are added, that is all.
pub type Era = [u32; 4];

/// Region 0 of the shared memory.
#[derive(Clone, Copy)]
pub(super) struct Index(*const AtomicU32);

impl Index {
    /// `None` for null.
    ///
    /// # Safety
    /// `region` is null or mapped, for as long as the index is used.
    pub unsafe fn at(region: *const AtomicU32) -> Option<Self> {
        (!region.is_null()).then_some(Self(region))
    }

    /// The header as it is now; `None` before the first read, or while a commit is just being written (the two copies
    /// differ then).
    pub fn header(self) -> Option<Header> {
        // SQLite writes the second copy, a barrier, then the first, and reads them the other way round.
        let first = self.copy(0);
        fence(Ordering::Acquire);
        let second = self.copy(WORDS);
        fence(Ordering::Acquire);
        (first == second && first[IS_INIT] & 0xff != 0).then_some(first)
    }

    /// The era, and the last frame that is committed; `None` where the numbers are not of one log, since somebody was stopped
    /// while beginning it anew.
    pub fn era(self) -> Option<(Era, u32)> {
        let header = self.header()?;
        let last = header[MX_FRAME];
        let [moved, attempted] = [self.word(BACKFILL), self.word(BACKFILL_ATTEMPTED)];
        fence(Ordering::Acquire);
        let era = [header[SALT], header[SALT + 1], moved, attempted];
        (moved <= last && attempted <= last).then_some((era, last))
    }

    /// How many frames have been moved into the database file.
    pub fn moved(self) -> u32 {
        self.word(BACKFILL)
    }

    /// The last frame that was committed, as it stands there now.
    pub fn last(self) -> u32 {
        self.word(MX_FRAME)
    }

    /// Whether there is a read mark at the last frame or shortly before it. SQLite looks at its own copy of the header: while
    /// somebody commits just now, the mark that it takes then may lag by that commit more.
    pub fn has_near_mark(self) -> bool {
        let last = self.last();
        READ_MARKS.map(|mark| self.word(mark)).any(|mark| mark <= last && last - mark <= NEAR)
    }

    fn copy(self, from: usize) -> Header {
        std::array::from_fn(|word| self.word(from + word))
    }

    fn word(self, word: usize) -> u32 {
        // SAFETY: region 0 is mapped (`at`) and begins with 136 bytes that this stays within.
        unsafe { (*self.0.add(word)).load(Ordering::Relaxed) }
    }
}
