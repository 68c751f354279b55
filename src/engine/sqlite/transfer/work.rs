//! Exports and imports under way, as whoever drives them holds them: pieces of text that come out, pieces that go in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempPath;

use super::export::{self, Wanted};
use super::stage::Stage;
use crate::engine::sqlite::new_file::temporary_beside;
use crate::engine::sqlite::open::{Options, open};
use crate::engine::{Imported, Transfers};
use crate::error::{Error, Result};

/// So many pieces may wait for who takes them.
const AHEAD: usize = 2;
/// How long to wait for another connection's lock.
const WAIT: Duration = Duration::from_secs(30);

/// A piece of an export.
#[derive(Debug)]
pub struct Chunk {
    /// Its text.
    pub text: Vec<u8>,
    /// How many lines there are with it.
    pub lines: u64,
    /// About how many there will be.
    pub about: u64,
}

/// An export under way, in a thread of its own, which is never more than a few pieces ahead. It ends when this is dropped.
pub struct Exporting(Mutex<Receiver<Result<Option<Chunk>>>>);

impl Exporting {
    /// Begins with the file of a database.
    ///
    /// # Errors
    /// The system's, where it has no thread left.
    pub fn of_file(file: PathBuf, wanted: Wanted) -> Result<Self> {
        Self::begin(move || Ok((file, None)), wanted)
    }

    /// Begins with the bytes of a database in memory.
    ///
    /// # Errors
    /// As `of_file`.
    pub fn of_bytes(bytes: Vec<u8>, wanted: Wanted) -> Result<Self> {
        let write = move || {
            let mut file = temporary_beside(&std::env::temp_dir().join("visual-db"))?;
            file.write_all(&bytes)?;
            let file = file.into_temp_path();
            Ok((file.to_path_buf(), Some(file)))
        };
        Self::begin(move || write().map_err(|error: std::io::Error| system(&error)), wanted)
    }

    fn begin(
        source: impl FnOnce() -> Result<(PathBuf, Option<TempPath>)> + Send + 'static,
        wanted: Wanted,
    ) -> Result<Self> {
        let (sender, receiver) = sync_channel(AHEAD);
        let work = move || {
            let exported = source().and_then(|(file, _temporary)| send(&file, wanted, &sender));
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

fn send(file: &Path, wanted: Wanted, to: &SyncSender<Result<Option<Chunk>>>) -> Result<()> {
    let (connection, store) = open(file, &options(true))?;
    let about = connection.with(|inner| Ok(export::about(inner)))?;
    export::export(&store, wanted, &mut |text, lines| {
        to.send(Ok(Some(Chunk { text, lines, about }))).map_err(|_| Error::Plain("stopped".into()))
    })
}

fn options(readonly: bool) -> Options<'static> {
    Options {
        readonly,
        must_exist: true,
        timeout: WAIT,
        full: false,
        mode: 0o600,
        migrate: false,
        package_version: env!("CARGO_PKG_VERSION"),
    }
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
    /// Begins; lines are staged beside the file of the database, or, for one in memory, where the system has its temporary files.
    ///
    /// # Errors
    /// The system's or SQLite's, where no file can be made.
    pub fn begin(beside: Option<&Path>) -> Result<Self> {
        let elsewhere = std::env::temp_dir().join("visual-db");
        let file = temporary_beside(beside.unwrap_or(&elsewhere)).map_err(|error| system(&error))?.into_temp_path();
        let stage = Stage::begin(&file)?;
        Ok(Self { stage: Mutex::new(Some(stage)), file: Mutex::new(Some(file)) })
    }

    /// Takes a piece of the text: how many lines there were so far.
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
    /// Makes it part of the board in a file.
    ///
    /// # Errors
    /// As `take_staged`.
    pub fn into_file(self, file: &Path) -> Result<Imported> {
        let (_connection, store) = open(file, &options(false))?;
        store.take_staged(&self.file)
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
