//! Exports and imports under way, as their drivers hold them: pieces of text that come out, pieces that go in.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use tempfile::TempPath;

use super::stage::Stage;
use crate::engine::{Imported, Refused, Source, Transfers, Wanted};
use crate::error::{Error, Result};

/// How many pieces may wait to be taken.
const AHEAD: usize = 2;

/// A piece of an export.
#[derive(Debug)]
pub struct Chunk {
    /// Its text.
    pub text: Vec<u8>,
    /// How many lines there are up to its end.
    pub lines: u64,
    /// About how many there will be.
    pub about: u64,
}

/// An export under way, in a thread of its own, which is never more than a few pieces ahead. It ends when this is dropped.
pub struct Exporting(Mutex<Receiver<Result<Option<Chunk>>>>);

impl Exporting {
    /// Begins.
    ///
    /// # Errors
    /// The system's, where it has no thread left.
    pub fn begin(source: Source, wanted: Wanted) -> Result<Self> {
        let (sender, receiver) = sync_channel(AHEAD);
        let work = move || {
            let exported = source().and_then(|(board, _temporary)| send(&*board, wanted, &sender));
            // Nobody may be left to hear of it.
            let _ = sender.send(exported.map(|()| None));
        };
        std::thread::Builder::new().name("visual-db export".into()).spawn(work).map_err(|error| system(&error))?;
        Ok(Self(Mutex::new(receiver)))
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// What the export failed with.
    pub fn next(&self) -> Result<Option<Chunk>> {
        let receiver = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        receiver.recv().unwrap_or_else(|_| Err(Error::internal("an export ended without saying so")))
    }
}

fn send(board: &dyn Transfers, wanted: Wanted, to: &SyncSender<Result<Option<Chunk>>>) -> Result<()> {
    let about = board.about_lines()?;
    board.export(wanted, &mut |text, lines| {
        to.send(Ok(Some(Chunk { text, lines, about }))).map_err(|_| Error::Plain("stopped".into()))
    })
}

/// An import under way: lines are staged in a file that goes with this.
pub struct Importing {
    stage: Mutex<Option<Stage>>,
    file: Mutex<Option<TempPath>>,
}

/// Lines that were staged and are sound.
pub struct Staged {
    file: TempPath,
    /// How many there are.
    pub lines: u64,
}

impl Importing {
    /// Begins; lines are staged in this file, which is empty.
    ///
    /// # Errors
    /// SQLite's, where it can't make a database of the file.
    pub fn begin(file: TempPath) -> Result<Self> {
        let stage = Stage::begin(&file)?;
        Ok(Self { stage: Mutex::new(Some(stage)), file: Mutex::new(Some(file)) })
    }

    /// Takes a piece of the text; returns how many lines there were so far.
    ///
    /// # Errors
    /// `ERR_IMPORT` with the line; SQLite's error.
    pub fn take(&self, piece: &[u8]) -> Result<u64> {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        stage.as_mut().ok_or_else(over)?.take(piece)
    }

    /// It is given up, or was taken in: nothing stays of it.
    pub fn end(&self) {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.file.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The text is at its end.
    ///
    /// # Errors
    /// As `take`.
    pub fn finish(&self) -> Result<Staged> {
        let stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(over)?;
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(over)?;
        Ok(Staged { lines: stage.finish()?, file })
    }
}

impl Staged {
    /// Makes it part of a board.
    ///
    /// # Errors
    /// As `take_staged`.
    pub fn into_board(self, target: Source) -> Result<Imported> {
        let (board, _) = target()?;
        board.take_staged(&self.file)
    }

    /// The first lines that a board can't store.
    ///
    /// # Errors
    /// As `refused_of`.
    pub fn refused_by(self, target: Source, most: usize) -> Result<Vec<Refused>> {
        let (board, _) = target()?;
        board.refused_of(&self.file, most)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.file
    }
}

fn over() -> Error {
    Error::Plain("importAll: it has ended".into())
}

fn system(error: &std::io::Error) -> Error {
    Error::Plain(format!("visual-db: {error}"))
}
