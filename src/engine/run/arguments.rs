//! What calls about runs are given, checked.

use super::pieces::MOST_PIECES;
use super::record::Said;
use super::taker::Taker;
use super::used::Event;
use crate::engine::Claim;
use crate::error::{Error, Result};
use crate::model::run::{Amounts, Call, GRACE_MS, LEASE_MS, Outcome, Status, Wanted, token};
use crate::model::{Field, Given, RUN, rules};

/// How long a lease is where nobody says.
const USUAL_LEASE_MS: i64 = 60_000;

/// How many runs a call takes or gives at most: their cells fit a batch.
pub const MOST: i64 = 150;

/// How many a sweep takes away at most: their ids and states fit a batch.
pub const MOST_SWEPT: usize = 2000;

/// The index of the first amount among what `recordUsage` is given.
pub const AMOUNTS: usize = 4;

/// The argument at an index; `Undefined` where there is none.
#[must_use]
pub fn argument<'a>(given: &[Given<'a>], at: usize) -> Given<'a> {
    given.get(at).copied().unwrap_or(Given::Undefined)
}

/// What `startRun` was given: the run that is wanted, and who takes it.
///
/// # Errors
/// The model's, a `RangeError` where it is to be available later.
pub fn start<'a>(given: &[Given<'a>], wall_ms: i64) -> Result<(Wanted<'a>, Taker<'a>)> {
    let method = "startRun";
    let wanted = Wanted::given(method, given, None, 0)?;
    if wanted.available_at.is_some_and(|at| at > wall_ms) {
        let at = RUN.given().position(|field| field.name == "availableAt").unwrap_or_default();
        let field = Field::new(method, "availableAt").behind(at);
        return Err(field.out_of_range("now or earlier: it starts at once", given[at]));
    }
    let behind = RUN.given().count();
    let worker = rules::id(Field::new(method, "workerId").behind(behind), argument(given, behind))?;
    let lease_ms = lease_length(Field::new(method, "leaseMs").behind(behind + 1), argument(given, behind + 1))?;
    let lease_ms = lease_ms.unwrap_or(USUAL_LEASE_MS);
    Ok((wanted, Taker { worker, lease_ms, zones: None, agents: None, goes_on: false }))
}

/// That the run which `startRun` found by its idempotency key is not in the queue.
#[must_use]
pub fn not_queued(id: &str, status: Status) -> Error {
    let at = RUN.given().position(|field| field.name == "idempotencyKey").unwrap_or_default();
    let field = Field::new("startRun", "idempotencyKey").behind(at);
    let message = format!("{field} must be that of no run, or of a queued one, got that of {id:?}, which is {status}");
    Error::Coded { code: "ERR_CONFLICT", message }.about(field.facts())
}

/// Who claims, and how many runs at most.
///
/// # Errors
/// The model's.
pub fn claimant<'a>(method: &'static str, claim: &Claim<'a>) -> Result<(Taker<'a>, usize)> {
    let worker = rules::id(Field::new(method, "workerId"), claim.worker)?;
    let lease_ms = lease_length(Field::new(method, "leaseMs").behind(2), claim.lease_ms)?;
    let most = rules::whole(Field::new(method, "limit").behind(1), claim.limit, &(1..=MOST))?;
    let lease_ms = lease_ms.unwrap_or(USUAL_LEASE_MS);
    let Claim { zones, agents, goes_on, .. } = *claim;
    Ok((Taker { worker, lease_ms, zones, agents, goes_on }, most as usize))
}

/// Which run is at work still, by which claim, and the call that says so.
///
/// # Errors
/// The model's.
pub fn heartbeat<'a>(given: &[Given<'a>]) -> Result<(&'a str, i64, Call)> {
    let (id, token) = worker_arguments("heartbeatRun", given)?;
    let lease_ms = lease_length(Field::new("heartbeatRun", "leaseMs").behind(2), argument(given, 2))?;
    Ok((id, token, Call::Heartbeat { token, lease_ms }))
}

/// A text that has to be there.
///
/// # Errors
/// A `TypeError`.
pub fn said_text(field: Field, given: Given<'_>) -> Result<&str> {
    rules::string(field, given)?.ok_or_else(|| field.wrong_type("a string", &given))
}

/// Of which run, by which claim, output is appended, and which number its first piece is to have.
///
/// # Errors
/// The model's.
pub fn output<'a>(given: &[Given<'a>]) -> Result<(&'a str, i64, Option<i64>)> {
    let (id, token) = worker_arguments("appendOutput", given)?;
    let expected = match argument(given, 3) {
        missing if missing.is_missing() => None,
        number => {
            Some(rules::whole(Field::new("appendOutput", "expectedSequence").behind(3), number, &(0..=MOST_PIECES))?)
        }
    };
    Ok((id, token, expected))
}

