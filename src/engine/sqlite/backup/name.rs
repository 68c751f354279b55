//! The names of backups.

use std::path::{Path, PathBuf};

use super::files::folder_of;
use crate::model::time;

/// The time as a part of a file's name: Windows has no colons there.
pub fn now() -> String {
    time::iso_now().replace(':', "-")
}

/// The database's name without its ending: what its backups' names begin with.
pub fn stem(database: &Path) -> String {
    database.file_stem().map_or_else(|| "visual".into(), |stem| stem.to_string_lossy().into_owned())
}

/// Where backups of a database go unless told otherwise: `backups` beside it.
#[must_use]
pub fn default_folder(database: &Path) -> PathBuf {
    folder_of(database).join("backups")
}

/// A name that no file in the folder has: `<stem>-<time>.db`, or `<stem>-<time>-<label>.db`.
pub fn unused(folder: &Path, stem: &str, label: Option<&str>) -> PathBuf {
    loop {
        let time = now();
        let label = label.map(|label| format!("-{label}")).unwrap_or_default();
        let path = folder.join(format!("{stem}-{time}{label}.db"));
        if !path.exists() {
            return path;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

/// Whether `file` is the name that `unused` gives without a label. Only such backups are ever pruned: what
/// somebody named, and what a restore or a migration put aside, is theirs.
pub fn is_routine(file: &str, stem: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00-00-00.000Z";
    file.strip_prefix(stem)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.strip_suffix(".db"))
        .is_some_and(|time| {
            time.len() == SHAPE.len()
                && time.bytes().zip(SHAPE).all(|(byte, shape)| match shape {
                    b'0' => byte.is_ascii_digit(),
                    _ => byte == *shape,
                })
        })
}
