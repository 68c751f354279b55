//! File objects of the VFS: the default VFS's own, and behind it our part.

use std::ffi::c_int;
use std::ptr;
use std::sync::OnceLock;

use rusqlite::ffi;

/// The default VFS, as an address: it is static, and never unregistered.
static BASE: OnceLock<usize> = OnceLock::new();

/// The default VFS; null before `set_base`.
pub fn base() -> *mut ffi::sqlite3_vfs {
    ptr::with_exposed_provenance_mut(BASE.get().copied().unwrap_or_default())
}

/// Sets the default VFS, once.
pub fn set_base(base: *mut ffi::sqlite3_vfs) {
    BASE.get_or_init(|| base.expose_provenance());
}

/// Where our part begins in a file object: behind the default VFS's own, aligned.
pub fn behind(base: &ffi::sqlite3_vfs) -> c_int {
    (base.szOsFile + 7) / 8 * 8
}

/// Our part of a file object.
///
/// # Safety
/// `file` is a file object of this VFS.
pub unsafe fn part<T>(file: *mut ffi::sqlite3_file) -> *mut T {
    // SQLite aligns a file object to 8 bytes, and no further.
    const { assert!(align_of::<T>() <= 8) };
    // SAFETY: `szOsFile` makes room for it, at an offset that is as aligned as the object.
    unsafe { file.byte_add(behind(&*base()) as usize).cast() }
}
