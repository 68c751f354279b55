use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::support::{Folder, content_of};
use crate::engine::sqlite::backup::retention::choose;
use crate::engine::sqlite::backup::{Create, Keep, create, prune, run_if_due, unreported};

/// Puts a copy of a backup into the folder as if it had been made at that time.
fn made_at(backup: &crate::engine::sqlite::backup::Backup, time: &str) -> PathBuf {
    let path = backup.path.with_file_name(format!("visual-{}.db", time.replace(':', "-")));
    fs::copy(&backup.path, &path).unwrap();
    let manifest = fs::read_to_string(format!("{}.json", backup.path.display())).unwrap();
    let manifest = manifest.replace(&backup.manifest.created_at, time);
    fs::write(format!("{}.json", path.display()), manifest).unwrap();
    path
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.file_name().unwrap().to_string_lossy()[7..17].to_owned()).collect()
}

#[test]
fn each_period_keeps_its_newest() {
    let times = [
        "2026-03-02T10:50:00.000Z", // a Monday
        "2026-03-02T10:10:00.000Z",
        "2026-03-02T09:00:00.000Z",
        "2026-03-01T23:00:00.000Z", // a Sunday: the week before
        "2026-02-28T12:00:00.000Z",
        "2026-02-01T12:00:00.000Z",
        "2025-12-31T12:00:00.000Z",
    ];
    let chosen = |keep| choose(&times, keep).iter().map(|kept| u8::from(*kept)).collect::<Vec<_>>();
    let none = Keep::default();
    assert_eq!(chosen(Keep { hourly: 2, ..none }), [1, 0, 1, 0, 0, 0, 0]);
    assert_eq!(chosen(Keep { daily: 3, ..none }), [1, 0, 0, 1, 1, 0, 0]);
    assert_eq!(chosen(Keep { weekly: 2, ..none }), [1, 0, 0, 1, 0, 0, 0]);
    assert_eq!(chosen(Keep { monthly: 9, ..none }), [1, 0, 0, 0, 1, 0, 1]);
    assert_eq!(chosen(Keep { hourly: 1, monthly: 2, ..none }), [1, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn only_backups_named_by_their_time_are_removed() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let backups = folder.join("backups");
    let named = create(
        &live,
        &Create { dest: Some(&backups.join("visual-before-release.db")), ..Create::default() },
        &mut unreported,
    );
    let safety = create(&live, &Create { label: Some("replaced"), ..Create::default() }, &mut unreported).unwrap();
    let newest = create(&live, &Create::default(), &mut unreported).unwrap();
    let old = made_at(&newest, "2020-01-01T00:00:00.000Z");
    let stranger = backups.join("visual-2019-01-01T00-00-00.000Z.db");
    fs::write(&stranger, "mine").unwrap();
    let keep = Keep { daily: 1, ..Keep::default() };
    assert_eq!(prune(&backups, "visual", keep, true).unwrap().removed, std::slice::from_ref(&old));
    assert!(old.exists(), "a dry run removes nothing");
    prune(&backups, "visual", keep, false).unwrap();
    assert!(!old.exists() && !PathBuf::from(format!("{}.json", old.display())).exists());
    for path in [named.unwrap().path, safety.path, newest.path, stranger] {
        assert!(path.exists(), "{}", path.display());
    }
}

#[test]
fn the_last_one_that_verifies_is_never_removed() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let newest = create(&live, &Create::default(), &mut unreported).unwrap();
    let good = made_at(&newest, "2020-01-02T00:00:00.000Z");
    made_at(&newest, "2020-01-01T00:00:00.000Z");
    let mut bytes = fs::read(&newest.path).unwrap();
    bytes[5000] ^= 1;
    fs::write(&newest.path, bytes).unwrap();
    let pruned = prune(&folder.join("backups"), "visual", Keep { daily: 1, ..Keep::default() }, false).unwrap();
    assert_eq!(pruned.kept, [newest.path, good]);
    assert_eq!(names(&pruned.removed), ["2020-01-01"]);
}

#[test]
fn keeping_nothing_is_refused() {
    let folder = Folder::new();
    let error = prune(&folder.0, "visual", Keep::default(), false).unwrap_err();
    assert!(error.message().contains("at least one of hourly"), "{error}");
}

#[test]
fn a_backup_is_made_when_it_is_due_and_by_one_alone() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let keep = Keep { hourly: 2, ..Keep::default() };
    let hour = Duration::from_secs(3600);
    let runs: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> =
            (0..4).map(|_| scope.spawn(|| run_if_due(&live, None, hour, keep, &mut unreported).unwrap())).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let made: Vec<_> = runs.iter().filter_map(|run| run.made.as_ref()).collect();
    assert_eq!(made.len(), 1);
    assert_eq!(content_of(&made[0].path), content_of(&live));
    let next = run_if_due(&live, None, hour, keep, &mut unreported).unwrap();
    assert!(next.made.is_none() && next.due_in > 3_590_000 && next.due_in <= 3_600_000, "{next:?}");
}

#[test]
fn a_backup_from_the_future_does_not_keep_the_next_one_from_being_made() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let keep = Keep { hourly: 9, ..Keep::default() };
    let hour = Duration::from_secs(3600);
    let first = run_if_due(&live, None, hour, keep, &mut unreported).unwrap().made.unwrap();
    made_at(&first, "2099-01-01T00:00:00.000Z");
    fs::remove_file(&first.path).unwrap();
    assert!(run_if_due(&live, None, hour, keep, &mut unreported).unwrap().made.is_some());
}

#[test]
fn a_manifest_whose_time_is_none_does_not_keep_the_next_backup_from_being_made() {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let keep = Keep { hourly: 9, ..Keep::default() };
    let hour = Duration::from_secs(3600);
    let first = run_if_due(&live, None, hour, keep, &mut unreported).unwrap().made.unwrap();
    let manifest = format!("{}.json", first.path.display());
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace(&first.manifest.created_at, "yesterday")).unwrap();
    assert!(run_if_due(&live, None, hour, keep, &mut unreported).unwrap().made.is_some());
}
