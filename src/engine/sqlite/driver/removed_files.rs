//! Whether a database file, its WAL or the WAL's index was removed or replaced since it was opened. What is written to such
//! files is gone when the last connection closes, or others never see it, and SQLite itself checks this in rollback mode only.

use std::ffi::c_int;

use rusqlite::ffi;

#[cfg(unix)]
use super::vfs::mapped::{Inode, beside, inode};
#[cfg(unix)]
use super::vfs::of_connection::index_file;

/// The files that a connection has open.
#[derive(Default)]
pub struct OpenFiles {
    #[cfg(unix)]
    watch: std::cell::RefCell<Option<unix::Watch>>,
    /// How many answers may yet come from memory before the files are checked.
    unseen: std::cell::Cell<u32>,
}

/// How many answers come from memory between two checks: a check costs a third of a read.
const UNSEEN: u32 = 32;

impl OpenFiles {
    /// Whether one of the files was moved, deleted or replaced since it was opened. `wal` is which WAL of this connection is
    /// open, `None` where there is none or nobody can say.
    ///
    /// # Safety
    /// `database` is open, and the same in every call.
    pub unsafe fn has_changed(&self, database: *mut ffi::sqlite3, wal: Option<u32>) -> bool {
        // SAFETY: the caller promises that `database` is open.
        let look = || unsafe { has_moved(database) };
        #[cfg(unix)]
        {
            let mut watch = self.watch.borrow_mut();
            if watch.is_none() {
                // SAFETY: the caller promises that `database` is open.
                *watch = unsafe { unix::Watch::of(database) };
            }
            // SAFETY: the caller promises that `database` is open.
            let mapped = || unsafe { index_file(database) };
            watch.as_ref().map_or_else(look, |watch| watch.has_changed(wal, look, mapped))
        }
        #[cfg(not(unix))]
        {
            // Elsewhere nobody can delete a file that is open.
            let _ = wal;
            look()
        }
    }

    /// Whether no answer may come from memory: a WAL index that is no longer at its path doesn't show the commits of others
    /// any more.
    ///
    /// # Safety
    /// As for `has_changed`.
    pub unsafe fn forbids_memory(&self, database: *mut ffi::sqlite3, wal: Option<u32>) -> bool {
        let unseen = self.unseen.get();
        if unseen > 0 {
            self.unseen.set(unseen - 1);
            return false;
        }
        // SAFETY: the caller promises that `database` is open.
        let changed = unsafe { self.has_changed(database, wal) };
        // Once a file has changed, every read checks.
        self.unseen.set(if changed { 0 } else { UNSEEN });
        changed
    }

    /// Whether the WAL at the path is not the one that is open, or others can have committed to it through another index: then
    /// a checkpoint would write over what they committed.
    pub fn has_anothers_wal(&self) -> bool {
        #[cfg(unix)]
        return self.watch.borrow().as_ref().is_some_and(unix::Watch::has_anothers_wal);
        #[cfg(not(unix))]
        false
    }

    /// Closes the folder.
    pub fn forget(&self) {
        #[cfg(unix)]
        self.watch.take();
    }
}

/// SQLite's own answer: it asks the system for the file at the path, which costs a tenth of a small commit.
///
/// # Safety
/// `database` is open.
unsafe fn has_moved(database: *mut ffi::sqlite3) -> bool {
    let mut moved: c_int = 0;
    // SAFETY: the caller promises that `database` is open; the control writes one int, or nothing where there is no file.
    unsafe {
        let control = ffi::SQLITE_FCNTL_HAS_MOVED;
        ffi::sqlite3_file_control(database, c"main".as_ptr(), control, (&raw mut moved).cast());
    }
    moved != 0
}

/// Deleting, replacing or renaming a file changes the modification time of its folder. That is read before every write, at a
/// third of the cost of a path. The paths themselves are read where it has changed, and where that was last done a millisecond
/// ago: a folder above can be renamed, too. Two changes within a tick of the kernel's clock look like one, so a time is relied
/// on only once it is older than a tick.
#[cfg(unix)]
mod unix {
    use std::cell::{Cell, RefCell};
    use std::ffi::{CStr, OsStr};
    use std::fs::File;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

    use rusqlite::ffi;

    use super::{Inode, beside, inode};

    const BELIEVED: Duration = Duration::from_millis(1);

    /// Longer than a tick of any kernel's clock.
    const TICK: Duration = Duration::from_millis(20);

    pub struct Watch {
        folder: File,
        wal: PathBuf,
        index: PathBuf,
        /// When the paths were read last, and the folder's times then.
        seen: Cell<Option<(Instant, Stamp)>>,
        /// Which WAL of the connection is open, and the inodes of it and its index. SQLite has both open, so no other file is
        /// given these inodes meanwhile.
        beside: RefCell<Option<(u32, [Inode; 2])>>,
    }

    /// When a folder was changed last, and which WAL was open then.
    type Stamp = ([i64; 4], Option<u32>);

    impl Watch {
        /// `None` for a database without a file, and where the folder can't be opened.
        ///
        /// # Safety
        /// `database` is open.
        pub unsafe fn of(database: *mut ffi::sqlite3) -> Option<Self> {
            // SAFETY: the caller promises that `database` is open; the name is null or a C string that lives as long as that.
            let name = unsafe {
                let name = ffi::sqlite3_db_filename(database, c"main".as_ptr());
                (!name.is_null()).then(|| CStr::from_ptr(name))?
            };
            let path = Path::new(OsStr::from_bytes(name.to_bytes()));
            // Of the folder only: closing a descriptor of the file would drop the process's locks on it (`fcntl(2)`).
            let folder = File::open(path.parent()?).ok()?;
            Some(Self {
                folder,
                wal: beside(name, "-wal"),
                index: beside(name, "-shm"),
                seen: Cell::new(None),
                beside: RefCell::new(None),
            })
        }

