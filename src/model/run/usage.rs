//! What a run used and cost, counted as in OpenTelemetry's conventions for generative AI: input tokens include those from a cache.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::model::given::{Field, Given};
use crate::model::rules::whole;

/// The largest amount, and the largest sum: 2^53 - 1, the largest integer that JavaScript counts exactly.
pub const MOST: i64 = 9_007_199_254_740_991;

/// The fields of an amount as JavaScript spells them, in the order of [`Amounts::given`].
pub const FIELDS: [&str; 5] = ["inputTokens", "cachedInputTokens", "outputTokens", "reasoningTokens", "costMicros"];

/// Amounts of one event, or their sums. What nobody reported is `None`, which is not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Tokens that went in, those from a cache included.
    pub input_tokens: Option<i64>,
    /// Those of them that came from a cache.
    pub cached_input_tokens: Option<i64>,
    /// Tokens that came out.
    pub output_tokens: Option<i64>,
    /// Tokens that went into reasoning.
    pub reasoning_tokens: Option<i64>,
    /// What it cost, in millionths.
    pub cost_micros: Option<i64>,
}

impl Amounts {
    /// What `recordUsage` was given for [`FIELDS`]; `undefined` and `null` are unknown. The first of them is the caller's
    /// value number `nth`.
    ///
    /// # Errors
    /// A `TypeError` for what is no number; a `RangeError` for one that is negative, not whole or beyond 2^53, and for
    /// more cached input than input.
    pub fn given(nth: usize, given: [Given<'_>; 5]) -> Result<Self> {
        let mut amounts = [None; 5];
        for (at, value) in given.into_iter().enumerate() {
            if !value.is_missing() {
                amounts[at] = Some(whole(field(nth, at), value, &(0..=MOST))?);
            }
        }
        let amounts = Self::from_array(amounts);
        if let (Some(input), Some(cached)) = (amounts.input_tokens, amounts.cached_input_tokens)
            && cached > input
        {
            let must = format!("at most inputTokens, {input}, which include the cached ones");
            return Err(field(nth, 1).out_of_range(&must, cached));
        }
        Ok(amounts)
    }

    /// The sum of both. What one doesn't know is the other's; what neither knows stays unknown.
    ///
    /// # Errors
    /// A `RangeError` where a sum would be beyond 2^53, which names the field of the event.
    pub fn plus(self, event: Self, nth: usize) -> Result<Self> {
        let mut sums = self.into_array();
        for (at, (sum, added)) in sums.iter_mut().zip(event.into_array()).enumerate() {
            if let Some(added) = added {
                let before = sum.unwrap_or(0);
                let after = before.checked_add(added).filter(|after| *after <= MOST);
                let must = || format!("at most {} more", MOST - before);
                *sum = Some(after.ok_or_else(|| field(nth, at).out_of_range(&must(), added))?);
            }
        }
        Ok(Self::from_array(sums))
    }

    const fn into_array(self) -> [Option<i64>; 5] {
        [self.input_tokens, self.cached_input_tokens, self.output_tokens, self.reasoning_tokens, self.cost_micros]
    }

    const fn from_array(amounts: [Option<i64>; 5]) -> Self {
        let [input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros] = amounts;
        Self { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros }
    }
}

fn field(nth: usize, at: usize) -> Field {
    Field::new("recordUsage", FIELDS[at]).behind(nth + at)
}

/// One use of a model, as it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent<'a> {
    /// The model.
    pub model: &'a str,
    /// How much.
    pub amounts: Amounts,
    /// Whether the run has counted an event of the same `eventId` already.
    pub is_counted: bool,
}

/// What a run used in all its attempts together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Of all models.
    pub all: Amounts,
    /// Of each model.
    pub models: BTreeMap<String, Amounts>,
}

