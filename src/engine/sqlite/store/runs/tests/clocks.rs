//! What clocks do that tests in JavaScript can't make them do: a machine that sleeps, or is started again.

use super::{Board, START};
use crate::engine::Workers;
use crate::engine::run::taker::Taker;
use crate::model::Given;
use crate::model::run::{Boot, End, Moment, Status};

const MINUTE: i64 = 60_000;
const TAKER: Taker<'_> = Taker { worker: "worker", lease_ms: MINUTE, zones: None, agents: None, goes_on: false };

impl Board {
    fn claim_at(&self, now: Moment) -> usize {
        self.at(now);
        self.store.atomically(|| self.store.claim(&TAKER, 1, now)).unwrap().len()
    }

    fn status(&self, id: &str) -> Status {
        self.store.load(id).unwrap().unwrap().life.status()
    }
}

#[test]
fn a_machine_that_slept_finds_that_its_leases_ran_out() {
    let board = Board::new();
    board.enqueue(2, None);
    assert_eq!(board.claim_at(START), 1);
    // The wall clock was set back meanwhile.
    let morning = Moment { wall_ms: START.wall_ms, ..START.plus(8 * 60 * MINUTE) };
    assert_eq!(board.claim_at(morning), 1);
}

#[test]
fn after_a_reboot_the_wall_clock_tells() {
    let board = Board::new();
    let id = board.enqueue(3, None);
    assert_eq!(board.claim_at(START), 1);
    let rebooted = |boot, wall_ms| Moment { boot: Boot(boot), monotonic_ms: 5, wall_ms };
    assert_eq!(board.claim_at(rebooted(2, START.wall_ms + MINUTE - 1)), 0);
    assert_eq!(board.claim_at(rebooted(2, START.wall_ms + MINUTE)), 1);
    // A clock that was set back to 1970 shows more time left than was ever given.
    assert_eq!(board.claim_at(rebooted(3, 0)), 1);
    assert_eq!(board.store.load(&id).unwrap().unwrap().life.attempt, 3);
}

#[test]
fn a_claim_of_an_earlier_boot_goes_on_with_a_heartbeat_and_its_time_by_the_wall_clock() {
    let board = Board::new();
    let id = board.enqueue(1, Some(10 * MINUTE));
    board.claim_at(START);
    let rebooted = Moment { boot: Boot(2), monotonic_ms: 5, wall_ms: START.wall_ms + MINUTE / 2 };
    board.at(rebooted);
    let token = board.store.load(&id).unwrap().unwrap().life.token;
    let beat = [Given::Text(&id), Given::Number(token as f64), Given::Number(20.0 * MINUTE as f64)];
    board.row(|batch| board.store.heartbeat_run(&beat, board.now(), batch)).unwrap();
    let later = |ms| Moment { wall_ms: START.wall_ms + ms, ..rebooted.plus(ms - MINUTE / 2) };
    board.at(later(10 * MINUTE));
    assert_eq!((board.sweep(), board.status(&id)), (0, Status::Running));
    board.at(later(10 * MINUTE + 1));
    assert_eq!((board.sweep(), board.status(&id)), (1, Status::Ended(End::TimedOut)));
}

#[test]
fn where_no_boot_is_known_leases_go_by_the_wall_clock() {
    let board = Board::new();
    let start = Moment { boot: Boot::UNKNOWN, monotonic_ms: 0, ..START };
    board.enqueue(2, None);
    assert_eq!(board.claim_at(start), 1);
    let later = |ms| Moment { wall_ms: start.wall_ms + ms, ..start };
    assert_eq!((board.claim_at(later(MINUTE - 1)), board.claim_at(later(MINUTE))), (0, 1));
}

#[test]
fn it_is_known_when_something_is_due() {
    let board = Board::new();
    let due = |now: Moment| board.store.next_run_due(now.wall_ms as f64).unwrap();
    assert_eq!(due(START), None);
    board.enqueue(1, Some(MINUTE / 2));
    assert_eq!(due(START), None);
    board.claim_at(START);
    board.at(START.plus(10_000));
    // Its time is over before its lease runs out.
    assert_eq!(due(START.plus(10_000)), Some(MINUTE / 2 - 10_000 + 1));
    board.at(START.plus(2 * MINUTE));
    assert_eq!(due(START.plus(2 * MINUTE)), Some(0));
}
