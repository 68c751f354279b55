//! Whether a database file is still where it was opened. What is written to a deleted or replaced file is gone when the
//! last connection closes, and SQLite itself looks in its rollback mode only.

use std::ffi::c_int;

use rusqlite::ffi;

/// What is known of the place of a connection's file.
#[derive(Default)]
pub struct Place {
    #[cfg(target_os = "linux")]
    watch: std::cell::RefCell<Option<linux::Watch>>,
}

impl Place {
    /// Whether the file was moved, deleted or replaced since it was opened.
    ///
    /// # Safety
    /// `database` is open, and the same in every call.
    pub unsafe fn was_left(&self, database: *mut ffi::sqlite3) -> bool {
        // SAFETY: as the caller promises.
        let look = || unsafe { has_moved(database) };
        #[cfg(target_os = "linux")]
        {
            let mut watch = self.watch.borrow_mut();
            if watch.is_none() {
                // SAFETY: as the caller promises.
                *watch = unsafe { linux::Watch::of(database) };
            }
            let left = watch.as_ref().map_or_else(look, |watch| watch.was_left(look));
            if left {
                // What is at the path now may be another file.
                *watch = None;
            }
            left
        }
        #[cfg(not(target_os = "linux"))]
        look()
    }

    /// Lets go of the file.
    pub fn forget(&self) {
        #[cfg(target_os = "linux")]
        self.watch.take();
    }
}

/// SQLite's own answer: it asks the system for the file at the path, which costs a tenth of a small commit.
///
/// # Safety
/// `database` is open.
unsafe fn has_moved(database: *mut ffi::sqlite3) -> bool {
    let mut moved: c_int = 0;
    // SAFETY: as the caller promises; the control writes one int, or nothing where there is no file.
    unsafe {
        let control = ffi::SQLITE_FCNTL_HAS_MOVED;
        ffi::sqlite3_file_control(database, c"main".as_ptr(), control, (&raw mut moved).cast());
    }
    moved != 0
}

/// Deleting, replacing or renaming a file changes the number of its names or the time of its inode's last change. Those are
/// asked for before every write, at a third of the cost, and the path itself where they have changed, and where nobody has
/// asked for a millisecond: a folder can be renamed too, and two changes within a tick of the kernel's clock look like one.
#[cfg(target_os = "linux")]
mod linux {
    use std::cell::Cell;
    use std::ffi::{CStr, OsStr};
    use std::fs::{File, OpenOptions};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    use std::time::{Duration, Instant};

    use rusqlite::ffi;

    /// A descriptor of the name alone (`open(2)`): closing it does not drop the process's locks on the file, as closing
    /// any other would (`fcntl(2)`).
    const O_PATH: i32 = 0o10_000_000;

    const BELIEVED: Duration = Duration::from_millis(1);

    pub struct Watch {
        inode: File,
        /// When the path was asked for last, and what the inode was then.
        seen: Cell<Option<(Instant, Inode)>>,
    }

    #[derive(PartialEq, Clone, Copy)]
    struct Inode {
        names: u64,
        changed: (i64, i64),
    }

    impl Watch {
        /// `None` for a database without a file, and where the file can't be looked at.
        ///
        /// # Safety
        /// `database` is open.
        pub unsafe fn of(database: *mut ffi::sqlite3) -> Option<Self> {
            // SAFETY: as the caller promises; the name is null or a C string that lives as long as the connection.
            let name = unsafe {
                let name = ffi::sqlite3_db_filename(database, c"main".as_ptr());
                (!name.is_null()).then(|| CStr::from_ptr(name))?
            };
            let path = OsStr::from_bytes(name.to_bytes());
            let inode = OpenOptions::new().read(true).custom_flags(O_PATH).open(path).ok()?;
            Some(Self { inode, seen: Cell::new(None) })
        }

        /// Whether the file was left, by `look` where that has to be asked for anew. The first time it is: it holds the
        /// file at the path, which `inode` was just opened from, against the one that SQLite has.
        pub fn was_left(&self, look: impl FnOnce() -> bool) -> bool {
            let Ok(found) = self.inode.metadata() else { return look() };
            let inode = Inode { names: found.nlink(), changed: (found.ctime(), found.ctime_nsec()) };
            let now = Instant::now();
            if self.seen.get().is_some_and(|(at, seen)| seen == inode && now.duration_since(at) < BELIEVED) {
                return false;
            }
            self.seen.set(Some((now, inode)));
            look()
        }
    }
}
