use std::fs;
use std::path::Path;

use super::support::{Folder, add_zone, code, content, content_of, open};
use crate::engine::sqlite::backup::{Create, How, Progress, Stage, create, restore, resume, unreported};
use crate::error::Error;

#[test]
fn others_that_have_the_file_open_see_the_restored_rows() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let other = open(&live);
    let before = content(&other);
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    other.execute_batch("DELETE FROM worktrees").unwrap();
    add_zone(&other, "zone-new");
    let replaced = content(&other);
    let restored = restore(&backup.path, &live, &mut unreported).unwrap();
    assert_eq!(restored.how, How::Transaction);
    assert_eq!(content(&other), before);
    add_zone(&other, "zone-newer");
    assert_eq!(content_of(&live), content(&other));
    assert_eq!(content_of(&restored.safety.unwrap()), replaced);
}

#[test]
fn readers_see_the_old_state_until_the_new_one_is_committed() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let other = open(&live);
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    add_zone(&other, "zone-new");
    let old = content(&other);
    restore(&backup.path, &live, &mut |progress: Progress| {
        if progress.stage != Stage::Restore || progress.remaining_pages > 0 {
            assert_eq!(content(&other), old);
        }
        Ok(())
    })
    .unwrap();
    assert_ne!(content(&other), old);
}

#[test]
fn nothing_can_be_written_between_the_safety_copy_and_the_restore() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let other = open(&live);
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    let mut tried = 0;
    restore(&backup.path, &live, &mut |progress: Progress| {
        if matches!(progress.stage, Stage::Safety) || progress.stage == Stage::Restore && progress.remaining_pages > 0 {
            tried += 1;
            let refused = other.execute_batch("DELETE FROM zones").unwrap_err();
            assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy));
        }
        Ok(())
    })
    .unwrap();
    assert!(tried > 2);
}

#[test]
fn stopping_leaves_the_old_content() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    add_zone(&open(&live), "zone-new");
    let old = content_of(&live);
    for stage in [Stage::Verify, Stage::Safety, Stage::Restore] {
        let stopped = restore(&backup.path, &live, &mut |progress: Progress| {
            if progress.stage == stage { Err(Error::Plain("stop".into())) } else { Ok(()) }
        });
        assert_eq!(stopped, Err(Error::Plain("stop".into())));
        assert_eq!(content_of(&live), old);
    }
}

#[test]
fn a_crashed_file_and_its_log_are_replaced_and_kept() {
    let folder = Folder::new();
    let other = Folder::new();
    let backup = create(&other.fixture("js-layer.db"), &Create::default(), &mut unreported).unwrap();
    let live = folder.crashed();
    let crashed = content_of(&other.crashed());
    let restored = restore(&backup.path, &live, &mut unreported).unwrap();
    assert_eq!(restored.how, How::Transaction);
    assert_eq!(content_of(&live), content_of(&backup.path));
    assert_eq!(content_of(&restored.safety.unwrap()), crashed);
}

#[test]
fn where_there_is_no_file_one_is_made_and_a_stray_log_does_not_get_into_it() {
    let folder = Folder::new();
    let live = folder.crashed();
    let backup =
        create(&live, &Create { dest: Some(&folder.join("b.db")), ..Create::default() }, &mut unreported).unwrap();
    folder.crashed();
    fs::remove_file(&live).unwrap();
    let restored = restore(&backup.path, &live, &mut unreported).unwrap();
    assert_eq!((restored.how, restored.safety), (How::Created, None));
    assert_eq!(content_of(&live), content_of(&backup.path));
    assert!(folder.names().iter().any(|name| name.starts_with("visual.db-replaced-") && name.ends_with("-wal")));
}

#[test]
fn an_empty_file_is_filled() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    fs::write(&live, "").unwrap();
    let restored = restore(&backup.path, &live, &mut unreported).unwrap();
    assert_eq!((restored.how, restored.safety), (How::Transaction, None));
    assert_eq!(content_of(&live), content_of(&backup.path));
}

#[test]
fn another_page_size_is_no_obstacle() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    let connection = open(&live);
    connection
        .execute_batch("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM; PRAGMA journal_mode = WAL; DELETE FROM zones")
        .unwrap();
    restore(&backup.path, &live, &mut unreported).unwrap();
    assert_eq!(content(&connection), content_of(&backup.path));
    let size: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    assert_eq!(size, 1024);
}

#[test]
fn a_file_that_cannot_be_opened_is_moved_aside_with_its_log() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let backup =
        create(&live, &Create { dest: Some(&folder.join("b.db")), ..Create::default() }, &mut unreported).unwrap();
    fs::write(&live, "garbage".repeat(1000)).unwrap();
    fs::write(folder.join("visual.db-wal"), "log").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&live, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    let restored = restore(&backup.path, &live, &mut unreported).unwrap();
    assert_eq!(restored.how, How::Replaced);
    let aside = restored.safety.unwrap();
    assert_eq!(fs::read(&aside).unwrap(), "garbage".repeat(1000).as_bytes());
    assert_eq!(fs::read(format!("{}-wal", aside.display())).unwrap(), b"log");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&live).unwrap().permissions().mode() & 0o777, 0o640);
    }
    assert_eq!(content_of(&live), content_of(&backup.path));
    assert!(!folder.names().iter().any(|name| name.ends_with("-restore") || name.ends_with("partial")));
}

#[test]
fn a_restored_file_has_a_write_ahead_log_however_it_got_there() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let create_at = Create { dest: Some(&folder.join("b.db")), ..Create::default() };
    let backup = create(&live, &create_at, &mut unreported).unwrap();
    assert_eq!(versions(&backup.path), [1, 1]);
    let garbage = "garbage".repeat(1000);
    for (before, how) in [(None, How::Created), (Some(""), How::Transaction), (Some(garbage.as_str()), How::Replaced)] {
        fs::remove_file(&live).unwrap();
        if let Some(before) = before {
            fs::write(&live, before).unwrap();
        }
        assert_eq!(restore(&backup.path, &live, &mut unreported).unwrap().how, how);
        assert_eq!(versions(&live), [2, 2], "{how:?}");
        assert!(!folder.names().iter().any(|name| name.contains("partial") || name == "visual.db-wal"));
    }
    open(&live).execute_batch("PRAGMA journal_mode = DELETE").unwrap();
    assert_eq!(restore(&backup.path, &live, &mut unreported).unwrap().how, How::Transaction);
    assert_eq!(versions(&live), [2, 2]);
}

/// The versions of the file format for writing and reading: 2 is WAL, 1 the rollback journal.
fn versions(file: &Path) -> [u8; 2] {
    let bytes = fs::read(file).unwrap();
    [bytes[18], bytes[19]]
}

#[test]
fn resuming_where_nothing_was_begun_does_nothing() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    assert_eq!(resume(&live).unwrap(), None);
    assert_eq!(folder.names(), ["visual.db"]);
}

#[test]
fn the_database_itself_is_no_backup_of_it() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let link = folder.join("link.db");
    fs::hard_link(&live, &link).unwrap();
    assert_eq!(code(&restore(&link, &live, &mut unreported).unwrap_err()), "ERR_RESTORE_SAME_FILE");
}
