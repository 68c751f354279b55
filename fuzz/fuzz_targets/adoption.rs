//! Opens a file that holds anything, with a write-ahead log of anything where the input has one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use visual_db::engine::sqlite::open;
use visual_db::engine::sqlite::store::Store;
use visual_db::engine::{Assignments, Executions, Lists, Statistics, Worktrees, Zones};
use visual_db::error::Result;
use visual_db::model::Given;
use visual_db::rows::Batch;
use visual_db_fuzz::{NOW, content, folder, options, split, worktree};

fuzz_target!(|bytes: &[u8]| {
    let (file, log) = split(bytes, b"\n--wal--\n");
    let folder = folder();
    let (path, beside) = (folder.join("visual.db"), folder.join("visual.db-wal"));
    std::fs::write(&path, file).unwrap();
    if let Some(log) = log {
        std::fs::write(&beside, log).unwrap();
    }
    match open::open(&path, &options(true)) {
        Err(_) => {
            assert_eq!(content(&path).as_deref(), Some(file), "refused, and changed");
            // SQLite leaves an empty one where there was none.
            assert_eq!(content(&beside).unwrap_or_default(), log.unwrap_or_default(), "refused, and its log changed");
        }
        Ok((connection, store)) => {
            // An error is an answer too; what counts is that each of them returns.
            read(&store);
            write(&store);
            read(&store);
            assert!(!connection.in_transaction());
            let _ = connection.close();
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
});

fn read(store: &Store) {
    let (zone, worktree) = (Given::Text("zone"), Given::Text("worktree"));
    let all = Given::Number(-1.0);
    let mut batch = Batch::default();
    let lists: [&dyn Fn(&mut Batch) -> Result<bool>; 10] = [
        &|batch| store.list_worktrees(Given::Undefined, batch),
        &|batch| store.list_worktrees(Given::Text("active"), batch),
        &|batch| store.list_zones(batch),
        &|batch| store.list_assignments(batch),
        &|batch| store.list_worktrees_in_zone(zone, batch),
        &|batch| store.list_executions_of_zone(zone, all, batch),
        &|batch| store.list_executions_of_worktree(worktree, all, batch),
        &|batch| store.get_worktree_zone(worktree, batch).map(|()| false),
        &|batch| store.execution_stats(Given::Undefined, Given::Undefined, batch).map(|()| false),
        &|batch| store.stats(batch).map(|()| false),
    ];
    for list in lists {
        batch.clear();
        let mut more = list(&mut batch);
        while more == Ok(true) {
            batch.clear();
            more = store.more(&mut batch);
        }
        store.abandon();
    }
}

/// Through every trigger and foreign key of the file.
fn write(store: &Store) {
    let (id, zone, none) = (Given::Text("new"), Given::Text("zone"), Given::Undefined);
    let mut batch = Batch::default();
    let run = [zone, id, Given::Text("agent"), Given::Text("prompt"), none, Given::Boolean(true)];
    // Issue, task, status and x.
    let changes = [none, none, Given::Text("idle"), Given::Number(2.0)];
    let _ = store.create_worktree("createWorktree", &worktree("new"), NOW, &mut batch);
    let _ = store.assign_worktree("assignWorktreeToZone", id, zone, NOW);
    let _ = store.record_execution("recordExecution", &run, 0.0, NOW);
    batch.clear();
    let _ = store.update_worktree(id, &changes, NOW, &mut batch);
    let _ = store.delete_worktree(id);
    let _ = store.delete_zone(zone);
}
