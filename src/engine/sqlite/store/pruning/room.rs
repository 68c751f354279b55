//! An estimate of the room that texts take in the file, as rows of a table have them.

use rusqlite::Connection;

use super::disk;
use crate::error::Result;

/// What a row has beside its texts: ids, times, a header.
const REST: i64 = 200;
/// A page of rows, and each row of it, have so many bytes of their own.
const HEAD: i64 = 8;
const OF_ROW: i64 = 12;

/// The room of a file.
pub(super) struct Room {
    page: i64,
    /// What is used, in bytes.
    pub used: i64,
}

impl Room {
    pub fn of(inner: &Connection) -> Result<Self> {
        let page = inner.pragma_query_value(Some("main"), "page_size", |row| row.get::<_, i64>(0))?;
        Ok(Self { page, used: disk::sizes(inner)?.1 })
    }

    /// How much a row with so many bytes of text takes: its part of a page, and its overflow pages.
    fn of_row(&self, text: i64) -> i64 {
        let (payload, usable) = (REST + text, self.page);
        let most = usable - 35;
        let (local, own) = if payload <= most {
            (payload, 0)
        } else {
            // As in SQLite's file format.
            let least = (usable - 12) * 32 / 255 - 23;
            let rest = least + (payload - least) % (usable - 4);
            let local = if rest <= most { rest } else { least };
            (local, (payload - local + usable - 5) / (usable - 4))
        };
        let a_page = ((usable - HEAD) / (local + OF_ROW)).max(1);
        own * usable + usable / a_page
    }

    /// How much less a row takes without its text.
    pub fn of_text(&self, text: i64) -> i64 {
        self.of_row(text) - self.of_row(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_its_part_of_a_page_and_what_does_not_fit_pages_of_its_own() {
        let room = Room { page: 4096, used: 0 };
        assert_eq!(room.of_row(0), 4096 / 19);
        // One row a page from half a page on.
        assert_eq!((room.of_row(1_700), room.of_row(1_900), room.of_row(3_800)), (2048, 4096, 4096));
        assert!((2 * 4096..=3 * 4096).contains(&room.of_row(8_000)), "{}", room.of_row(8_000));
        assert_eq!(room.of_text(0), 0);
        let mut last = 0;
        for text in 0..50_000 {
            let now = room.of_row(text);
            assert!(now >= text && now <= text + 2 * 4096, "{text}: {now}");
            last = last.max(now);
        }
        assert!(last < 54_000);
    }
}
