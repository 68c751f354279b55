//! Which backups there are.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::io;
use super::files::resolve;
use super::manifest::{self, Backup};
use super::verify::probe;
use crate::error::Result;

/// A file of a backup folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A backup that is no shorter than its manifest says. `verify` tells whether it is sound.
    Backup(Backup),
    /// A database file that can't be a good backup.
    Problem {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// Lists the backups in a folder, newest first; a folder that doesn't exist has none.
///
/// # Errors
/// An operating system's code where the folder can't be read.
pub fn list(folder: &Path) -> Result<Vec<Listed>> {
    let folder = resolve(folder)?;
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io("cannot read the folder", &folder, &error)),
    };
    let mut listed = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| io("cannot read the folder", &folder, &error))?.path();
        if path.is_file()
            && (path.extension().is_some_and(|ending| ending == "db") || manifest::path_of(&path).exists())
        {
            listed.push(look_at(path));
        }
    }
    listed.sort_by(|a, b| b.order().cmp(&a.order()));
    Ok(listed)
}

fn look_at(path: PathBuf) -> Listed {
    match probe(&path) {
        Ok(backup) => Listed::Backup(backup),
        Err(error) => Listed::Problem { problem: error.message().replace(&format!("{}: ", path.display()), ""), path },
    }
}

impl Listed {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Backup(backup) => &backup.path,
            Self::Problem { path, .. } => path,
        }
    }

    /// By time, then by name; what has no time comes last.
    fn order(&self) -> (&str, &Path) {
        match self {
            Self::Backup(backup) => (&backup.manifest.created_at, &backup.path),
            Self::Problem { path, .. } => ("", path),
        }
    }
}
