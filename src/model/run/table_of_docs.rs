//! What every call does in every state, as `docs/runs.md` and `docs/decisions/0022-the-life-of-a-run.md` show it.

use std::fmt::Write;
use std::fs;

use super::*;
use crate::error::Error;

const PAGES: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/docs/runs.md"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/docs/decisions/0022-the-life-of-a-run.md"),
];
const NOW: Moment = Moment { boot: Boot(7), monotonic_ms: 1_000_000, wall_ms: 1_795_377_600_000 };
/// When a lease began that was given for a minute, and has run out.
const OLD: Moment = Moment { boot: Boot(7), monotonic_ms: 500_000, wall_ms: NOW.wall_ms - 500_000 };
const LAST: i64 = 2;

/// A run in its first attempt of two, by its second claim.
fn sample(status: Status) -> Run {
    let state = match status {
        Status::Queued => State::Queued { not_before: None, answered: false },
        Status::Running => State::Running { since: OLD, lease: Lease::granted(NOW, 60_000), answered: false },
        Status::Waiting => State::Waiting,
        Status::Ended(end) => State::Ended { end, at: OLD.wall_ms },
    };
    let new = Run::new(New { available_at: None, max_attempts: 2, timeout_ms: None }, OLD);
    Run { state, token: LAST, attempt: 1, started_at: Some(OLD.wall_ms), ..new }
}

