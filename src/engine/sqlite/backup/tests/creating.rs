use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::support::{Folder, add_zone, code, content, content_of, open};
use crate::engine::sqlite::backup::{
    Create, Kind, Listed, Progress, Stage, create, create_from_bytes, list, unreported, verify,
};
use crate::error::Error;

#[test]
fn a_backup_is_one_private_file_and_its_manifest() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    assert_eq!(backup.path.parent().unwrap(), folder.0.canonicalize().unwrap().join("backups"));
    let mut names: Vec<_> = fs::read_dir(folder.join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let name = backup.path.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.starts_with("visual-2") && name.ends_with("Z.db"), "{name}");
    assert_eq!(names, [name.clone(), format!("{name}.json")]);
    #[cfg(unix)]
    for file in names {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.join("backups").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let header = fs::read(&backup.path).unwrap();
    assert_eq!((header[18], header[19]), (1, 1), "not in write-ahead mode");
    assert_eq!(content_of(&backup.path), content_of(&live));
}

#[test]
fn what_a_crash_left_in_the_write_ahead_log_is_in_the_backup() {
    let folder = Folder::new();
    let live = folder.crashed();
    let backup = create(&live, &Create::default(), &mut unreported).unwrap();
    let alone = fs::read(format!("{}/__test__/fixtures/js-layer-crashed/visual.db", env!("CARGO_MANIFEST_DIR")));
    fs::write(folder.join("alone.db"), alone.unwrap()).unwrap();
    assert_eq!(content_of(&backup.path), content_of(&live));
    assert_ne!(fs::metadata(&backup.path).unwrap().len(), fs::metadata(folder.join("alone.db")).unwrap().len());
}

#[test]
fn writers_go_on_and_the_backup_is_one_state() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let writer = open(&live);
    let before = content(&writer);
    let mut written = 0;
    let backup = create(&live, &Create::default(), &mut |progress: Progress| {
        if progress.stage == Stage::Copy {
            written += 1;
            add_zone(&writer, &format!("new-{written}"));
        }
        if written > 500 { Err(Error::Plain("it starts over and over".into())) } else { Ok(()) }
    })
    .unwrap();
    assert!(written > 3, "the copy took {written} steps");
    assert_eq!(content_of(&backup.path), before);
}

#[test]
fn a_writer_without_pause_does_not_make_it_start_over() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let stop = AtomicBool::new(false);
    let (mut steps, mut restarts, mut remaining) = (0, 0, u32::MAX);
    let made = std::thread::scope(|scope| {
        scope.spawn(|| {
            let writer = open(&live);
            writer.busy_timeout(Duration::from_secs(5)).unwrap();
            for count in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                add_zone(&writer, &format!("new-{count}"));
            }
        });
        let made = create(&live, &Create::default(), &mut |progress: Progress| {
            if progress.stage == Stage::Copy {
                steps += 1;
                restarts += u32::from(progress.remaining_pages > remaining);
                remaining = progress.remaining_pages;
                // Time for a commit between any two steps.
                std::thread::sleep(Duration::from_millis(2));
            }
            if steps > 500 { Err(Error::Plain("it starts over and over".into())) } else { Ok(()) }
        });
        stop.store(true, Ordering::Relaxed);
        made
    });
    made.unwrap();
    assert_eq!(restarts, 0);
}

#[test]
fn stopping_leaves_nothing_behind() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    for stage in [Stage::Copy, Stage::Check, Stage::Publish] {
        let stopped = create(&live, &Create::default(), &mut |progress: Progress| {
            if progress.stage == stage { Err(Error::Plain("stop".into())) } else { Ok(()) }
        });
        assert_eq!(stopped, Err(Error::Plain("stop".into())));
        assert_eq!(fs::read_dir(folder.join("backups")).unwrap().count(), 0);
    }
}

#[test]
fn an_earlier_backup_may_be_replaced_another_file_may_not() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let dest = folder.join("copy.db");
    let to = Create { dest: Some(&dest), ..Create::default() };
    create(&live, &to, &mut unreported).unwrap();
    add_zone(&open(&live), "zone-new");
    let backup = create(&live, &to, &mut unreported).unwrap();
    assert_eq!(content_of(&backup.path), content_of(&live));
    let mine = folder.join("mine.txt");
    fs::write(&mine, "mine").unwrap();
    let refused = create(&live, &Create { dest: Some(&mine), ..to.clone() }, &mut unreported).unwrap_err();
    assert_eq!(code(&refused), "ERR_BACKUP_EXISTS");
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
    let itself = create(&live, &Create { dest: Some(&live), ..to }, &mut unreported).unwrap_err();
    assert!(itself.message().contains("its own backup"), "{itself}");
}

#[test]
fn a_damaged_database_has_no_backup_but_a_safety_copy() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let connection = open(&live);
    connection
        .execute_batch(
            "PRAGMA foreign_keys = OFF; INSERT INTO worktree_zones VALUES ('nobody', 'nowhere', '2026-01-01T00:00:00.000Z')",
        )
        .unwrap();
    let refused = create(&live, &Create::default(), &mut unreported).unwrap_err();
    assert_eq!(code(&refused), "ERR_BACKUP_DAMAGED");
    assert!(refused.message().contains("a row of worktree_zones refers to a row of"), "{refused}");
    let safety = Create { kind: Kind::Safety, ..Create::default() };
    let copy = create(&live, &safety, &mut unreported).unwrap();
    assert!(copy.manifest.damage.is_some());
    assert_eq!(verify(&copy.path, &mut unreported).unwrap(), copy);
}

#[test]
fn a_database_in_memory_is_backed_up_from_its_bytes() {
    let folder = Folder::new();
    let bytes = fs::read(folder.fixture("js-layer.db")).unwrap();
    let backup = create_from_bytes(&bytes, &folder.join("memory.db"), &mut unreported).unwrap();
    assert_eq!(content_of(&backup.path), content_of(&folder.join("visual.db")));
    let refused = create_from_bytes(b"no image", &folder.join("other.db"), &mut unreported).unwrap_err();
    assert!(refused.message().ends_with("file is not a database"), "{refused}");
}

#[test]
fn backups_are_listed_newest_first_with_what_is_wrong() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let first = create(&live, &Create::default(), &mut unreported).unwrap();
    let second = create(&live, &Create::default(), &mut unreported).unwrap();
    let backups = folder.join("backups");
    fs::write(backups.join("note.db"), "not a database").unwrap();
    let listed = list(&backups).unwrap();
    assert_eq!(listed[..2], [Listed::Backup(second), Listed::Backup(first)]);
    assert!(matches!(&listed[2], Listed::Problem { problem, .. } if problem.contains("not an SQLite database")));
    assert_eq!(list(&folder.join("nowhere")).unwrap(), []);
}
