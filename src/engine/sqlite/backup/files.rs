//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::{Builder, TempPath};

use super::error::{io, refused};
use crate::engine::sqlite::file_id;
use crate::error::Result;

/// The ending of files that are being written. [`remove_leftovers`] removes what a killed process left.
pub const PARTIAL: &str = "partial";

/// SQLite's side files of a database.
pub const SIDE_FILES: [&str; 3] = ["-wal", "-journal", "-shm"];

/// The path as SQLite will see it: absolute, symbolic links followed where the file exists.
pub fn resolve(path: &Path) -> Result<PathBuf> {
    if path.as_os_str().is_empty() || path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(refused("ERR_INVALID_PATH", path, "not a path: it is empty or holds a NUL character"));
    }
    file_id::real_path(path).or_else(|_| std::path::absolute(path)).map_err(|error| io("cannot resolve", path, &error))
}

/// Appends to the file's name: `visual.db` and `-wal` give `visual.db-wal`.
#[must_use]
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The folder that holds a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether both names lead to one file: symbolic and hard links included, and where the file system makes no difference, other
/// cases of their letters.
pub fn same_file(a: &Path, b: &Path) -> bool {
    if let (Ok((a, _)), Ok((b, _))) = (file_id::of(a), file_id::of(b)) {
        return a == b;
    }
    matches!((resolve(a), resolve(b)), (Ok(a), Ok(b)) if a == b)
}

/// Makes the folder and its missing parents, readable by their owner alone.
pub fn create_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| io("cannot create the folder", folder, &error))
}

/// A new file that only its owner can read.
pub fn create_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| io("cannot create", path, &error))
}

/// Waits until the file's content is on the disk. Only for files that no SQLite connection of this process has
/// open: closing any handle on a file drops all of the process's POSIX locks on it.
pub fn sync(path: &Path) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| io("cannot write to the disk", path, &error))
}

/// Waits until the folder's entries are on the disk (Windows keeps them in its own journal).
pub fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| io("cannot write to the disk", folder, &error))
}

/// Renames, and waits until the new name is on the disk.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| io("cannot rename to", to, &error))?;
    sync_folder(folder_of(to))
}

/// Removes a file that may be gone already.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io("cannot remove", path, &error)),
        _ => Ok(()),
    }
}

/// Writes the whole file or leaves the one that was there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = Partial::beside(path)?;
    partial.write(bytes)?;
    partial.publish(path)
}

/// Removes what killed processes left half written a day ago or longer: partial files whose name begins with `prefix`.
pub fn remove_leftovers(folder: &Path, prefix: &Path) -> Result<()> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let age = entry.metadata().and_then(|found| found.modified()).map(|time| time.elapsed());
        if is_partial(&path, prefix) && matches!(age, Ok(Ok(age)) if age > DAY) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Whether the name is that of a file being written whose real name begins with `prefix`.
#[must_use]
pub fn is_partial(path: &Path, prefix: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == PARTIAL)
        && path.as_os_str().as_encoded_bytes().starts_with(prefix.as_os_str().as_encoded_bytes())
}

/// A file under a name of its own that nobody else uses, removed again unless it is published.
pub struct Partial {
    /// Dropped before the file itself: without that, nobody would know whose side files they are.
    _side_files: SideFiles,
    file: TempPath,
}

impl Partial {
    /// An empty private file in the folder of `target`, so that a rename can publish it.
    pub fn beside(target: &Path) -> Result<Self> {
        let mut prefix = target.file_name().unwrap_or_default().to_owned();
        prefix.push(".");
        let made = Builder::new().prefix(&prefix).suffix(&format!(".{PARTIAL}")).tempfile_in(folder_of(target));
        // Closed at once: a handle that is closed later would take SQLite's locks on the file with it.
        let file = made.map_err(|error| io("cannot create a file beside", target, &error))?.into_temp_path();
        Ok(Self { _side_files: SideFiles(file.to_path_buf()), file })
    }

    /// Where it is now.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// Fills it, and waits until the bytes are on the disk.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        OpenOptions::new()
            .write(true)
            .open(self.path())
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .map_err(|error| io("cannot write", self.path(), &error))
    }

    /// Gives the file its real name.
    pub fn publish(self, target: &Path) -> Result<()> {
        publish(self.file, target)
    }

    /// As `publish`, for a name that must not be taken from anybody who was faster.
    pub fn publish_new(self, target: &Path) -> Result<()> {
        match self.file.persist_noclobber(target) {
            Ok(()) => sync_folder(folder_of(target)),
            Err(failed) if target.exists() => Err(io("cannot create", target, &failed.error)),
            // A file system that can't refuse to overwrite and has no links.
            Err(failed) => publish(failed.path, target),
        }
    }

    /// Leaves the file where it is, for somebody else to publish.
    pub fn keep(self) -> Result<()> {
        self.file.keep().map(drop).map_err(|failed| io("cannot keep", &failed.path, &failed.error))
    }
}

fn publish(file: TempPath, target: &Path) -> Result<()> {
    file.persist(target).map_err(|failed| io("cannot rename to", target, &failed.error))?;
    sync_folder(folder_of(target))
}

/// What SQLite leaves beside a file when the work on it ends early.
struct SideFiles(PathBuf);

impl Drop for SideFiles {
    fn drop(&mut self) {
        for suffix in SIDE_FILES {
            let _ = fs::remove_file(with_suffix(&self.0, suffix));
        }
    }
}
