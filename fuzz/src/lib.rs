//! What the targets share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use visual_db::engine::sqlite::open::Options;
use visual_db::engine::sqlite::store::Store;
use visual_db::engine::{Assignments, Lists, Statistics, Worktrees, Zones};
use visual_db::model::Given;
use visual_db::rows::Batch;

/// When everything happens.
pub const NOW: &str = "2026-01-01T00:00:00.000Z";

/// How files are opened: nothing is waited for, and a missing one is made where `must_exist` doesn't say otherwise.
#[must_use]
pub fn options(must_exist: bool) -> Options<'static> {
    Options {
        readonly: false,
        must_exist,
        timeout: Duration::ZERO,
        full: false,
        mode: 0o600,
        migrate: true,
        package_version: "1.0.0",
    }
}

/// A worktree with nothing but what it has to have.
#[must_use]
pub fn worktree(id: &'static str) -> [Given<'static>; 4] {
    [Given::Text(id), Given::Text("/worktree"), Given::Number(1.0), Given::Text("main")]
}

/// An empty folder of this process's own, in memory where there is such a place.
#[must_use]
pub fn folder() -> PathBuf {
    let base = PathBuf::from("/dev/shm");
    let base = if base.is_dir() { base } else { std::env::temp_dir() };
    let folder = base.join(format!("visual-db-fuzz-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// An input is a file and, after the marker, what lies beside it.
#[must_use]
pub fn split<'a>(bytes: &'a [u8], marker: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    // By its first byte first: the fuzzer's comparison of texts takes its time.
    match bytes.windows(marker.len()).position(|window| window[0] == marker[0] && window == marker) {
        Some(at) => (&bytes[..at], Some(&bytes[at + marker.len()..])),
        None => (bytes, None),
    }
}

/// The bytes of a file, `None` where there is none.
#[must_use]
pub fn content(file: &Path) -> Option<Vec<u8>> {
    std::fs::read(file).ok()
}

/// All rows of a board but the history, which `stats` counts.
///
/// # Panics
/// Where one of the lists can't be read.
#[must_use]
pub fn rows(store: &Store) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut batch = Batch::default();
    for list in 0..4 {
        batch.clear();
        let mut more = match list {
            0 => store.list_worktrees(Given::Undefined, &mut batch),
            1 => store.list_zones(&mut batch),
            2 => store.list_assignments(&mut batch),
            _ => store.stats(&mut batch).map(|()| false),
        };
        loop {
            all.push(batch.text().to_vec());
            all.push(batch.numbers().iter().flat_map(|number| number.to_le_bytes()).collect());
            if !more.expect("a list") {
                break;
            }
            batch.clear();
            more = store.more(&mut batch);
        }
    }
    all
}
