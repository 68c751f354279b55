//! Tables of a file's methods (`sqlite3_io_methods`), made from the default VFS's.

use std::ptr;
use std::sync::{Mutex, PoisonError};

use rusqlite::ffi;

/// Tables of methods with some replaced, each by the table it was made from. There is one for each kind of file system.
pub struct Tables(Mutex<Vec<(usize, usize)>>);

impl Tables {
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The table that stands for `methods`: a copy, changed by `replace`, when it is first asked for.
    pub fn replacing(
        &self,
        methods: &'static ffi::sqlite3_io_methods,
        replace: impl FnOnce(&mut ffi::sqlite3_io_methods),
    ) -> *const ffi::sqlite3_io_methods {
        let key = ptr::from_ref(methods).addr();
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, ours)) = tables.iter().find(|(known, _)| *known == key) {
            return ptr::with_exposed_provenance(*ours);
        }
        let mut ours = *methods;
        replace(&mut ours);
        let ours: *const ffi::sqlite3_io_methods = Box::leak(Box::new(ours));
        tables.push((key, ours.expose_provenance()));
        ours
    }

    /// Whether a table is one of these.
    pub fn contain(&self, methods: &ffi::sqlite3_io_methods) -> bool {
        let address = ptr::from_ref(methods).addr();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|(_, ours)| *ours == address)
    }
}
