//! What calls about runs are given, checked.

use super::record::Said;
use super::used::Event;
use crate::error::Result;
use crate::model::run::{Amounts, GRACE_MS, LEASE_MS, Outcome, Status, token};
use crate::model::{Field, Given, RUN, rules};

/// How long a lease is where nobody says.
pub const USUAL_LEASE_MS: i64 = 60_000;

/// How many runs a call takes or gives at most: their cells fit a batch.
pub const MOST: i64 = 150;

/// How many a sweep takes away at most, whose ids and states fit a batch.
pub const MOST_SWEPT: usize = 2000;

/// Where the amounts begin among what `recordUsage` is given.
pub const AMOUNTS: usize = 4;

/// The value at a place, if there is one.
#[must_use]
pub fn argument<'a>(given: &[Given<'a>], at: usize) -> Given<'a> {
    given.get(at).copied().unwrap_or(Given::Undefined)
}

/// Where the idempotency key is among what a new run is given.
#[must_use]
pub fn idempotency_key() -> usize {
    RUN.given().position(|field| field.name == "idempotencyKey").unwrap_or_default()
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
pub fn lease_length(field: Field, given: Given<'_>) -> Result<Option<i64>> {
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