/// A line of the table: a call, and how its runs differ from `sample`.
struct Line(&'static str, fn(&mut Run), Call);

fn nothing(_: &mut Run) {}

fn last_attempt(run: &mut Run) {
    run.attempt = run.max_attempts;
}

fn stop_requested(run: &mut Run) {
    run.cancel_requested_at = Some(OLD.wall_ms);
}

fn ran_out(run: &mut Run) {
    if let State::Running { lease, .. } = &mut run.state {
        *lease = Lease::granted(OLD, 60_000);
    }
}

fn both(run: &mut Run, one: fn(&mut Run), other: fn(&mut Run)) {
    one(run);
    other(run);
}

const fn finish(token: i64, outcome: Outcome) -> Call {
    Call::Finish { token, outcome, chance: 0 }
}

const FAILED: Call = finish(LAST, Outcome::Failed);
const SWEEP: Call = Call::Sweep { alive: false, grace_ms: 0 };

const LINES: [Line; 33] = [
    Line("`claimRuns`", nothing, Call::Claim { lease_ms: 60_000 }),
    Line(
        "… before `availableAt`",
        |run| {
            if let State::Queued { not_before, .. } = &mut run.state {
                *not_before = Some(NOW.wall_ms + 1);
            }
        },
        Call::Claim { lease_ms: 60_000 },
    ),
    Line("`heartbeatRun`", nothing, Call::Heartbeat { token: LAST, lease_ms: None }),
    Line("… an earlier token", nothing, Call::Heartbeat { token: 1, lease_ms: None }),
    Line("`appendOutput`", nothing, Call::AppendOutput { token: LAST }),
    Line("… an earlier token", nothing, Call::AppendOutput { token: 1 }),
    Line("`recordUsage`", nothing, Call::RecordUsage),
    Line("`waitRun`", nothing, Call::Wait { token: LAST }),
    Line("… to be cancelled", stop_requested, Call::Wait { token: LAST }),
    Line("… an earlier token", nothing, Call::Wait { token: 1 }),
    Line("`answerRun`", nothing, Call::Answer),
    Line("`finishRun`: `succeeded`", nothing, finish(LAST, Outcome::Succeeded)),
    Line("… `failed`, attempts left", nothing, FAILED),
    Line("… `failed`, the last attempt", last_attempt, FAILED),
    Line("… `failed`, to be cancelled", stop_requested, FAILED),
    Line("… `cancelled`", nothing, finish(LAST, Outcome::Cancelled)),
    Line("… `timedOut`", nothing, finish(LAST, Outcome::TimedOut)),
    Line("… an earlier token", nothing, finish(1, Outcome::Succeeded)),
    Line("… one that finished it before", |run| run.settled.push(1), finish(1, Outcome::Succeeded)),
    Line("`releaseRun`", nothing, Call::Release { token: LAST }),
    Line("… to be cancelled", stop_requested, Call::Release { token: LAST }),
    Line("… an earlier token", nothing, Call::Release { token: 1 }),
    Line("`cancelRun`", nothing, Call::Cancel),
    Line(
        "… before the first attempt",
        |run| {
            if run.status() == Status::Queued {
                (run.attempt, run.started_at) = (0, None);
            }
        },
        Call::Cancel,
    ),
    Line("… once more", stop_requested, Call::Cancel),
    Line("`retryRun`", nothing, Call::Retry),
    Line("given up by hand", nothing, Call::GiveUp),
    Line("`sweepRuns`: the lease ran out", ran_out, SWEEP),
    Line("… in the last attempt", |run| both(run, ran_out, last_attempt), SWEEP),
    Line("… to be cancelled", |run| both(run, ran_out, stop_requested), SWEEP),
    Line("… `isAlive` says yes", ran_out, Call::Sweep { alive: true, grace_ms: 0 }),
    Line("… over `timeoutMs`", |run| run.timeout_ms = Some(1), SWEEP),
    Line("its worktree or zone is deleted", nothing, Call::Delete),
];

fn cell(run: Option<&Run>, call: &Call) -> String {
    let Transition { run: after, effect } = match apply("run-1", run, call, NOW) {
        Ok(transition) => transition,
        Err(error) => {
            let Error::Coded { code, .. } = error.parts().0 else { panic!("{error:?} has no code") };
            return format!("`{code}`");
        }
    };
    if matches!(effect, Effect::None | Effect::Allowed) {
        assert_eq!(Some(&after), run, "{call:?}");
    }
    match effect {
        Effect::None => "as it is".into(),
        Effect::Allowed => "allowed".into(),
        Effect::CancelRequested => "running, to be cancelled".into(),
        Effect::Ended { execution: true } => format!("{}, an execution", after.status()),
        _ => after.status().to_string(),
    }
}

/// The cell of all ways of having ended, which has to be the same.
fn alike(cells: &[String]) -> String {
    assert!(cells.iter().all(|cell| *cell == cells[0]), "{cells:?}");
    cells[0].clone()
}

fn table() -> String {
    let mut table = String::from("| | no such run | queued | running | waiting | ended |\n|---|---|---|---|---|---|\n");
    let mut line = |name: &str, none: String, of: &dyn Fn(Status) -> String| {
        let cells: Vec<String> = Status::ALL.into_iter().map(of).collect();
        let ended = alike(&cells[3..]);
        writeln!(table, "| {name} | {none} | {} | {ended} |", cells[..3].join(" | ")).unwrap();
    };
    let enqueued = |run: Option<&Run>| {
        let new = New { available_at: None, max_attempts: 1, timeout_ms: None };
        if enqueue(run, new, NOW) == Enqueued::Found { "this one, as it is" } else { "a new run" }.to_owned()
    };
    line("`enqueueRun`, its `idempotencyKey`", enqueued(None), &|status| enqueued(Some(&sample(status))));
    for Line(name, special, call) in &LINES {
        line(name, cell(None, call), &|status| {
            let mut run = sample(status);
            special(&mut run);
            cell(Some(&run), call)
        });
    }
    table
}

#[test]
fn the_table_in_the_documents_is_what_the_code_does() {
    let table = table();
    for page in PAGES {
        let text = fs::read_to_string(page).unwrap();
        assert!(text.contains(&format!("\n{table}\n")), "{page} has to have this table:\n{table}");
    }
}

#[test]
fn no_call_is_missing_in_the_table() {
    let calls: std::collections::HashSet<_> = LINES.iter().map(|line| std::mem::discriminant(&line.2)).collect();
    // As many as `Call` has variants.
    assert_eq!(calls.len(), 13);
}
