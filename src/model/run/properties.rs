//! Whatever is called, in whatever order and at whatever time: what always holds. The sequences are random, from seeds that a failure
//! shows.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::*;
use crate::model::random::Random;

/// Time passes: a moment, hours of sleep, a jump of the wall clock, a reboot.
fn later(random: &mut Random, now: Moment) -> Moment {
    let passed = random.of(&[0, 1, 20, 200, 2_000, 400_000]);
    let mut now = now.plus(random.below(passed + 1));
    match random.below(40) {
        0 => now.wall_ms += 3_600_000,
        1 => now.wall_ms -= 3_600_000,
        2 => now = now.plus(8 * 3_600_000),
        3 => now = Moment { boot: Boot(now.boot.0 + 1), monotonic_ms: 0, ..now },
        _ => {}
    }
    now
}

/// A call, mostly with the last token or an earlier one.
fn call(random: &mut Random, run: &Run) -> Call {
    let token = if random.one_in(3) { random.below(run.token + 3) } else { run.token };
    let lease_ms = random.of(&[1, 100, 60_000]);
    match random.below(22) {
        0..4 => Call::Claim { lease_ms },
        4 => Call::Heartbeat { token, lease_ms: random.one_in(2).then_some(lease_ms) },
        5 => Call::AppendOutput { token },
        6 => Call::RecordUsage,
        7..9 => Call::Wait { token },
        9..12 => Call::Answer,
        12..15 => {
            let outcome = if random.one_in(2) { Outcome::Failed } else { random.of(&Outcome::ALL) };
            Call::Finish { token, outcome, chance: random.next() as u32 }
        }
        15 => Call::Release { token },
        16 => Call::Retry,
        17..20 => Call::Sweep { alive: random.one_in(4), grace_ms: random.of(&[0, 50]) },
        _ => match random.below(10) {
            0..4 => Call::Cancel,
            4..6 => Call::GiveUp,
            6 => Call::Delete,
            _ => Call::Claim { lease_ms },
        },
    }
}

fn token_of(call: &Call) -> Option<i64> {
    match *call {
        Call::Heartbeat { token, .. }
        | Call::AppendOutput { token }
        | Call::Wait { token }
        | Call::Finish { token, .. }
        | Call::Release { token } => Some(token),
        _ => None,
    }
}

/// What holds for a run in any state.
fn is_sound(run: &Run) {
    assert!(run.attempt <= run.max_attempts);
    assert!(run.settled.len() <= run.attempt as usize && run.settled.is_sorted_by(|a, b| a < b));
    assert!(run.settled.iter().all(|token| (1..=run.token).contains(token)));
    assert!(i64::from(run.attempt) <= run.token);
    assert_eq!(run.started_at.is_some(), run.attempt > 0);
    assert!(run.worked_ms >= 0 && run.duration_ms >= 0);
    match run.state {
        // It can be claimed without exceeding its attempts, and nobody wants it to stop.
        State::Queued { answered, .. } => {
            assert!(answered || run.attempt < run.max_attempts);
            assert_eq!(run.cancel_requested_at, None);
        }
        State::Running { .. } => assert!(run.attempt > 0 && !run.settled.contains(&run.token)),
        State::Waiting => assert!(run.attempt > 0 && run.cancel_requested_at.is_none()),
        State::Ended { .. } => {}
    }
}

/// What holds for any call.
fn is_allowed(before: &Run, call: &Call, result: &crate::error::Result<Transition>) {
    let Ok(Transition { run: after, effect }) = result else { return };
    let was = before.status();
    assert_eq!(after.token, before.token + i64::from(*effect == Effect::Claimed));
    if matches!(effect, Effect::None | Effect::Allowed) || !was.is_open() {
        assert_eq!(after, before);
    }
    if *effect == Effect::Claimed {
        assert_eq!(was, Status::Queued);
        let goes_on = matches!(before.state, State::Queued { answered: true, .. });
        assert_eq!(after.attempt, before.attempt + u32::from(!goes_on));
    } else {
        assert!(after.attempt == before.attempt || matches!(call, Call::Release { .. }));
    }
    if let Some(token) = token_of(call) {
        let holds = was == Status::Running && token == before.token;
        assert!(holds || after == before && before.settled.contains(&token));
    }
    let next = after.status();
    assert!(
        next == was
            || match (was, next) {
                (Status::Queued, Status::Running) => matches!(call, Call::Claim { .. }),
                (Status::Running, Status::Queued) => {
                    matches!(call, Call::Release { .. } | Call::Finish { .. } | Call::Sweep { .. })
                }
                (Status::Running, Status::Waiting) => matches!(call, Call::Wait { .. }),
                (Status::Waiting, Status::Queued) => matches!(call, Call::Answer),
                (Status::Running, Status::Ended(End::Succeeded | End::Failed)) => matches!(call, Call::Finish { .. }),
                (Status::Running, Status::Ended(End::TimedOut)) => {
                    matches!(call, Call::Finish { .. } | Call::Sweep { .. })
                }
                (Status::Running, Status::Ended(End::Lost)) => {
                    matches!(call, Call::Sweep { .. }) && before.attempt == before.max_attempts
                }
                (Status::Waiting, Status::Ended(End::Lost)) => matches!(call, Call::GiveUp),
                (Status::Queued | Status::Waiting, Status::Ended(End::Cancelled)) => {
                    matches!(call, Call::Cancel | Call::Delete)
                }
                (Status::Running, Status::Ended(End::Cancelled)) => {
                    before.cancel_requested_at.is_some() || matches!(call, Call::Finish { .. } | Call::Delete)
                }
                _ => false,
            },
        "{was} became {next}"
    );
}

