//! What a call makes of a run: the rules of its life, and nothing else.

use super::backoff::Backoff;
use super::call::{Call, Outcome};
use super::lease::Lease;
use super::moment::Moment;
use super::refusal;
use super::state::{Run, State};
use super::status::End;
use crate::error::Result;

/// What a call makes of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The run's facts from now on.
    pub run: Run,
    /// What happened.
    pub effect: Effect,
}

/// What happened to a run: it decides what an engine writes beside the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: nothing is written.
    None,
    /// The facts stay; what the call brings is added: output, usage, a new run.
    Allowed,
    /// A worker holds it, with the token in the facts.
    Claimed,
    /// Its lease lasts longer. The feed doesn't show it.
    Lengthened,
    /// Its worker is to hear that somebody wants it to stop.
    CancelRequested,
    /// It waits for a person.
    Asked,
    /// It is in the queue again.
    Requeued,
    /// It has ended.
    Ended {
        /// Whether it is to be recorded as an execution under its id.
        execution: bool,
    },
}

/// What a call makes of a run at a moment. An engine reads the facts and writes the outcome in one transaction.
///
/// # Errors
/// `ERR_NOT_FOUND` where there is no such run; `ERR_LEASE_LOST` where a worker's token isn't that of the claim that holds it;
/// `ERR_RUN_TRANSITION` where the state doesn't allow another call.
pub fn apply(id: &str, run: Option<&Run>, call: &Call, now: Moment) -> Result<Transition> {
    let Some(run) = run else { return Err(refusal::not_found(call, id)) };
    let held = |token| run.lease(token).ok_or_else(|| refusal::lease_lost(call, id, run, token));
    let refused = |must| Err(refusal::transition(call, id, run, must));
    let end = |end, execution| Ok(run.stopped(now).ended(end, execution, now));
    let is_open = run.status().is_open();
    match *call {
        Call::Claim { lease_ms } => Ok(run.claimed(lease_ms, now)),
        Call::Heartbeat { token, lease_ms } => {
            let lease = held(token)?;
            Ok(run.lengthened(lease.lengthened(now, lease_ms.unwrap_or(lease.length_ms))))
        }
        Call::AppendOutput { token } => held(token).map(|_| run.unchanged(Effect::Allowed)),
        Call::Finish { token, .. } if run.settled.contains(&token) => Ok(run.unchanged(Effect::None)),
        Call::Finish { token, outcome, chance } => held(token).map(|_| run.finished(token, outcome, chance, now)),
        Call::Wait { token } => held(token).map(|_| run.asked(now)),
        Call::Release { token } => held(token).map(|_| run.released(now)),
        Call::Answer if run.state == State::Waiting => Ok(run.clone().queued(None, true)),
        Call::GiveUp if run.state == State::Waiting => end(End::Lost, true),
        Call::Answer | Call::GiveUp => refused("a waiting run"),
        Call::Cancel if matches!(run.state, State::Running { .. }) => Ok(run.asked_to_stop(now)),
        Call::Cancel if is_open => end(End::Cancelled, run.started_at.is_some()),
        Call::Cancel => refused("a run that has not ended"),
        Call::Retry if is_open => refused("a run that has ended"),
        Call::RecordUsage | Call::Retry => Ok(run.unchanged(Effect::Allowed)),
        Call::Sweep { alive, grace_ms } => Ok(run.swept(alive, grace_ms, now)),
        Call::Delete if is_open => end(End::Cancelled, false),
        Call::Delete => Ok(run.unchanged(Effect::None)),
    }
}

impl Run {
    /// The lease that this token holds. One that ran out counts until somebody takes the run away.
    fn lease(&self, token: i64) -> Option<Lease> {
        match self.state {
            State::Running { lease, .. } if token == self.token => Some(lease),
            _ => None,
        }
    }

    /// Whether the claim that holds it, or the next one, goes on with an attempt after a person's answer.
    const fn is_answered(&self) -> bool {
        matches!(self.state, State::Queued { answered: true, .. } | State::Running { answered: true, .. })
    }

    fn unchanged(&self, effect: Effect) -> Transition {
        Transition { run: self.clone(), effect }
    }

    fn queued(mut self, not_before: Option<i64>, answered: bool) -> Transition {
        self.state = State::Queued { not_before, answered };
        Transition { run: self, effect: Effect::Requeued }
    }

    fn ended(mut self, end: End, execution: bool, now: Moment) -> Transition {
        self.state = State::Ended { end, at: now.wall_ms };
        Transition { run: self, effect: Effect::Ended { execution } }
    }

