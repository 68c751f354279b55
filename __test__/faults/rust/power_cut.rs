//! A power cut at any moment: every prefix of what was written, with what was not synced lost, kept, torn or reordered.
//! With `synchronous: 'full'` nothing acknowledged is lost; with `'normal'` the latest commits may be, and no others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support;

use support::faulty_vfs::{self, Event};
use support::machine::{Machine, Unsynced};
use support::random::Random;
use support::workload::Board;
use support::{Folder, amount, figure};

/// A run of the workload: what was written, and the content after each operation.
struct Run {
    events: Vec<Event>,
    contents: Vec<String>,
}

fn run(full: bool) -> Run {
    faulty_vfs::install();
    let folder = Folder::new();
    faulty_vfs::record();
    let mut board = Board::open(&folder.database(), full).unwrap();
    let mut contents = vec![String::new()];
    for number in 0..amount(40, 90) {
        board.perform(number).unwrap();
        faulty_vfs::acknowledge();
        contents.push(board.content().unwrap());
    }
    board.connection.close().unwrap();
    drop(board);
    Run { events: faulty_vfs::recorded(), contents }
}

/// How a machine is, and what it promises.
#[derive(Clone, Copy)]
struct Machinery {
    /// The disk syncs when it is asked to.
    syncs: bool,
    /// Everything acknowledged is there afterwards.
    keeps_acknowledged: bool,
}

/// Cuts the power after each of the events; the first promise that is broken, or how many cuts there were.
fn cut_everywhere(run: &Run, machinery: Machinery, step: usize, cuts: u64) -> Result<u64, String> {
    let folder = Folder::new();
    let mut machine = Machine::default();
    machine.lies = !machinery.syncs;
    let mut acknowledged = 0;
    let mut count = 0;
    for (index, event) in run.events.iter().enumerate() {
        machine.apply(event);
        acknowledged += usize::from(matches!(event, Event::Acknowledged));
        if index % step != 0 {
            continue;
        }
        let earliest = if machinery.keeps_acknowledged { acknowledged } else { 0 };
        let latest = (acknowledged + 1).min(run.contents.len() - 1);
        for cut in 0..cuts {
            let unsynced = [Unsynced::Lost, Unsynced::Kept, Unsynced::Torn][cut.min(2) as usize];
            folder.clear();
            machine.lay(&folder.database(), unsynced, &mut Random::new(index as u64 * 31 + cut));
            let found = after_cut(&folder).map_err(|error| format!("event {index}, {unsynced:?}: {error}"))?;
            if !run.contents[earliest..=latest].contains(&found) {
                return Err(format!("event {index}, {unsynced:?}: {acknowledged} acknowledged, found\n{found}"));
            }
            count += 1;
        }
    }
    Ok(count)
}

fn after_cut(folder: &Folder) -> visual_db::error::Result<String> {
    let mut board = Board::open(&folder.database(), false)?;
    match board.check()?.as_str() {
        "ok" => board.content(),
        wrong => Err(visual_db::error::Error::Plain(wrong.into())),
    }
}

#[test]
fn synchronous_full_loses_nothing_that_was_acknowledged() {
    let run = run(true);
    let machinery = Machinery { syncs: true, keeps_acknowledged: true };
    let count = cut_everywhere(&run, machinery, amount(9, 1), amount(3, 8)).unwrap();
    let events = run.events.len();
    figure("power cuts, synchronous full", &format!("{count} cuts at {events} places: 0 lost, 0 corrupt"));
}

#[test]
fn synchronous_normal_loses_at_most_the_latest_and_is_never_corrupt() {
    let run = run(false);
    let machinery = Machinery { syncs: true, keeps_acknowledged: false };
    let count = cut_everywhere(&run, machinery, amount(9, 1), amount(3, 8)).unwrap();
    let events = run.events.len();
    figure("power cuts, synchronous normal", &format!("{count} cuts at {events} places: 0 corrupt"));
}

#[test]
fn control_normal_does_lose_the_latest() {
    let machinery = Machinery { syncs: true, keeps_acknowledged: true };
    cut_everywhere(&run(false), machinery, 1, 3).expect_err("nothing was lost, so these cuts prove nothing");
}

#[test]
fn control_a_disk_that_does_not_sync_does_lose() {
    let machinery = Machinery { syncs: false, keeps_acknowledged: true };
    cut_everywhere(&run(true), machinery, 1, 3).expect_err("nothing was lost, so these cuts prove nothing");
}

#[test]
fn control_a_disk_that_does_not_sync_corrupts() {
    let machinery = Machinery { syncs: false, keeps_acknowledged: false };
    cut_everywhere(&run(true), machinery, 1, 6).expect_err("nothing was corrupt, so these cuts prove nothing");
}
