//! Reading what runs used of each model.

use serde_json::Value as Json;

use crate::engine::postgres::client::value::unescaped;
use crate::engine::run::used::OfModel;
use crate::model::run::Amounts;

/// The models of a run, from the JSON that a statement makes of their rows.
pub(super) fn models_of(text: &str) -> Vec<OfModel> {
    let Ok(Json::Array(rows)) = serde_json::from_str(text) else { return Vec::new() };
    rows.iter().filter_map(Json::as_array).map(|row| of_model(row)).collect()
}

fn of_model(row: &[Json]) -> OfModel {
    let text = |at: usize| row.get(at).and_then(Json::as_str).map(plain);
    let amount = |at: usize| row.get(at).and_then(Json::as_i64);
    OfModel {
        model: text(0).unwrap_or_default(),
        provider: text(1),
        amounts: Amounts {
            input_tokens: amount(2),
            cached_input_tokens: amount(3),
            output_tokens: amount(4),
            reasoning_tokens: amount(5),
            cost_micros: amount(6),
        },
        is_computed: row.get(7).and_then(Json::as_bool).unwrap_or(false),
    }
}

fn plain(text: &str) -> String {
    String::from_utf8_lossy(&unescaped(text.as_bytes())).into_owned()
}
