//! Which file a path leads to, whatever it is called there, and how many names it has.

use std::io;
use std::path::{Path, PathBuf};

/// A file as its file system knows it: the device and the number on it.
pub type FileId = (u64, u64);

/// The file at a path, symbolic links followed, and the number of its names.
///
/// # Errors
/// The system's, where its metadata can't be read.
#[cfg(unix)]
pub fn of(path: &Path) -> io::Result<(FileId, u64)> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path)?;
    Ok(((found.dev(), found.ino()), found.nlink()))
}

/// The file at a path, symbolic links followed, and the number of its names. It is opened for that: Windows releases no lock
/// of one handle when another is closed.
///
/// # Errors
/// The system's, where it can't be opened.
#[cfg(windows)]
pub fn of(path: &Path) -> io::Result<(FileId, u64)> {
    let handle = winapi_util::Handle::from_path_any(path)?;
    let found = winapi_util::file::information(&handle)?;
    Ok(((found.volume_serial_number(), found.file_index()), found.number_of_links()))
}

/// The absolute path without symbolic links. On Windows in the form that people write, `C:\…`, where the system's own would
/// begin with `\\?\`.
///
/// # Errors
/// The system's, where there is no such file.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    #[cfg(windows)]
    return dunce::canonicalize(path);
    #[cfg(not(windows))]
    std::fs::canonicalize(path)
}
