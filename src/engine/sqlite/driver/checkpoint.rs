//! When the write-ahead log (WAL) is checkpointed.
//!
//! SQLite tries that at every commit from the 1,000th frame on. Where somebody is always reading, the WAL is never reset: it
//! grows without end, and every commit, by anybody, pays for sorting its frames and for two syncs. Here a checkpoint is tried
//! for each 1,000 frames that are not backfilled. Where the WAL has grown long and nearly all of it is backfilled, whoever did
//! that, this connection waits a moment for the readers, so that the next commit resets the WAL.
//! `docs/decisions/0016-when-the-wal-is-checkpointed.md`.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::time::Duration;

use rusqlite::ffi;

use super::connection::Connection;
use super::vfs::of_connection;
use crate::error::Result;

/// How many frames may wait to be backfilled: SQLite's own default, so that a power cut takes no more of what
/// `synchronous: 'normal'` leaves to the system.
const WAITING: c_int = 1000;

/// From how many frames on a WAL should have been reset long ago: 16 MB with pages of 4 KiB.
const LONG: c_int = 4 * WAITING;

/// How long to wait for readers and for other writers: about as long as the syncs of a checkpoint take.
const MOMENT: Duration = Duration::from_millis(20);

impl Connection {
    /// How many frames the WAL had after this connection's latest commit.
    #[must_use]
    pub fn log_frames(&self) -> i32 {
        self.log_frames.get()
    }

    /// Checkpoints by these rules, until somebody sets `PRAGMA wal_autocheckpoint`.
    ///
    /// # Errors
    /// A `TypeError` once it is closed.
    pub fn checkpoint_after_commits(&self) -> Result<()> {
        let raw = self.raw()?;
        // SAFETY: the handle is open. The connection closes it before it is freed, and never moves: it always lives in an `Rc`.
        unsafe { ffi::sqlite3_wal_hook(raw, Some(committed), ptr::from_ref(self).cast_mut().cast()) };
        Ok(())
    }

    /// Whether to try a checkpoint now that the WAL has `frames` frames, of which `backfilled` are backfilled.
    ///
    /// The write lock was released before SQLite tells `frames`, and `backfilled` is read later still: others may have committed
    /// or reset the WAL in between, so the two may be of different WALs. They decide only whether this commit tries; SQLite's
    /// checkpoint itself reads the index again, under its locks. At worst it comes a thousand frames early or late.
    fn is_time_to_checkpoint(&self, frames: c_int, backfilled: c_int) -> bool {
        // The WAL is shorter than at the last try: it was reset. Where it is longer again already, this try comes late, but the
        // connections that made it longer have tried before.
        let tried = if frames < self.tried.get() { 0 } else { self.tried.get() };
        let is_time = frames.saturating_sub(backfilled.max(tried)) >= WAITING;
        self.tried.set(if is_time { frames } else { tried });
        is_time
    }

    /// Whether the WAL is to be reset: it has `frames` frames, of which `backfilled` are backfilled, as a passive checkpoint left
    /// them (-1 where another connection's was under way and nothing was done), or as somebody else's did. A connection with
    /// SQLite's own rule backfills at every commit: beside it there are never a thousand frames left for a checkpoint of ours, and
    /// nobody would reset the WAL.
    fn is_time_to_restart(&self, frames: c_int, backfilled: c_int) -> bool {
        // After waiting in vain this waits again a thousand frames later, or once the WAL was reset.
        let tried = if frames < self.tried_restart.get() { 0 } else { self.tried_restart.get() };
        // What is left is backfilled and synced under the write lock, so it has to be little. Where a snapshot is held it is
        // much, and waiting would be in vain.
        frames >= LONG && frames.saturating_sub(backfilled) < WAITING && (tried == 0 || frames - tried >= WAITING)
    }
}

