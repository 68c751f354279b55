//! For how long a connection waits for locks: for as long as `PRAGMA busy_timeout` says.

use std::ffi::c_int;
use std::time::Duration;

use rusqlite::ffi;

use super::busy_handler::{Patience, wait};
use crate::engine::sqlite::driver::connection::Connection;
use crate::error::Result;

impl Connection {
    /// Waits for nobody while something runs.
    pub fn without_waiting<T>(&self, run: impl FnOnce() -> T) -> T {
        let usual = self.patience.timeout.get();
        self.patience.timeout.set(usual.map(|_| Duration::ZERO));
        let value = run();
        self.patience.timeout.set(usual);
        value
    }

    /// Whether others write as well: it had to wait for a lock within the last second.
    #[must_use]
    pub fn in_company(&self) -> bool {
        self.patience.turn.in_company()
    }

    /// Makes a break where others wait for the lock that is about to be taken, and this connection has had it for a while.
    fn let_others(&self) {
        let patience = &self.patience;
        if let Some(pause) = patience.turn.due().filter(|_| !self.in_transaction()) {
            std::thread::sleep(pause.min(patience.timeout.get().unwrap_or_default()));
        }
    }

    /// What comes before a write of the store: refuses one that isn't allowed, and lets others have their turn first.
    ///
    /// # Errors
    /// As [`Self::check_writable`] and [`Self::check_same_file`].
    pub fn prepare_to_write(&self) -> Result<()> {
        self.check_writable()?;
        self.let_others();
        self.check_same_file()
    }

    /// Waits up to `timeout` for locks that others hold.
    ///
    /// # Errors
    /// A `TypeError` once it is closed.
    pub fn wait_for_locks(&self, timeout: Duration) -> Result<()> {
        let raw = self.raw()?;
        self.patience.timeout.set(Some(timeout));
        let patience: *const Patience = &raw const self.patience;
        // SAFETY: the handle is open. The patience lives in the connection, which closes the handle before it is freed and
        // never moves: it always lives in an `Rc`.
        self.check(unsafe { ffi::sqlite3_busy_handler(raw, Some(wait), patience.cast_mut().cast()) })
    }

    /// Runs what compiles `sql`, so that `PRAGMA busy_timeout` tells and sets how long this waits. SQLite runs that pragma
    /// while it compiles it, and replaces any other busy handler by its own.
    pub fn compile<T>(&self, sql: &str, compile: impl FnOnce() -> T) -> T {
        let Some(timeout) = self.patience.timeout.get().filter(|_| mentions_timeout(sql)) else { return compile() };
        let milliseconds = c_int::try_from(timeout.as_millis()).unwrap_or(c_int::MAX);
        let Ok(raw) = self.raw() else { return compile() };
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_busy_timeout(raw, milliseconds) };
        let compiled = compile();
        // Asking would clear the error that the caller is about to read; what doesn't compile has set nothing.
        // SAFETY: compiling does not close the handle: it is open still.
        if unsafe { ffi::sqlite3_errcode(raw) } != ffi::SQLITE_OK {
            let _ = self.wait_for_locks(timeout);
            return compiled;
        }
        let asked = self.with(|inner| Ok(inner.pragma_query_value(None, "busy_timeout", |row| row.get::<_, i64>(0))?));
        let _ = self.wait_for_locks(asked.map_or(timeout, |now| Duration::from_millis(now.max(0).cast_unsigned())));
        compiled
    }
}

fn mentions_timeout(sql: &str) -> bool {
    const NAME: &[u8] = b"busy_timeout";
    sql.as_bytes().windows(NAME.len()).any(|window| window.eq_ignore_ascii_case(NAME))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn open() -> Rc<Connection> {
        Connection::new(rusqlite::Connection::open_in_memory().unwrap())
    }

    fn timeout(connection: &Connection) -> i64 {
        let mut timeout = 0;
        connection.exec("PRAGMA busy_timeout", |_| Ok(())).unwrap();
        connection.compile("PRAGMA busy_timeout", || {
            timeout =
                connection.with(|inner| Ok(inner.pragma_query_value(None, "busy_timeout", |row| row.get(0))?)).unwrap();
        });
        timeout
    }

    #[test]
    fn the_pragma_tells_and_sets_how_long_it_waits() {
        let connection = open();
        connection.wait_for_locks(Duration::from_millis(1234)).unwrap();
        assert_eq!(timeout(&connection), 1234);
        connection.exec("pragma BUSY_TIMEOUT = 77", |_| Ok(())).unwrap();
        assert_eq!(timeout(&connection), 77);
        assert_eq!(connection.patience.timeout.get(), Some(Duration::from_millis(77)));
    }

    #[test]
    fn what_mentions_it_and_does_not_compile_has_its_own_error() {
        let connection = open();
        connection.wait_for_locks(Duration::from_millis(1234)).unwrap();
        let error = connection.exec("SELECT busy_timeout FROM nowhere", |_| Ok(())).unwrap_err();
        assert!(error.message().contains("no such table"), "{error:?}");
        assert_eq!(timeout(&connection), 1234);
    }
}
