//! A database file has one name. SQLite keeps the WAL beside the name that a file was opened under, so that processes
//! which know it under two names would each write a WAL that the other doesn't see, and destroy the file.

use std::io;
use std::path::Path;

#[cfg(unix)]
use super::backup::is_partial;

/// `Err` with the number of names where there are several.
#[cfg(unix)]
pub fn check(path: &Path) -> io::Result<Result<(), u64>> {
    use std::os::unix::fs::MetadataExt;
    // Where a file system can't rename without overwriting, a file has two for a moment while another process makes it,
    // and for longer where that process was killed then.
    for _ in 0..50 {
        let found = std::fs::metadata(path)?;
        if found.nlink() <= 1 {
            return Ok(Ok(()));
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    remove_left_over(path)?;
    let names = std::fs::metadata(path)?.nlink();
    Ok(if names > 1 { Err(names) } else { Ok(()) })
}

/// Elsewhere nobody makes hard links.
#[cfg(not(unix))]
pub fn check(_: &Path) -> io::Result<Result<(), u64>> {
    Ok(Ok(()))
}

/// What the name begins with under which a file is made before it gets its own.
pub fn temporary(path: &Path) -> std::ffi::OsString {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new-");
    name
}

#[cfg(unix)]
fn remove_left_over(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let path = &std::fs::canonicalize(path)?;
    let database = std::fs::metadata(path)?;
    let prefix = temporary(path);
    for entry in std::fs::read_dir(path.parent().unwrap_or(Path::new("/")))?.flatten() {
        let is_left_over = (entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes())
            || is_partial(&entry.path(), path))
            && entry.metadata().is_ok_and(|found| (found.dev(), found.ino()) == (database.dev(), database.ino()));
        if is_left_over {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
