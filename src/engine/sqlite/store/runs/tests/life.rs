//! Random lives: the store says and keeps what the model does, whatever is called when.

use super::{Board, START};
use crate::engine::run::taker::Taker;
use crate::engine::{Asked, Runs, Workers};
use crate::error::{Error, Result};
use crate::model::Given;
use crate::model::run::{Boot, Call, Effect, Moment, New, Outcome, Run, State, Status, apply};
use crate::rows::Batch;

/// Random numbers from a seed (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as i64
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as i64) as usize]
    }
}

fn later(random: &mut Random, now: Moment) -> Moment {
    let passed = random.of(&[0, 1, 200, 2_000, 400_000]);
    let now = now.plus(random.below(passed + 1));
    match random.below(30) {
        0 => Moment { wall_ms: now.wall_ms + 3_600_000, ..now },
        1 => Moment { wall_ms: now.wall_ms - 3_600_000, ..now },
        2 => now.plus(8 * 3_600_000),
        3 => Moment { boot: Boot(now.boot.0 + 1), monotonic_ms: 0, ..now },
        _ => now,
    }
}

fn call(random: &mut Random, run: &Run) -> Call {
    let token = if random.below(3) == 0 { random.below(run.token + 3) } else { run.token };
    let lease_ms = random.of(&[1, 100, 60_000]);
    match random.below(14) {
        0..4 => Call::Claim { lease_ms },
        4 => Call::Heartbeat { token, lease_ms: random.of(&[None, Some(lease_ms)]) },
        5 => Call::Wait { token },
        6..8 => Call::Answer,
        8..10 => {
            let outcome = random.of(&[Outcome::Failed, Outcome::Failed, Outcome::Succeeded, Outcome::TimedOut]);
            Call::Finish { token, outcome, chance: 0 }
        }
        10 => Call::Release { token },
        11 => Call::Sweep { alive: false, grace_ms: random.of(&[0, 50]) },
        12 => Call::Sweep { alive: true, grace_ms: random.of(&[0, 50]) },
        _ => random.of(&[Call::Cancel, Call::Claim { lease_ms }, Call::Delete]),
    }
}

fn code<T>(result: &Result<T>) -> Option<&'static str> {
    match result.as_ref().err()?.parts().0 {
        Error::Coded { code, .. } => Some(code),
        other => panic!("{other:?}"),
    }
}

/// Makes the call on the store; returns the code of its error.
fn on_store(board: &Board, id: &str, run: &Run, call: &Call, now: Moment) -> Option<&'static str> {
    let (store, wall, batch) = (&board.store, board.now(), &mut Batch::default());
    let token = |token: i64| Given::Number(token as f64);
    let id = Given::Text(id);
    code(&match *call {
        Call::Claim { lease_ms } => {
            let taker = Taker { worker: "worker", lease_ms, zones: None, agents: None, goes_on: false };
            store.atomically(|| store.claim(&taker, 1, now)).map(drop)
        }
        Call::Heartbeat { token: of, lease_ms } => {
            let lease_ms = lease_ms.map_or(Given::Undefined, Given::Integer);
            store.heartbeat_run(&[id, token(of), lease_ms], wall, batch)
        }
        Call::Wait { token: of } => store.wait_run(&[id, token(of), Given::Text("May I?")], wall, batch),
        Call::Answer => store.answer_run(id, Given::Text("Yes"), wall, batch),
        Call::Finish { token: of, outcome, .. } => {
            let word = Status::Ended(outcome.into()).word();
            store.finish_run(&[id, token(of), Given::Text(word)], wall, batch)
        }
        Call::Release { token: of } => store.release_run(&[id, token(of)], wall, batch),
        Call::Cancel => store.cancel_run(id, Given::Undefined, wall, batch),
        Call::Sweep { alive, grace_ms } => {
            let Given::Text(id) = id else { return None };
            let asked = [Asked { id: id.into(), token: run.token, alive }];
            let asked = alive.then_some(&asked[..]);
            store.sweep_runs(Given::Integer(grace_ms), asked, wall, batch)
        }
        Call::Delete => {
            board.sql("DELETE FROM worktrees");
            board.furnish();
            Ok(())
        }
        _ => Ok(()),
    })
}

/// What decides, as far as the file has to keep it.
fn kept(run: &Run) -> impl PartialEq + std::fmt::Debug + use<> {
    let state = match run.state {
        State::Queued { answered, .. } => (Status::Queued, answered, None),
        State::Running { lease, answered, .. } => (Status::Running, answered, Some(lease)),
        State::Waiting | State::Ended { .. } => (run.status(), false, None),
    };
    (state, run.token, run.attempt, run.started_at, run.cancel_requested_at, run.worked_ms, run.duration_ms)
}

/// One run's life beside the model's; how it ended.
fn live(seed: u64) -> Status {
    let mut random = Random(seed);
    let board = Board::new();
    let (max_attempts, timeout_ms) = (1 + random.below(3) as u32, random.of(&[None, Some(50_000)]));
    let id = board.enqueue(max_attempts, timeout_ms);
    let mut run = Run::new(New { available_at: None, max_attempts, timeout_ms }, START);
    let (mut now, mut executions) = (START, 0);
    for step in 0..30 {
        now = later(&mut random, now);
        board.at(now);
        let call = call(&mut random, &run);
        let said = on_store(&board, &id, &run, &call, now);
        // A claim first takes away what is out of its lease or its time.
        let mut expected = Vec::new();
        if matches!(call, Call::Claim { .. }) {
            expected.push(Call::Sweep { alive: false, grace_ms: 0 });
        }
        expected.push(call);
        let mut code_of_model = None;
        for call in expected {
            let result = apply(&id, Some(&run), &call, now);
            code_of_model = code(&result);
            if let Ok(to) = result {
                executions += i64::from(matches!(to.effect, Effect::Ended { execution: true }));
                run = to.run;
            }
        }
        let what = format!("seed {seed}, step {step}: {call:?}");
        assert_eq!(said, code_of_model, "{what}");
        if call == Call::Delete {
            // Its times are the trigger's, and an execution goes with its worktree.
            assert!(!run.status().is_open() && board.count("SELECT count(*) FROM leases") == 0, "{what}");
            return run.status();
        }
        let record = board.store.load(&id).unwrap().unwrap();
        if record.life.token > run.token && run.status() == Status::Running {
            // A token is larger than the one before, by a random number.
            run.token = record.life.token;
        }
        assert_eq!(kept(&record.life), kept(&run), "{what}");
        if let State::Queued { not_before: Some(not_before), .. } = &mut run.state {
            // Half of a backoff is random.
            assert!((record.available_at - *not_before).abs() <= 300_000, "{what}");
            *not_before = record.available_at;
        }
        let waits = i64::from(run.status() == Status::Queued);
        let held = i64::from(run.status() == Status::Running);
        let places = "SELECT (SELECT count(*) FROM run_queue) + (SELECT count(*) FROM run_delayed)";
        assert_eq!(board.count(places), waits, "{what}");
        assert_eq!(board.count("SELECT count(*) FROM leases"), held, "{what}");
        assert_eq!(board.count("SELECT count(*) FROM zone_executions"), executions, "{what}");
    }
    run.status()
}

#[test]
fn the_store_keeps_to_the_model_whatever_is_called_when() {
    let mut ends = std::collections::HashSet::new();
    for seed in 0..400 {
        ends.insert(live(seed));
    }
    // All states but one, which chance may leave out.
    assert!(ends.len() >= 7, "{ends:?}");
}
