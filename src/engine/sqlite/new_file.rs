//! Making the database's file and its folder, with their permissions.

use std::io;
use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;

use super::sole_name;

/// Makes a folder and its missing parents, with permissions that suit a file of this mode.
#[cfg(unix)]
pub fn create_folder(folder: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    // Who may read the file may search its folder.
    let search = (mode & 0o444) >> 2;
    std::fs::DirBuilder::new().recursive(true).mode(mode | search).create(folder)
}

/// Makes a folder and its missing parents.
#[cfg(not(unix))]
pub fn create_folder(folder: &Path, _: u32) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Makes an empty file under another name and then gives it its own; `false` where there is one of that name.
///
/// SQLite would make it readable for everyone first. The file is not made under its own name, since closing it then would
/// take the locks away from a connection that another thread of this process has opened meanwhile.
#[cfg(unix)]
pub fn create_file(path: &Path, mode: u32) -> io::Result<bool> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    // A link to a file that doesn't exist yet: the file it names is made.
    let path = &resolve(path);
    let temporary = temporary_beside(path)?;
    temporary.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    match temporary.into_temp_path().persist_noclobber(path) {
        Ok(()) => Ok(true),
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // A file system that can't refuse to overwrite and has no hard links.
        Err(_) => std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map(|_| true),
    }
}

/// Leaves making the file to SQLite.
#[cfg(not(unix))]
pub fn create_file(_: &Path, _: u32) -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
fn resolve(path: &Path) -> PathBuf {
    match std::fs::read_link(path) {
        Ok(target) => path.parent().map_or_else(|| target.clone(), |folder| folder.join(&target)),
        Err(_) => path.to_path_buf(),
    }
}

/// An empty file that only its owner can read, in the folder of `path`; removed again unless it is renamed.
pub fn temporary_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new(""));
    tempfile::Builder::new().prefix(&sole_name::temporary(path)).tempfile_in(folder)
}
