//! What is held back of a WAL: the frames of a commit that is not whole yet.

use std::ffi::c_int;

/// What SQLite wrote last. Only a header that begins exactly where a whole frame ended is held back: a page follows it.
/// Headers that SQLite writes again, over older ones and without a page, never begin there.
#[derive(Default, Clone, Copy, PartialEq)]
pub enum Latest {
    /// Something else, or nothing.
    #[default]
    Other,
    /// A header that was written as it came; its page begins here.
    Header(i64),
    /// A header that is held back; its page begins here. Whether it commits.
    Held(i64, bool),
    /// A whole frame, or the WAL's own header: the next frame begins here.
    End(i64),
}

impl Latest {
    /// After a call that doesn't write. Where a whole frame ended, the next one still begins: with `synchronous = FULL` a sync
    /// stands between any two commits.
    pub fn after_another_call(self) -> Self {
        if let Self::End(_) = self { self } else { Self::Other }
    }
}

/// Frames that are held back.
#[derive(Default)]
pub struct Held {
    pub latest: Latest,
    /// The frames, one behind the other, and where in the file they begin.
    pub bytes: Vec<u8>,
    pub begin: i64,
}

impl Held {
    /// Forgets them: a transaction that didn't commit leaves its frames' offsets to whoever writes next.
    pub fn forget(&mut self) {
        self.bytes.clear();
        if matches!(self.latest, Latest::Held(..)) {
            self.latest = Latest::Other;
        }
    }

    /// Holds bytes back behind those that are held already; `false` where there is no memory for them.
    pub fn hold(&mut self, bytes: &[u8], offset: i64) -> bool {
        let room = self.bytes.try_reserve(bytes.len()).is_ok();
        if room {
            if self.bytes.is_empty() {
                self.begin = offset;
            }
            self.bytes.extend_from_slice(bytes);
        }
        room
    }

    /// Whether something of these bytes of the file is held back.
    pub fn covers(&self, offset: i64, amount: c_int) -> bool {
        offset < self.begin + self.bytes.len() as i64 && self.begin < offset + i64::from(amount)
    }
}