/// The life of a run over 40 calls. Counts the changes of its status.
fn live(seed: u64, followed: &mut HashMap<(Status, Status), u32>) -> (Run, Moment) {
    let mut random = Random(seed);
    let mut now = Moment { boot: Boot(1), monotonic_ms: 0, wall_ms: 1_795_377_600_000 };
    let timeout_ms = random.one_in(2).then_some(1 + random.below(100_000));
    let max_attempts = 1 + random.below(4) as u32;
    let mut run = Run::new(New { available_at: None, max_attempts, timeout_ms }, now);
    let mut ends = 0;
    for _ in 0..40 {
        now = later(&mut random, now);
        let call = call(&mut random, &run);
        let result = apply("run-1", Some(&run), &call, now);
        is_allowed(&run, &call, &result);
        let Ok(Transition { run: after, effect }) = result else { continue };
        is_sound(&after);
        ends += u32::from(matches!(effect, Effect::Ended { .. }));
        assert_eq!(ends > 0, !after.status().is_open());
        *followed.entry((run.status(), after.status())).or_default() += 1;
        run = after;
    }
    assert!(ends <= 1);
    (run, now)
}

/// Prints the seed of a failure.
fn for_each_seed(count: u64, mut check: impl FnMut(u64)) {
    for seed in 0..count {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(seed))) {
            eprintln!("seed {seed}");
            resume_unwind(panic);
        }
    }
}

#[test]
fn no_sequence_of_calls_leaves_the_machine() {
    let mut seen = HashMap::new();
    for_each_seed(10_000, |seed| {
        live(seed, &mut seen);
    });
    // Every change that can happen did, so the sequences cover the machine.
    let follow: Vec<_> = Status::ALL.iter().flat_map(|was| Status::ALL.map(|next| (*was, next))).collect();
    let missing = follow.iter().filter(|(was, next)| was != next && !seen.contains_key(&(*was, *next))).count();
    // Of 56 pairs of two states: 1 from queued to running and 1 to cancelled, 7 from running, 3 from waiting.
    assert_eq!(missing, 56 - 12, "{seen:?}");
}

#[test]
fn no_run_is_stuck_whatever_became_of_its_workers() {
    for_each_seed(5_000, |seed| {
        let (mut run, mut now) = live(seed, &mut HashMap::new());
        // Nobody heartbeats any more; somebody sweeps, claims and answers, a day apart.
        for _ in 0..3 * (run.max_attempts + 1) {
            now = now.plus(86_400_000);
            for call in [Call::Sweep { alive: false, grace_ms: 0 }, Call::Answer, Call::Claim { lease_ms: 60_000 }] {
                if let Ok(transition) = apply("run-1", Some(&run), &call, now) {
                    run = transition.run;
                }
            }
        }
        assert!(!run.status().is_open(), "{run:?}");
    });
}

#[test]
fn a_token_that_finished_a_run_may_say_so_again_whatever_came_since() {
    for_each_seed(5_000, |seed| {
        let (run, now) = live(seed, &mut HashMap::new());
        for token in 0..run.token + 2 {
            for outcome in Outcome::ALL {
                let call = Call::Finish { token, outcome, chance: 0 };
                let result = apply("run-1", Some(&run), &call, now);
                let holds = run.status() == Status::Running && token == run.token;
                if run.settled.contains(&token) {
                    assert_eq!(result.unwrap(), Transition { run: run.clone(), effect: Effect::None });
                } else {
                    assert_eq!(result.is_ok(), holds);
                }
            }
        }
    });
}

#[test]
fn a_release_undoes_a_claim_but_for_its_token() {
    for_each_seed(5_000, |seed| {
        let (run, now) = live(seed, &mut HashMap::new());
        let claimed = apply("run-1", Some(&run), &Call::Claim { lease_ms: 1 }, now).unwrap();
        if claimed.effect != Effect::Claimed {
            return;
        }
        let token = claimed.run.token;
        let released = apply("run-1", Some(&claimed.run), &Call::Release { token }, now.plus(9)).unwrap().run;
        assert_eq!(
            (released.attempt, released.started_at, released.duration_ms, released.token),
            (run.attempt, run.started_at, run.duration_ms, run.token + 1)
        );
    });
}
