//! A database file has one name. SQLite keeps the WAL beside the name that a file was opened under: processes that open it
//! under two names would each write a WAL that the other doesn't see, and destroy the file.

use std::io;
use std::path::Path;

use super::backup::is_partial;
use super::file_id;

/// `Err` with the number of names where there are several.
pub fn check(path: &Path) -> io::Result<Result<(), u64>> {
    // Where a file system can't rename without overwriting, a file has two names for a moment while another process makes it,
    // and for longer where that process was killed then.
    for _ in 0..50 {
        if file_id::of(path)?.1 <= 1 {
            return Ok(Ok(()));
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    remove_left_over(path)?;
    let names = file_id::of(path)?.1;
    Ok(if names > 1 { Err(names) } else { Ok(()) })
}

/// The beginning of the name under which a file is made before it gets its own.
pub fn temporary(path: &Path) -> std::ffi::OsString {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new-");
    name
}

fn remove_left_over(path: &Path) -> io::Result<()> {
    let path = &file_id::real_path(path)?;
    let (database, _) = file_id::of(path)?;
    let prefix = temporary(path);
    for entry in std::fs::read_dir(path.parent().unwrap_or(Path::new("/")))?.flatten() {
        let is_left_over = (entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes())
            || is_partial(&entry.path(), path))
            && file_id::of(&entry.path()).is_ok_and(|(found, _)| found == database);
        if is_left_over {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