        /// Whether a path leads to another file now; `look` tells that of the database's own path, where it has to be read again.
        /// `mapped` is the file that the WAL's index was mapped from.
        pub fn has_changed(
            &self,
            wal: Option<u32>,
            look: impl FnOnce() -> bool,
            mapped: impl FnOnce() -> Option<Inode>,
        ) -> bool {
            let Ok(found) = self.folder.metadata() else { return look() };
            let times = [found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()];
            let (now, stamp) = (Instant::now(), (times, wal));
            if self.seen.get().is_some_and(|(at, seen)| seen == stamp && now.duration_since(at) < BELIEVED) {
                return false;
            }
            let changed = look() || self.wal_has_changed(wal, mapped);
            // Once a file has changed, every write reads the paths.
            self.seen.set((!changed && is_past(found.ctime(), found.ctime_nsec())).then_some((now, stamp)));
            changed
        }

        pub fn has_anothers_wal(&self) -> bool {
            let known = self.beside.borrow();
            let Some((_, [wal, index])) = *known else { return false };
            let others =
                std::fs::metadata(&self.wal).is_ok_and(|found| (found.dev(), found.ino()) != wal && found.len() > 0);
            others || inode(&self.index) != Some(index)
        }

        fn wal_has_changed(&self, wal: Option<u32>, mapped: impl FnOnce() -> Option<Inode>) -> bool {
            let mut known = self.beside.borrow_mut();
            let Some(wal) = wal else {
                *known = None;
                return false;
            };
            let Some(found) = inode(&self.wal).zip(inode(&self.index)) else { return true };
            let found = [found.0, found.1];
            match *known {
                Some((same, files)) if same == wal => files != found,
                _ => {
                    // All connections of a process share the index that the first one mapped: it may be gone from its path already.
                    let files = [found[0], mapped().unwrap_or(found[1])];
                    *known = Some((wal, files));
                    files != found
                }
            }
        }
    }

    /// Whether a later change would have a later time.
    fn is_past(seconds: i64, nanoseconds: i64) -> bool {
        let changed = Duration::new(seconds.max(0).cast_unsigned(), nanoseconds as u32);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.checked_sub(changed).is_some_and(|age| age > TICK)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::rc::Rc;
    use std::time::Duration;

    use super::super::{Connection, open};
    use super::UNSEEN;
    use crate::test_folder::Folder;

    fn opened(folder: &Folder) -> Rc<Connection> {
        let options = open::Options { readonly: false, must_exist: false, timeout: Duration::ZERO, watched: true };
        let connection = open::bare(&folder.database(), options).unwrap();
        let setup = "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (v)";
        connection.with(|inner| Ok(inner.execute_batch(setup)?)).unwrap();
        connection.check_same_file().unwrap();
        connection
    }

    #[test]
    fn nothing_is_answered_from_memory_for_long_beside_a_wal_that_was_taken_away() {
        for end in ["-wal", "-shm"] {
            let folder = Folder::new();
            let connection = opened(&folder);
            let generation = connection.generation();
            assert!(generation != 0 && (0..100).all(|_| connection.generation() == generation));
            let file = folder.join(&format!("visual.db{end}"));
            std::fs::rename(&file, folder.join("away")).unwrap();
            assert!((0..=UNSEEN).any(|_| connection.generation() == 0), "{end}");
            assert!((0..100).all(|_| connection.generation() == 0), "{end}");
            std::fs::rename(folder.join("away"), &file).unwrap();
            assert_eq!(connection.generation(), generation, "{end}");
        }
    }

    #[test]
    fn an_empty_file_instead_of_the_wal_keeps_no_commit_from_the_database() {
        let folder = Folder::new();
        let connection = opened(&folder);
        connection.with(|inner| Ok(inner.execute_batch("INSERT INTO t VALUES (1)")?)).unwrap();
        let wal = folder.join("visual.db-wal");
        std::fs::remove_file(&wal).unwrap();
        std::fs::write(&wal, "").unwrap();
        assert!(connection.check_same_file().is_err());
        connection.close().unwrap();
        let rows = |inner: &rusqlite::Connection| Ok(inner.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?);
        assert_eq!(opened(&folder).with(rows), Ok(1));
    }

    #[test]
    fn who_comes_later_notices_an_index_that_was_taken_away_before() {
        let folder = Folder::new();
        let first = opened(&folder);
        let file = folder.join("visual.db-shm");
        std::fs::rename(&file, folder.join("away")).unwrap();
        std::fs::copy(folder.join("away"), &file).unwrap();
        let options = open::Options { readonly: false, must_exist: true, timeout: Duration::ZERO, watched: true };
        let later = open::bare(&folder.database(), options).unwrap();
        later.with(|inner| Ok(inner.execute_batch("SELECT * FROM t")?)).unwrap();
        assert!(later.check_same_file().is_err());
        // Nobody has the old index open any more.
        for connection in [first, later] {
            connection.close().unwrap();
        }
        opened(&folder).check_same_file().unwrap();
    }
}
