//! A machine whose power fails: from what was written and synced to what its disk may hold afterwards.

use std::collections::HashMap;
use std::path::Path;

use super::faulty_vfs::{Event, File};
use super::random::Random;

const SECTOR: usize = 512;

/// What becomes of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    /// None of it is there.
    Lost,
    /// All of it is there.
    Kept,
    /// Some of it, also later writes without earlier ones, and of some only some sectors.
    Torn,
}

#[derive(Default)]
struct Disk {
    /// What is there for sure; `None`: no such file.
    synced: Option<Vec<u8>>,
    pending: Vec<Event>,
    /// Opened and not synced since: SQLite's first sync of a journal or log syncs the folder with it.
    folder_is_due: bool,
}

/// The machine.
#[derive(Default)]
pub struct Machine {
    disks: HashMap<File, Disk>,
    /// A disk that says it has synced, and has not.
    pub lies: bool,
}

impl Machine {
    /// Goes on by an event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Acknowledged => {}
            Event::Open { file } => self.disks.entry(*file).or_default().folder_is_due = *file != File::Database,
            Event::Sync { .. } if self.lies => {}
            Event::Sync { file } => {
                let disk = self.disks.entry(*file).or_default();
                disk.sync(disk.pending.len());
                if std::mem::take(&mut disk.folder_is_due) {
                    self.sync_folder();
                }
            }
            Event::Write { file, .. } | Event::Truncate { file, .. } | Event::Delete { file } => {
                self.disks.entry(*file).or_default().pending.push(event.clone());
            }
        }
    }

    /// What was deleted stays deleted.
    fn sync_folder(&mut self) {
        for disk in self.disks.values_mut() {
            let deleted = disk.pending.iter().rposition(|change| matches!(change, Event::Delete { .. }));
            disk.sync(deleted.map_or(0, |last| last + 1));
        }
    }

    /// Lays the files as the power cut leaves them.
    pub fn lay(&self, database: &Path, unsynced: Unsynced, random: &mut Random) {
        for (file, disk) in &self.disks {
            let ending = match file {
                File::Database => "",
                File::WriteAheadLog => "-wal",
                File::Journal => "-journal",
                File::Other => continue,
            };
            if let Some(bytes) = disk.after_cut(unsynced, random) {
                std::fs::write(format!("{}{ending}", database.display()), bytes).unwrap();
            }
        }
    }
}

impl Disk {
    /// Makes the first `count` changes last.
    fn sync(&mut self, count: usize) {
        for change in self.pending.drain(..count) {
            change_bytes(&mut self.synced, &change, |_| true);
        }
    }

    fn after_cut(&self, unsynced: Unsynced, random: &mut Random) -> Option<Vec<u8>> {
        let mut bytes = self.synced.clone();
        if unsynced == Unsynced::Lost {
            return bytes;
        }
        for change in &self.pending {
            let torn = unsynced == Unsynced::Torn && random.below(4) == 0;
            if unsynced == Unsynced::Kept || (!torn && random.coin()) {
                change_bytes(&mut bytes, change, |_| true);
            } else if torn {
                change_bytes(&mut bytes, change, |_| random.coin());
            } else if matches!(change, Event::Delete { .. }) {
                // The file that would have taken its place never came to be.
                break;
            }
        }
        bytes
    }
}

/// Does to bytes what was done to a file; of a write those sectors that `keep` chooses.
fn change_bytes(bytes: &mut Option<Vec<u8>>, change: &Event, mut keep: impl FnMut(usize) -> bool) {
    match change {
        Event::Delete { .. } => *bytes = None,
        Event::Truncate { size, .. } => bytes.get_or_insert_default().resize(*size, 0),
        Event::Write { at, bytes: written, .. } => {
            let bytes = bytes.get_or_insert_default();
            let mut from = 0;
            while from < written.len() {
                let sector = (at + from) / SECTOR;
                let to = ((sector + 1) * SECTOR - at).min(written.len());
                if keep(sector) {
                    if bytes.len() < at + to {
                        bytes.resize(at + to, 0);
                    }
                    bytes[at + from..at + to].copy_from_slice(&written[from..to]);
                }
                from = to;
            }
        }
        Event::Open { .. } | Event::Sync { .. } | Event::Acknowledged => {}
    }
}
