//! The n-th allocation of SQLite fails, for every n, once and from then on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support;

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

use rusqlite::ffi;
use support::failing::{for_every, undisturbed, withstand};
use support::{Folder, amount, figure};

thread_local! {
    /// How many allocations succeed until one fails; negative: none does.
    static LEFT: Cell<i64> = const { Cell::new(-1) };
    static FOREVER: Cell<bool> = const { Cell::new(false) };
    static FAILED: Cell<u32> = const { Cell::new(0) };
}

type Allocate = unsafe extern "C" fn(c_int) -> *mut c_void;
type Reallocate = unsafe extern "C" fn(*mut c_void, c_int) -> *mut c_void;

/// SQLite's own allocator.
static SYSTEM: OnceLock<(Allocate, Reallocate)> = OnceLock::new();

fn fails() -> bool {
    let left = LEFT.get();
    if left > 0 {
        LEFT.set(left - 1);
    }
    let fails = left == 0 && (FOREVER.get() || FAILED.get() == 0);
    if fails {
        FAILED.set(FAILED.get() + 1);
    }
    fails
}

unsafe extern "C" fn allocate(size: c_int) -> *mut c_void {
    // SAFETY: SQLite's own argument to its own allocator.
    if fails() { ptr::null_mut() } else { unsafe { SYSTEM.get().unwrap().0(size) } }
}

unsafe extern "C" fn reallocate(memory: *mut c_void, size: c_int) -> *mut c_void {
    // SAFETY: as above.
    if fails() { ptr::null_mut() } else { unsafe { SYSTEM.get().unwrap().1(memory, size) } }
}

/// Puts ours before SQLite's allocator. Only possible before SQLite is used.
fn install() {
    SYSTEM.get_or_init(|| {
        // SAFETY: an all-zero table of methods is one without methods, and SQLite fills it in.
        let mut methods: ffi::sqlite3_mem_methods = unsafe { std::mem::zeroed() };
        // SAFETY: SQLite isn't initialised yet; both options take a table.
        unsafe {
            assert_eq!(ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETMALLOC, &raw mut methods), ffi::SQLITE_OK);
            let system = (methods.xMalloc.unwrap(), methods.xRealloc.unwrap());
            methods.xMalloc = Some(allocate);
            methods.xRealloc = Some(reallocate);
            assert_eq!(ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw mut methods), ffi::SQLITE_OK);
            system
        }
    });
}

fn every_allocation_fails(forever: bool) {
    install();
    let folder = Folder::new();
    let contents = undisturbed(&folder);
    let failures = for_every(amount(61, 1), |after| {
        let arm = || {
            FOREVER.set(forever);
            FAILED.set(0);
            LEFT.set(after.into());
        };
        let heal = || {
            LEFT.set(-1);
            FAILED.get()
        };
        withstand(&folder, &contents, forever, arm, heal)
    });
    assert!(failures > 0, "no allocation failed");
    let how = if forever { "from the n-th on" } else { "the n-th once" };
    figure(&format!("allocations fail, {how}"), &format!("{failures} failures: 0 lost, 0 corrupt"));
}

#[test]
fn once_and_from_then_on() {
    every_allocation_fails(false);
    every_allocation_fails(true);
}