/// SQLite calls this after a commit, with the number of frames that the WAL has now. The commit is made: whatever fails here is
/// not the caller's failure, and is tried again.
unsafe extern "C" fn committed(
    this: *mut c_void,
    connection: *mut ffi::sqlite3,
    name: *const c_char,
    frames: c_int,
) -> c_int {
    // SAFETY: SQLite's own arguments; `this` was given with the hook, and lives as long as the handle.
    unsafe {
        let Some(this) = this.cast::<Connection>().as_ref() else { return ffi::SQLITE_OK };
        this.patience.turn.committed();
        if CStr::from_ptr(name) == c"main" {
            this.log_frames.set(frames);
        }
        let run = |mode| {
            let (mut frames, mut backfilled) = (-1, -1);
            ffi::sqlite3_wal_checkpoint_v2(connection, name, mode, &raw mut frames, &raw mut backfilled);
            (frames, backfilled)
        };
        if CStr::from_ptr(name) == c"main" {
            let (mut frames, mut backfilled) = (frames, of_connection::backfilled(connection));
            if this.is_time_to_checkpoint(frames, backfilled) {
                (frames, backfilled) = run(ffi::SQLITE_CHECKPOINT_PASSIVE);
            }
            if this.is_time_to_restart(frames, backfilled) {
                // Where another connection's checkpoint is under way this returns at once, and the next commit tries again.
                let (told, _) = this.patience.at_most(MOMENT, || run(ffi::SQLITE_CHECKPOINT_RESTART));
                this.tried_restart.set(told.max(0));
            }
        } else if frames >= WAITING {
            run(ffi::SQLITE_CHECKPOINT_PASSIVE);
        }
    }
    ffi::SQLITE_OK
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::rc::Rc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::super::open;
    use super::*;
    use crate::test_folder::Folder;

    fn frames_of_log(folder: &Folder) -> u64 {
        std::fs::metadata(folder.join("visual.db-wal")).unwrap().len() / 4120
    }

    fn run(connection: &Connection, sql: &str) {
        connection.with(|inner| Ok(inner.execute_batch(sql)?)).unwrap();
    }

    fn opened(path: &Path) -> Rc<Connection> {
        let timeout = Duration::from_secs(5);
        let options = open::Options { readonly: false, must_exist: false, timeout, watched: true };
        let connection = open::bare(path, options).unwrap();
        run(&connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS t (v)");
        connection.wait_for_locks(timeout).unwrap();
        connection.checkpoint_after_commits().unwrap();
        connection
    }

    const COMMIT: &str = "INSERT INTO t VALUES (randomblob(12000))";

    #[test]
    fn a_wal_that_nobody_reads_is_backfilled_and_reset() {
        let folder = Folder::new();
        let writer = opened(&folder.database());
        for _ in 0..2_000 {
            run(&writer, COMMIT);
        }
        assert!(frames_of_log(&folder) < 1_100, "{} frames", frames_of_log(&folder));
    }

    /// How many frames a WAL has after `commits` commits, each followed by `then`, while somebody always reads.
    fn frames_while_read(commits: u32, then: impl Fn(&Path) -> Box<dyn FnMut()>) -> u64 {
        let folder = Folder::new();
        let path = folder.database();
        let writer = opened(&path);
        let mut then = then(&path);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let [mut one, mut other] = [opened(&path), opened(&path)];
                let read = "BEGIN; SELECT rowid FROM t LIMIT 1";
                run(&one, read);
                while !done.load(Ordering::Relaxed) {
                    run(&other, read);
                    run(&one, "COMMIT");
                    (one, other) = (other, one);
                }
            });
            for _ in 0..commits {
                run(&writer, COMMIT);
                then();
            }
            done.store(true, Ordering::Relaxed);
        });
        frames_of_log(&folder)
    }

    #[test]
    fn so_is_one_that_is_always_read() {
        let frames = frames_while_read(6_000, |_| Box::new(|| {}));
        // 30,000 were written. How soon a moment without readers of old frames is found depends on the machine.
        assert!(frames < 24_000, "{frames} frames");
    }

    #[test]
    fn and_one_that_somebody_else_backfills_at_every_commit() {
        let frames = frames_while_read(6_000, |path| {
            // SQLite's own rule, as better-sqlite3 and the shell have it, from the first frame on.
            let theirs = rusqlite::Connection::open(path).unwrap();
            theirs.execute_batch("PRAGMA wal_autocheckpoint = 1; PRAGMA synchronous = OFF").unwrap();
            theirs.busy_timeout(Duration::from_secs(5)).unwrap();
            Box::new(move || assert_eq!(theirs.execute("INSERT INTO t VALUES (1)", []), Ok(1)))
        });
        // Of more than 36,000.
        assert!(frames < 24_000, "{frames} frames");
    }

    #[test]
    fn and_so_is_one_that_somebody_held_for_long() {
        let folder = Folder::new();
        let [reader, writer] = [opened(&folder.database()), opened(&folder.database())];
        run(&reader, "BEGIN; SELECT count(*) FROM t");
        for _ in 0..1_500 {
            run(&writer, COMMIT);
        }
        run(&reader, "COMMIT");
        for _ in 0..400 {
            run(&writer, COMMIT);
        }
        let frames = frames_of_log(&folder);
        for _ in 0..400 {
            run(&writer, COMMIT);
        }
        assert_eq!(frames_of_log(&folder), frames, "it goes on from its beginning");
    }

    unsafe extern "C" fn count(waits: *mut c_void, _: c_int) -> c_int {
        // SAFETY: the test below gives it a counter that outlives the connection.
        unsafe { *waits.cast::<u32>() += 1 };
        0
    }

    #[test]
    fn nobody_waits_under_the_writers_lock_for_a_snapshot_that_is_held() {
        let folder = Folder::new();
        let [reader, writer] = [opened(&folder.database()), opened(&folder.database())];
        run(&reader, "BEGIN; SELECT count(*) FROM t");
        let mut waits = 0_u32;
        // SAFETY: the handle is open, and `waits` outlives it: it is read after the connection was dropped.
        unsafe { ffi::sqlite3_busy_handler(writer.raw().unwrap(), Some(count), (&raw mut waits).cast()) };
        for _ in 0..1_500 {
            run(&writer, COMMIT);
        }
        drop(writer);
        assert!(frames_of_log(&folder) > LONG as u64, "it was long enough to be reset");
        assert_eq!(waits, 0);
    }

    #[test]
    fn it_is_time_for_each_thousand_frames() {
        let connection = Connection::new(rusqlite::Connection::open_in_memory().unwrap());
        let times: Vec<c_int> = (1..=3_500).filter(|frames| connection.is_time_to_checkpoint(*frames, 0)).collect();
        assert_eq!(times, [1_000, 2_000, 3_000]);
        let again: Vec<c_int> = (1..=2_500).filter(|frames| connection.is_time_to_checkpoint(*frames, 600)).collect();
        assert_eq!(again, [1_600]);
    }
    #[test]
    fn numbers_of_two_different_wals_only_move_the_next_try() {
        let connection = Connection::new(rusqlite::Connection::open_in_memory().unwrap());
        // Others went on and backfilled more than this commit's frames; or reset the WAL, so that nothing of it is.
        assert!(!connection.is_time_to_checkpoint(500, 9_000));
        assert!(!connection.is_time_to_checkpoint(999, c_int::MAX));
        assert!(connection.is_time_to_checkpoint(1_400, 0));
        assert!(!connection.is_time_to_checkpoint(1_401, 1_400));
    }

    #[test]
    fn a_wal_is_reset_where_it_is_long_and_little_is_left() {
        let connection = Connection::new(rusqlite::Connection::open_in_memory().unwrap());
        let restarts = |frames, backfilled| connection.is_time_to_restart(frames, backfilled);
        assert!(restarts(4_000, 4_000) && restarts(4_000, 3_001));
        assert!(!restarts(4_000, 3_000) && !restarts(3_999, 3_999), "much is left; it is short");
        assert!(!restarts(-1, -1), "another connection was at it");
        assert!(!restarts(4_000, 0), "it was just reset");
        connection.tried_restart.set(4_500);
        assert!(!restarts(5_400, 5_400) && restarts(5_500, 5_500), "a thousand frames later");
        assert!(restarts(4_400, 4_400), "it is another WAL");
    }
}