    /// The run with the time of its claim, which ends at this moment, added.
    fn stopped(&self, at: Moment) -> Self {
        Self { worked_ms: self.worked_ms_at(at), duration_ms: self.duration_ms_at(at), ..self.clone() }
    }

    fn claimed(&self, lease_ms: i64, now: Moment) -> Transition {
        let State::Queued { not_before, answered } = self.state else { return self.unchanged(Effect::None) };
        if not_before.is_some_and(|at| now.wall_ms < at) {
            return self.unchanged(Effect::None);
        }
        let mut run = self.clone();
        run.state = State::Running { since: now, lease: Lease::granted(now, lease_ms), answered };
        run.token = run.token.saturating_add(1);
        run.started_at.get_or_insert(now.wall_ms);
        if !answered {
            run.attempt = run.attempt.saturating_add(1);
            run.worked_ms = 0;
        }
        Transition { run, effect: Effect::Claimed }
    }

    fn lengthened(&self, lease: Lease) -> Transition {
        let mut run = self.clone();
        if let State::Running { lease: held, .. } = &mut run.state {
            *held = lease;
        }
        Transition { run, effect: Effect::Lengthened }
    }

    /// A run that is to stop gets no other attempt.
    fn finished(&self, token: i64, outcome: Outcome, chance: u32, now: Moment) -> Transition {
        let mut run = self.stopped(now);
        run.settled.push(token);
        if outcome == Outcome::Failed && run.may_try_again() {
            let delay = Backoff::STANDARD.delay_ms(run.attempt, chance);
            return run.queued(Some(now.wall_ms.saturating_add(delay)), false);
        }
        run.ended(outcome.into(), true, now)
    }

    /// A run that is to stop asks nobody.
    fn asked(&self, now: Moment) -> Transition {
        let mut run = self.stopped(now);
        if run.cancel_requested_at.is_some() {
            return run.ended(End::Cancelled, true, now);
        }
        run.state = State::Waiting;
        Transition { run, effect: Effect::Asked }
    }

    /// As if there had been no claim, but for its token.
    fn released(&self, now: Moment) -> Transition {
        if self.cancel_requested_at.is_some() {
            return self.stopped(now).ended(End::Cancelled, true, now);
        }
        let (mut run, answered) = (self.clone(), self.is_answered());
        if !answered {
            run.attempt = run.attempt.saturating_sub(1);
            run.started_at = run.started_at.filter(|_| run.attempt > 0);
        }
        run.queued(None, answered)
    }

    fn asked_to_stop(&self, now: Moment) -> Transition {
        if self.cancel_requested_at.is_some() {
            return self.unchanged(Effect::None);
        }
        let run = Self { cancel_requested_at: Some(now.wall_ms), ..self.clone() };
        Transition { run, effect: Effect::CancelRequested }
    }

