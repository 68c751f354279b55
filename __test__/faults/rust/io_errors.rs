//! The n-th open, read, write, truncation, sync or deletion fails, for every n, once and from then on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support;

use rusqlite::ffi;
use support::failing::{for_every, undisturbed, withstand};
use support::faulty_vfs::{self, Call, Fault};
use support::{Folder, amount, figure};

const CALLS: [(Call, i32); 9] = [
    (Call::Open, ffi::SQLITE_CANTOPEN),
    (Call::Read, ffi::SQLITE_IOERR_READ),
    (Call::Write, ffi::SQLITE_IOERR_WRITE),
    (Call::Write, ffi::SQLITE_FULL),
    (Call::Truncate, ffi::SQLITE_IOERR_TRUNCATE),
    (Call::Sync, ffi::SQLITE_IOERR_FSYNC),
    (Call::Size, ffi::SQLITE_IOERR_FSTAT),
    (Call::Delete, ffi::SQLITE_IOERR_DELETE),
    (Call::Map, ffi::SQLITE_IOERR_SHMMAP),
];

fn every_call_fails(forever: bool) {
    faulty_vfs::install();
    let folder = Folder::new();
    let contents = undisturbed(&folder);
    for (call, code) in CALLS {
        let failures = for_every(amount(3, 1), |after| {
            let fault = Fault { call, after, forever, code };
            withstand(&folder, &contents, forever, || faulty_vfs::fail(fault), faulty_vfs::heal)
        });
        assert!(failures > 0, "{call:?} never failed");
        let name = visual_db::engine::sqlite::driver::code::name(code).unwrap();
        let how = if forever { "from the n-th on" } else { "the n-th once" };
        figure(&format!("{call:?} fails with {name}, {how}"), &format!("{failures} failures: 0 lost, 0 corrupt"));
    }
}

#[test]
fn once() {
    every_call_fails(false);
}

#[test]
fn from_then_on() {
    every_call_fails(true);
}
