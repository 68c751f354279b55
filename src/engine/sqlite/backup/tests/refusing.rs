use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::support::{Folder, code};
use crate::engine::sqlite::backup::{Create, create, restore, unreported, verify};

/// A good backup, a live database, and what is done to the backup.
fn refused(spoil: impl FnOnce(&Path)) -> (String, String) {
    let folder = Folder::new();
    let live = folder.fixture("js-layer.db");
    let backup = create(&live, &Create::default(), &mut unreported).unwrap().path;
    spoil(&backup);
    let before = fs::read(&live).unwrap();
    let error = verify(&backup, &mut unreported).unwrap_err();
    assert_eq!(restore(&backup, &live, &mut unreported).unwrap_err(), error);
    assert_eq!(fs::read(&live).unwrap(), before, "the live file is unchanged to the byte");
    (code(&error), error.message().to_owned())
}

fn without_manifest(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".json");
    fs::remove_file(name).unwrap();
    backup.to_path_buf()
}

fn truncate(backup: &Path) {
    let bytes = fs::read(backup).unwrap();
    fs::write(backup, &bytes[..bytes.len() / 2]).unwrap();
}

fn flip(backup: &Path) {
    let mut bytes = fs::read(backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(backup, bytes).unwrap();
}

#[test]
fn a_missing_file() {
    let (code, message) = refused(|backup| fs::remove_file(backup).unwrap());
    assert_eq!(code, "ERR_BACKUP_MISSING");
    assert!(message.contains("there is no such file"), "{message}");
}

#[test]
fn a_folder() {
    let (code, message) = refused(|backup| {
        fs::remove_file(backup).unwrap();
        fs::create_dir(backup).unwrap();
    });
    assert_eq!(code, "ERR_BACKUP_MISSING");
    assert!(message.contains("this is not a file"), "{message}");
}

#[test]
fn an_empty_file() {
    let (code, message) = refused(|backup| fs::write(backup, "").unwrap());
    assert_eq!(code, "ERR_BACKUP_EMPTY");
    assert!(message.contains("empty (0 bytes)"), "{message}");
}

#[test]
fn a_truncated_file() {
    for spoil in [|backup: &Path| truncate(backup), |backup: &Path| truncate(&without_manifest(backup))] {
        let (code, message) = refused(spoil);
        assert_eq!(code, "ERR_BACKUP_TRUNCATED");
        assert!(message.contains("truncated: "), "{message}");
    }
}

#[test]
fn one_flipped_bit() {
    let (code, message) = refused(flip);
    assert_eq!(code, "ERR_BACKUP_CHANGED");
    assert!(message.contains("it was changed after it was made"), "{message}");
}

#[test]
fn appended_bytes() {
    let (code, _) = refused(|backup| {
        let mut bytes = fs::read(backup).unwrap();
        bytes.extend([0; 4096]);
        fs::write(backup, bytes).unwrap();
    });
    assert_eq!(code, "ERR_BACKUP_CHANGED");
}

#[test]
fn a_damaged_page_without_a_manifest() {
    let (code, message) = refused(|backup| {
        let mut bytes = fs::read(without_manifest(backup)).unwrap();
        bytes[4096..4096 + 64].fill(0xff);
        fs::write(backup, bytes).unwrap();
    });
    assert_eq!(code, "ERR_BACKUP_DAMAGED");
    assert!(message.contains("damaged: "), "{message}");
}

#[test]
fn what_is_no_database() {
    let (code, message) = refused(|backup| {
        fs::write(without_manifest(backup), "a letter to my aunt".repeat(500)).unwrap();
    });
    assert_eq!(code, "ERR_BACKUP_NOT_A_DATABASE");
    assert!(message.contains("not an SQLite database"), "{message}");
}

#[test]
fn another_programs_database() {
    let (code, message) = refused(|backup| {
        fs::remove_file(without_manifest(backup)).unwrap();
        Connection::open(backup).unwrap().execute_batch("CREATE TABLE worktrees (id)").unwrap();
    });
    assert_eq!(code, "ERR_BACKUP_SCHEMA");
    assert!(message.contains("not a database of this package: "), "{message}");
    let (code, message) = refused(|backup| {
        let backup = Connection::open(without_manifest(backup)).unwrap();
        backup.execute_batch("PRAGMA application_id = 0x47504b47").unwrap();
    });
    assert_eq!(code, "ERR_BACKUP_SCHEMA");
    assert!(message.contains("not a database of this package: "), "{message}");
}

#[test]
fn a_newer_schema() {
    let (code, message) = refused(|backup| {
        let backup = Connection::open(without_manifest(backup)).unwrap();
        backup.execute_batch("PRAGMA application_id = 0x56444231; PRAGMA user_version = 99").unwrap();
    });
    assert_eq!(code, "ERR_BACKUP_NEWER");
    assert!(message.contains("version 99"), "{message}");
}

#[test]
fn a_broken_manifest() {
    let (code, message) = refused(|backup| fs::write(format!("{}.json", backup.display()), "{").unwrap());
    assert_eq!(code, "ERR_BACKUP_MANIFEST");
    assert!(message.contains("not a manifest"), "{message}");
}