    /// When a lease runs out, nobody knows of any later work: so a run whose worker died in time doesn't count as one that took too long.
    fn swept(&self, alive: bool, grace_ms: i64, now: Moment) -> Transition {
        let State::Running { lease, .. } = self.state else { return self.unchanged(Effect::None) };
        let until = if lease.ran_out(now, 0) { lease.deadline } else { now };
        let run = self.stopped(until);
        if run.timeout_ms.is_some_and(|most| run.worked_ms > most) {
            run.ended(End::TimedOut, true, now)
        } else if !lease.ran_out(now, grace_ms) {
            self.unchanged(Effect::None)
        } else if alive {
            self.lengthened(lease.lengthened(now, lease.length_ms))
        } else if run.cancel_requested_at.is_some() {
            run.ended(End::Cancelled, true, now)
        } else if run.may_try_again() {
            run.queued(None, false)
        } else {
            run.ended(End::Lost, true, now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Boot, New, Status};
    use super::*;

    #[test]
    fn waiting_for_a_person_does_not_count_for_the_timeout() {
        let start = Moment { boot: Boot(1), monotonic_ms: 0, wall_ms: 0 };
        let mut run = Run::new(New { available_at: None, max_attempts: 1, timeout_ms: Some(100) }, start);
        let mut step = |call: Call, at: i64| {
            run = apply("run-1", Some(&run), &call, start.plus(at)).unwrap().run;
            run.clone()
        };
        let sweep = Call::Sweep { alive: false, grace_ms: 0 };
        step(Call::Claim { lease_ms: 60_000 }, 0);
        assert_eq!(step(Call::Wait { token: 1 }, 60).worked_ms, 60);
        step(sweep, 86_400_000);
        step(Call::Answer, 86_400_000);
        step(Call::Claim { lease_ms: 60_000 }, 86_400_000);
        assert_eq!(step(sweep, 86_400_040).status(), Status::Running);
        let ended = step(sweep, 86_400_041);
        assert_eq!((ended.status(), ended.duration_ms, ended.attempt), (Status::Ended(End::TimedOut), 101, 1));
    }

    #[test]
    fn a_worker_that_died_in_time_is_lost_and_did_not_take_too_long() {
        let start = Moment { boot: Boot(1), monotonic_ms: 0, wall_ms: 0 };
        let run = Run::new(New { available_at: None, max_attempts: 2, timeout_ms: Some(3_600_000) }, start);
        let run = apply("run-1", Some(&run), &Call::Claim { lease_ms: 60_000 }, start).unwrap().run;
        let sweep = |alive| Call::Sweep { alive, grace_ms: 0 };
        // The machine slept for eight hours.
        let morning = start.plus(8 * 3_600_000);
        let swept = apply("run-1", Some(&run), &sweep(false), morning).unwrap().run;
        assert_eq!((swept.status(), swept.duration_ms), (Status::Queued, 60_000));
        // A worker that is still there gets another lease; at the next sweep it has taken too long.
        let alive = apply("run-1", Some(&run), &sweep(true), morning).unwrap().run;
        assert_eq!(alive.status(), Status::Running);
        let timed_out = apply("run-1", Some(&alive), &sweep(true), morning.plus(1)).unwrap().run;
        assert_eq!(timed_out.status(), Status::Ended(End::TimedOut));
    }

    #[test]
    fn a_wall_clock_that_was_set_back_keeps_no_run_in_the_queue() {
        let start = Moment { boot: Boot(1), monotonic_ms: 0, wall_ms: 3_600_000 };
        let new = New { available_at: Some(start.wall_ms), max_attempts: 1, timeout_ms: None };
        let earlier = Moment { wall_ms: 0, ..start };
        let claimed = apply("run-1", Some(&Run::new(new, start)), &Call::Claim { lease_ms: 1 }, earlier).unwrap();
        assert_eq!(claimed.effect, Effect::Claimed);
        let tomorrow = New { available_at: Some(start.wall_ms + 1), ..new };
        let passed = apply("run-1", Some(&Run::new(tomorrow, start)), &Call::Claim { lease_ms: 1 }, start).unwrap();
        assert_eq!(passed.effect, Effect::None);
    }

    /// A run of two attempts, the first of which failed at 70.
    fn failed_once() -> (Run, Moment) {
        let start = Moment { boot: Boot(1), monotonic_ms: 0, wall_ms: 0 };
        let run = Run::new(New { available_at: None, max_attempts: 2, timeout_ms: Some(100) }, start);
        let run = apply("run-1", Some(&run), &Call::Claim { lease_ms: 60_000 }, start).unwrap().run;
        let failed = Call::Finish { token: 1, outcome: Outcome::Failed, chance: u32::MAX };
        (apply("run-1", Some(&run), &failed, start.plus(70)).unwrap().run, start)
    }

    #[test]
    fn what_failed_is_claimed_again_after_its_backoff() {
        let (run, start) = failed_once();
        let claimed = |at| apply("run-1", Some(&run), &Call::Claim { lease_ms: 1 }, start.plus(at)).unwrap().effect;
        assert_eq!((claimed(1_069), claimed(1_070)), (Effect::None, Effect::Claimed));
    }

    #[test]
    fn each_attempt_has_all_of_its_time() {
        let (run, start) = failed_once();
        let claimed = apply("run-1", Some(&run), &Call::Claim { lease_ms: 60_000 }, start.plus(2_000)).unwrap().run;
        let sweep = Call::Sweep { alive: false, grace_ms: 0 };
        let swept = |at| apply("run-1", Some(&claimed), &sweep, start.plus(at)).unwrap().run;
        assert_eq!((swept(2_100).status(), swept(2_101).status()), (Status::Running, Status::Ended(End::TimedOut)));
        assert_eq!(swept(2_101).duration_ms, 70 + 101);
    }

    #[test]
    fn a_finish_that_is_said_again_is_known_while_others_hold_the_run() {
        let (run, start) = failed_once();
        let claimed = apply("run-1", Some(&run), &Call::Claim { lease_ms: 1 }, start.plus(2_000)).unwrap().run;
        let again = Call::Finish { token: 1, outcome: Outcome::Succeeded, chance: 0 };
        let answer = apply("run-1", Some(&claimed), &again, start.plus(2_001)).unwrap();
        assert_eq!(answer, Transition { run: claimed, effect: Effect::None });
    }
}
