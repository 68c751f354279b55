//! What runs used, of which model.

use serde_json::{Value, json};

use super::record::Usage;
use super::row::Row;
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::Amounts;

/// What is told of one use of a model.
pub(super) struct Event<'a> {
    /// By which it is known again.
    pub id: Option<&'a str>,
    pub model: &'a str,
    pub provider: Option<&'a str>,
    pub amounts: Amounts,
    pub is_computed: bool,
}

/// A row of what a run used.
struct OfModel {
    model: String,
    provider: Option<String>,
    amounts: Amounts,
    is_computed: bool,
}

impl Store {
    /// What a run used so far.
    pub(super) fn usage(&self, key: i64) -> Result<Usage> {
        self.models(key).map(|models| of_all(&models))
    }

    fn models(&self, key: i64) -> Result<Vec<OfModel>> {
        let mut models = Vec::new();
        self.each_row(Sql::Models, &[Bind::Integer(key)], |statement| {
            let mut row = Row::of(statement);
            models.push(OfModel {
                model: row.text(),
                provider: row.text_or_null(),
                amounts: Amounts {
                    input_tokens: row.integer_or_null(),
                    cached_input_tokens: row.integer_or_null(),
                    output_tokens: row.integer_or_null(),
                    reasoning_tokens: row.integer_or_null(),
                    cost_micros: row.integer_or_null(),
                },
                is_computed: row.integer() != 0,
            });
            Ok(true)
        })?;
        Ok(models)
    }

    /// Counts an event of a run, its amounts being the caller's values from `nth` on; `false` where it was counted before.
    /// What the run used by then is told, too.
    pub(super) fn count_event(
        &self,
        key: i64,
        event: &Event<'_>,
        nth: usize,
        has_ended: bool,
    ) -> Result<(bool, Usage)> {
        let run = Bind::Integer(key);
        let mut models = self.models(key)?;
        if let Some(id) = event.id
            && self.write_run(Sql::CountEvent, &[run, Bind::Text(id)])?.0 == 0
        {
            return Ok((false, of_all(&models)));
        }
        let all = sum(&models).plus(event.amounts, nth)?;
        // SQLite compares their names as Rust does, byte by byte.
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
        let mut values = vec![run, Bind::Text(event.model), event.provider.into()];
        values.extend(sums(models[at].amounts));
        values.push(Bind::Integer(event.is_computed.into()));
        self.write_run(Sql::SetModel, &values)?;
        if has_ended {
            let mut values = vec![run];
            values.extend(sums(all));
            self.write_run(Sql::SetSums, &values)?;
        }
        Ok((true, of_all(&models)))
    }
}

impl OfModel {
    fn none(model: &str) -> Self {
        Self { model: model.to_owned(), provider: None, amounts: Amounts::default(), is_computed: false }
    }
}

fn sum(models: &[OfModel]) -> Amounts {
    let mut all = Amounts::default();
    for of in models {
        // Each sum was checked when it was counted.
        all = all.plus(of.amounts, 0).unwrap_or(all);
    }
    all
}

fn of_all(models: &[OfModel]) -> Usage {
    let shown = (!models.is_empty()).then(|| Value::Array(models.iter().map(shown).collect()).to_string());
    Usage { all: sum(models), models: shown, pruned_at: None }
}

fn sums(amounts: Amounts) -> [Bind<'static>; 5] {
    let Amounts { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros } = amounts;
    [input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros].map(Into::into)
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
