//! What runs used, of which model.

use serde_json::{Value, json};

use super::record::Usage;
use crate::error::Result;
use crate::model::run::Amounts;

/// What is told of one use of a model.
pub struct Event<'a> {
    /// Its id: one that was counted already is recognised by it.
    pub id: Option<&'a str>,
    /// The model.
    pub model: &'a str,
    /// The model's provider.
    pub provider: Option<&'a str>,
    /// How much.
    pub amounts: Amounts,
    /// Whether its cost was computed rather than reported.
    pub is_computed: bool,
}

/// A row of what a run used.
pub struct OfModel {
    /// The model.
    pub model: String,
    /// The model's provider.
    pub provider: Option<String>,
    /// How much.
    pub amounts: Amounts,
    /// Whether any of its cost was computed.
    pub is_computed: bool,
}

/// Adds an event to what a run used of each model, which are in the order of their names. Returns what it used of all of them,
/// and the index of the event's model. The event's amounts are the caller's values from `nth` on.
///
/// # Errors
/// A `RangeError` where a sum would be beyond 2^53; nothing is added then.
pub fn add(models: &mut Vec<OfModel>, event: &Event<'_>, nth: usize) -> Result<(Amounts, usize)> {
    let all = sum(models).plus(event.amounts, nth)?;
    // Engines compare their names as Rust does, byte by byte.
    let at = models.binary_search_by(|of| of.model.as_str().cmp(event.model)).unwrap_or_else(|at| {
        models.insert(at, OfModel::none(event.model));
        at
    });
    // A model's sums are never larger than those of all, so they can't be refused once these were not.
    models[at].amounts = models[at].amounts.plus(event.amounts, nth)?;
    models[at].is_computed |= event.is_computed;
    if let Some(provider) = event.provider {
        models[at].provider = Some(provider.to_owned());
    }
    Ok((all, at))
}

/// What the log says of a run's usage so far.
#[must_use]
pub fn used_in_log(all: &Amounts) -> String {
    let Amounts { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros } = all;
    let usage = json!({
        "inputTokens": input_tokens,
        "cachedInputTokens": cached_input_tokens,
        "outputTokens": output_tokens,
        "reasoningTokens": reasoning_tokens,
        "costMicros": cost_micros,
    });
    json!({ "usage": usage }).to_string()
}

impl OfModel {
    fn none(model: &str) -> Self {
        Self { model: model.to_owned(), provider: None, amounts: Amounts::default(), is_computed: false }
    }
}

/// What was used of all models.
#[must_use]
pub fn sum(models: &[OfModel]) -> Amounts {
    let mut all = Amounts::default();
    for of in models {
        // Each sum was checked when it was counted.
        all = all.plus(of.amounts, 0).unwrap_or(all);
    }
    all
}

/// The same as people see it.
#[must_use]
pub fn of_all(models: &[OfModel]) -> Usage {
    let shown = (!models.is_empty()).then(|| Value::Array(models.iter().map(shown).collect()).to_string());
    Usage { all: sum(models), models: shown, pruned_at: None }
}

fn shown(of: &OfModel) -> Value {
    let source = if of.is_computed { "computed" } else { "reported" };
    json!({
        "model": of.model,
        "provider": of.provider,
        "inputTokens": of.amounts.input_tokens,
        "cachedInputTokens": of.amounts.cached_input_tokens,
        "outputTokens": of.amounts.output_tokens,
        "reasoningTokens": of.amounts.reasoning_tokens,
        "costMicros": of.amounts.cost_micros,
        "costSource": of.amounts.cost_micros.map(|_| source),
    })
}
