//! Restores from a file that holds anything, with a manifest of anything where the input has one.
#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use visual_db::engine::Worktrees;
use visual_db::engine::sqlite::backup;
use visual_db::engine::sqlite::open;
use visual_db::rows::Batch;
use visual_db_fuzz::{NOW, content, folder, options, rows, split, worktree};

fuzz_target!(|bytes: &[u8]| {
    static BOARD: OnceLock<Vec<u8>> = OnceLock::new();
    let board = BOARD.get_or_init(board);
    let (file, manifest) = split(bytes, b"\n--manifest--\n");
    let folder = folder();
    let (live, copy, beside) = (folder.join("visual.db"), folder.join("copy.db"), folder.join("copy.db.json"));
    std::fs::write(&live, board).unwrap();
    std::fs::write(&copy, file).unwrap();
    if let Some(manifest) = manifest {
        std::fs::write(&beside, manifest).unwrap();
    }
    match backup::restore(&copy, &live, &mut backup::unreported) {
        Err(_) => assert_eq!(content(&live).as_ref(), Some(board), "not restored, and changed"),
        Ok(restored) => {
            assert!(restored.safety.is_some_and(|safety| safety.exists()), "restored, and no safety copy");
            read(&live);
        }
    }
    assert_eq!(content(&copy).as_deref(), Some(file), "the backup was changed");
    assert_eq!(content(&beside).as_deref(), manifest, "its manifest was changed");
    let _ = std::fs::remove_dir_all(&folder);
});

/// The file of a board with a worktree in it.
fn board() -> Vec<u8> {
    let live = folder().join("visual.db");
    let (connection, store) = open::open(&live, &options(false)).expect("a new board");
    store.create_worktree("createWorktree", &worktree("kept"), NOW, &mut Batch::default()).expect("a worktree");
    connection.close().expect("closed");
    content(&live).expect("its file")
}

/// Reads a board that was verified, and so has to be sound.
fn read(live: &Path) {
    let (connection, store) = open::open(live, &options(true)).expect("a board that is sound");
    let _ = rows(&store);
    connection.close().expect("closed");
}