impl Totals {
    /// Adds an event, which counts once however often it is reported. The amounts are the caller's values from `nth` on.
    ///
    /// # Errors
    /// As [`Amounts::plus`]; nothing has been counted then.
    pub fn count(&mut self, event: Spent<'_>, nth: usize) -> Result<()> {
        if event.is_counted {
            return Ok(());
        }
        // A model's sums never exceed those of all models: once these fit, so do those.
        self.all = self.all.plus(event.amounts, nth)?;
        let before = self.models.get(event.model).copied().unwrap_or_default();
        self.models.insert(event.model.to_owned(), before.plus(event.amounts, nth)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    const UNKNOWN: [Given<'static>; 5] = [Given::Undefined, Given::Null, Given::Undefined, Given::Null, Given::Null];

    fn cost(cost: Given<'static>) -> Result<Amounts> {
        let mut given = UNKNOWN;
        given[4] = cost;
        Amounts::given(3, given)
    }

    fn event(model: &str, micros: f64) -> Spent<'_> {
        Spent { model, amounts: cost(Given::Number(micros)).unwrap(), is_counted: false }
    }

    #[test]
    fn unknown_stays_unknown_and_is_not_nothing() {
        let mut totals = Totals::default();
        let unknown = Spent { model: "a", amounts: Amounts::given(0, UNKNOWN).unwrap(), is_counted: false };
        totals.count(unknown, 0).unwrap();
        assert_eq!((totals.all, totals.models["a"]), (Amounts::default(), Amounts::default()));
        totals.count(event("a", 0.0), 0).unwrap();
        assert_eq!(totals.all, Amounts { cost_micros: Some(0), ..Amounts::default() });
        totals.count(unknown, 0).unwrap();
        assert_eq!(totals.all.cost_micros, Some(0));
    }

    #[test]
    fn sums_are_kept_of_each_model_and_of_all() {
        let mut totals = Totals::default();
        for (model, micros) in [("a", 5.0), ("b", 7.0), ("a", 1.0)] {
            totals.count(event(model, micros), 0).unwrap();
        }
        let sums = totals.models.iter().map(|(model, sum)| (model.as_str(), sum.cost_micros.unwrap()));
        assert_eq!(sums.collect::<Vec<_>>(), [("a", 6), ("b", 7)]);
        assert_eq!(totals.all.cost_micros, Some(13));
    }

    #[test]
    fn an_event_counts_once() {
        let mut totals = Totals::default();
        totals.count(event("a", 5.0), 0).unwrap();
        let before = totals.clone();
        totals.count(Spent { is_counted: true, ..event("b", 5.0) }, 0).unwrap();
        assert_eq!(totals, before);
    }

    #[test]
    fn an_amount_is_a_whole_number_up_to_2_to_the_53() {
        assert_eq!(cost(Given::Number(MOST as f64)).unwrap().cost_micros, Some(MOST));
        for given in [
            Given::Number(MOST as f64 + 1.0),
            Given::Number(-1.0),
            Given::Number(0.5),
            Given::Number(f64::NAN),
            Given::Integer(MOST + 1),
            Given::HugeInteger,
        ] {
            let refused = cost(given).unwrap_err();
            assert!(matches!(refused.parts().0, Error::Range(_)), "{given:?}");
            assert!(refused.message().starts_with("recordUsage: costMicros must be "), "{given:?}");
        }
        assert!(matches!(cost(Given::Text("5")).unwrap_err().parts().0, Error::Type(_)));
    }

    #[test]
    fn a_sum_beyond_2_to_the_53_is_refused_and_counts_nothing() {
        let mut totals = Totals::default();
        totals.count(event("a", MOST as f64), 0).unwrap();
        let before = totals.clone();
        let refused = totals.count(event("b", 1.0), 0).unwrap_err();
        assert_eq!(refused.message(), "recordUsage: costMicros must be at most 0 more, got 1");
        assert_eq!(totals, before);
    }

    #[test]
    fn input_includes_what_came_from_a_cache() {
        let given =
            |input, cached| [Given::Number(input), Given::Number(cached), Given::Null, Given::Null, Given::Null];
        assert!(Amounts::given(0, given(10.0, 10.0)).is_ok());
        let refused = Amounts::given(0, given(10.0, 11.0)).unwrap_err();
        assert_eq!(refused.parts().1.and_then(|facts| facts.field), Some("cachedInputTokens"));
        let mut unknown = given(0.0, 11.0);
        unknown[0] = Given::Null;
        assert!(Amounts::given(0, unknown).is_ok());
    }
}
