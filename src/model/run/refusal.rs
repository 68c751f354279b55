//! The errors of calls that a run's state refuses.

use super::call::Call;
use super::state::{Run, State};
use crate::error::Error;
use crate::model::given::{Field, Given};

const fn id_of(call: &Call) -> Field {
    Field::new(call.method(), "id")
}

/// There is no such run.
#[must_use]
pub fn not_found(call: &Call, id: &str) -> Error {
    let message = format!("Run not found: {id}");
    Error::Coded { code: "ERR_NOT_FOUND", message }.about(id_of(call).facts())
}

/// The run's state doesn't allow this call.
#[must_use]
pub fn transition(call: &Call, id: &str, run: &Run, must: &str) -> Error {
    let (field, got, status) = (id_of(call), Given::Text(id), run.status());
    let message = format!("{field} must be that of {must}, got {got}, which is {status}");
    Error::Coded { code: "ERR_RUN_TRANSITION", message }.about(field.facts())
}

/// The token is not that of the claim that holds the run.
#[must_use]
pub fn lease_lost(call: &Call, id: &str, run: &Run, token: i64) -> Error {
    let field = Field::new(call.method(), "token").behind(1);
    let now = match run.state {
        State::Running { .. } if token < run.token => "was claimed again since".to_owned(),
        State::Running { .. } => "has no such claim".to_owned(),
        _ => format!("is {} now", run.status()),
    };
    let got = Given::Text(id);
    let message = format!("{field} must be that of the claim that holds the run, got {token} for {got}, which {now}");
    Error::Coded { code: "ERR_LEASE_LOST", message }.about(field.facts())
}
