//! Reading and listing a board of the past.

use std::rc::Rc;

use crate::engine::past_boards::{Read, Rest};
use crate::engine::sqlite::store::Store;
use crate::engine::{Part, Place};
use crate::error::Result;
use crate::rows::Batch;

impl Store {
    pub(in crate::engine::sqlite::store) fn read_past(&self, at: i64) -> Result<Option<Place>> {
        self.check_version(super::VERSION, "boards of the past come")?;
        let past = self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.past(at)
        })?;
        let (place, board) = past.map(|(place, board)| (place, Rc::new(Read::from(board)))).unzip();
        self.past.board.replace(board);
        Ok(place)
    }

    pub(in crate::engine::sqlite::store) fn list_past(&self, part: Part, batch: &mut Batch) -> Option<Rest> {
        self.past.board.borrow().clone().and_then(|board| Rest::of(&board, part).fill(batch))
    }

    pub(in crate::engine::sqlite::store) fn forget_past(&self) {
        self.past.board.take();
    }
}
