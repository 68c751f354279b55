//! Opens a file that holds anything.
#![no_main]

use std::path::PathBuf;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use visual_db::model::Given;
use visual_db::open::{self, Options};
use visual_db::sqlite::Frame;

fuzz_target!(|bytes: &[u8]| {
    let folder = folder();
    let file = folder.join("visual.db");
    std::fs::write(&file, bytes).unwrap();
    let options = Options {
        readonly: false,
        must_exist: true,
        timeout: Duration::ZERO,
        full: false,
        mode: 0o600,
        migrate: true,
        package_version: "1.0.0",
    };
    match open::open(&file, &options) {
        Err(_) => assert_eq!(std::fs::read(&file).unwrap(), bytes, "refused, and changed"),
        Ok((connection, store)) => {
            // An error is an answer too; what counts is that each of them returns.
            let mut frame = Frame::default();
            let _ = store.list_worktrees(Given::Undefined, &mut frame);
            frame.clear();
            let _ = store.list_zones(&mut frame);
            frame.clear();
            let _ = store.list_executions_of_zone(Given::Text("zone"), Given::Number(-1.0), &mut frame);
            frame.clear();
            let _ = store.stats(&mut frame);
            store.abandon();
            let _ = connection.close();
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
});

/// A folder of this process's own, in memory where there is such a place.
fn folder() -> PathBuf {
    let base = PathBuf::from("/dev/shm");
    let base = if base.is_dir() { base } else { std::env::temp_dir() };
    let folder = base.join(format!("visual-db-fuzz-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
