//! Restores from a file that holds anything.
#![no_main]

use std::path::{Path, PathBuf};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use visual_db::backup;
use visual_db::model::Given;
use visual_db::open::{self, Options};
use visual_db::sqlite::Frame;

fuzz_target!(|bytes: &[u8]| {
    let folder = folder();
    let (live, copy) = (folder.join("visual.db"), folder.join("copy.db"));
    let before = worktrees(&live);
    std::fs::write(&copy, bytes).unwrap();
    if backup::restore(&copy, &live, &mut backup::unreported).is_err() {
        assert_eq!(worktrees(&live), before, "not restored, and changed");
    } else {
        worktrees(&live);
    }
    assert_eq!(std::fs::read(&copy).unwrap(), bytes, "the backup was changed");
    let _ = std::fs::remove_dir_all(&folder);
});

/// All worktrees of a board, made where there is none.
fn worktrees(live: &Path) -> Vec<u8> {
    let options = Options {
        readonly: false,
        must_exist: false,
        timeout: Duration::ZERO,
        full: false,
        mode: 0o600,
        migrate: true,
        package_version: "1.0.0",
    };
    let (connection, store) = open::open(live, &options).expect("a board that is sound");
    let mut frame = Frame::default();
    let _ = store.list_worktrees(Given::Undefined, &mut frame);
    let text = frame.text().to_vec();
    store.abandon();
    connection.close().expect("closed");
    text
}

/// A folder of this process's own, in memory where there is such a place.
fn folder() -> PathBuf {
    let base = PathBuf::from("/dev/shm");
    let base = if base.is_dir() { base } else { std::env::temp_dir() };
    let folder = base.join(format!("visual-db-fuzz-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
