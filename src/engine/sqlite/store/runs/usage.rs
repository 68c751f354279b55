//! What runs used, of which model.

use super::row::Row;
use super::sql::Sql;
use crate::engine::run::record::Usage;
use crate::engine::run::used::{Event, OfModel, add, of_all};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::Amounts;

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

    /// Counts an event of a run, its amounts being the caller's values from `nth` on; `false` where it was counted before. Also
    /// returns what the run has used by then.
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
        let (all, at) = add(&mut models, event, nth)?;
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

fn sums(amounts: Amounts) -> [Bind<'static>; 5] {
    let Amounts { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros } = amounts;
    [input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros].map(Into::into)
}