/// Zone, agent and limit that `setRunLimit` was given: an empty name is every one, no limit lifts it. `check` is asked about each name.
///
/// # Errors
/// The model's, and `check`'s.
pub fn run_limit<'a>(
    given: &[Given<'a>],
    check: impl Fn(Field, &'a str) -> Result<()>,
) -> Result<(&'a str, &'a str, Option<i64>)> {
    let name = |name, at| {
        let (field, given) = (Field::new("setRunLimit", name).behind(at), argument(given, at));
        if given.is_missing() {
            return Ok("");
        }
        let id = rules::id(field, given)?;
        check(field, id).map(|()| id)
    };
    let (zone, agent) = (name("zoneId", 0)?, name("agentType", 1)?);
    let most = match argument(given, 2) {
        Given::Null => None,
        most => Some(rules::whole(Field::new("setRunLimit", "limit").behind(2), most, &(0..=crate::model::run::MOST))?),
    };
    Ok((zone, agent, most))
}

/// The id and the token that every call of a worker begins with.
///
/// # Errors
/// The model's.
pub fn worker_arguments<'a>(method: &'static str, given: &[Given<'a>]) -> Result<(&'a str, i64)> {
    let id = rules::id(Field::new(method, "id"), argument(given, 0))?;
    Ok((id, token(Field::new(method, "token").behind(1), argument(given, 1))?))
}

/// How long a lease is to be, where that is said.
///
/// # Errors
/// The model's.
fn lease_length(field: Field, given: Given<'_>) -> Result<Option<i64>> {
    if given.is_missing() { Ok(None) } else { rules::whole(field, given, &LEASE_MS).map(Some) }
}

/// For how long a lease may have run out before a sweep takes it away.
///
/// # Errors
/// The model's.
pub fn grace(given: Given<'_>) -> Result<i64> {
    if given.is_missing() { Ok(0) } else { rules::whole(Field::new("sweepRuns", "graceMs"), given, &GRACE_MS) }
}

/// What became of a run.
///
/// # Errors
/// The model's.
pub fn outcome(field: Field, given: Given<'_>) -> Result<Outcome> {
    const MUST: &str = "'succeeded', 'failed', 'cancelled' or 'timedOut'";
    let Given::Text(word) = given else { return Err(field.wrong_type(MUST, &given)) };
    let found = Outcome::ALL.into_iter().find(|outcome| Status::Ended((*outcome).into()).word() == word);
    found.ok_or_else(|| field.wrong_value(MUST, &given))
}

/// What `finishRun` was given behind the status.
///
/// # Errors
/// The model's.
pub fn said(given: &[Given<'_>]) -> Result<Said> {
    const SMALL: std::ops::RangeInclusive<i64> = -9_007_199_254_740_991..=9_007_199_254_740_991;
    const COUNT: std::ops::RangeInclusive<i64> = 0..=9_007_199_254_740_991;
    let field = |name, at: usize| (Field::new("finishRun", name).behind(at), argument(given, at));
    let text = |name, at| {
        let (field, given) = field(name, at);
        rules::string(field, given).map(|text| text.map(ToOwned::to_owned))
    };
    let whole = |name, at, range| {
        let (field, given) = field(name, at);
        if given.is_missing() { Ok(None) } else { rules::whole(field, given, range).map(Some) }
    };
    Ok(Said {
        exit_code: whole("exitCode", 3, &SMALL)?,
        error: text("error", 4)?,
        result: text("result", 5)?,
        commit_before: text("commitBefore", 6)?,
        commit_after: text("commitAfter", 7)?,
        files_changed: whole("filesChanged", 8, &COUNT)?,
        insertions: whole("insertions", 9, &COUNT)?,
        deletions: whole("deletions", 10, &COUNT)?,
    })
}

/// What `recordUsage` was given behind the id.
///
/// # Errors
/// The model's.
pub fn event<'a>(given: &[Given<'a>]) -> Result<Event<'a>> {
    let field = |name, at: usize| (Field::new("recordUsage", name).behind(at), argument(given, at));
    let (event_field, event) = field("eventId", 1);
    let (model_field, model) = field("model", 2);
    let (provider_field, provider) = field("provider", 3);
    let (source_field, source) = field("costSource", AMOUNTS + 5);
    let is_computed = match source {
        Given::Undefined | Given::Null | Given::Text("reported") => false,
        Given::Text("computed") => true,
        Given::Text(_) => return Err(source_field.wrong_value("'reported' or 'computed'", &source)),
        _ => return Err(source_field.wrong_type("'reported' or 'computed'", &source)),
    };
    Ok(Event {
        id: if event.is_missing() { None } else { Some(rules::id(event_field, event)?) },
        model: rules::id(model_field, model)?,
        provider: rules::string(provider_field, provider)?,
        amounts: Amounts::given(AMOUNTS, std::array::from_fn(|at| argument(given, AMOUNTS + at)))?,
        is_computed,
    })
}
