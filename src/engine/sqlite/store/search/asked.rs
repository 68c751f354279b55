//! What is asked for: an expression for FTS5 that leaves as few runs as the index's marks can, and what each run is checked for.

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::{Asked, FIRST_TIME, archived_key, digits, status_code};
use crate::engine::{RunFilter, Sought};
use crate::error::Result;
use crate::model::search::{Kind, Mode, Needle, code, days_between, expression, mark, trigrams};

/// What makes a hit.
pub(super) enum Way {
    /// FTS5 finds it.
    Words,
    /// A text has this in it.
    Substring(Needle),
}

/// What is asked for.
pub(super) struct Asking<'a> {
    pub way: Way,
    /// For FTS5.
    pub expression: String,
    /// A bit for each field that is searched.
    pub fields: u32,
    pub asked: Asked<'a>,
    /// There are notes on executions.
    pub noted: bool,
    /// The index in TEMP has something.
    pub has_tail: bool,
}

/// A filter has marks in the expression for up to so many values; with more, each run is checked.
const MOST: usize = 200;

impl Store {
    pub(super) fn asking<'a>(
        &self,
        sought: &Sought<'_>,
        filter: &'a RunFilter<'a>,
        asked: Asked<'a>,
    ) -> Result<Asking<'a>> {
        let (way, mut expression) = match sought.mode {
            Mode::Words => (Way::Words, expression(sought.text, sought.fields, sought.syntax)),
            Mode::Substring => (Way::Substring(Needle::of(sought.text)), trigrams(sought.text)),
        };
        for marks in self.marks(filter)? {
            let any = match sought.mode {
                Mode::Words => format!("facets : ({})", marks.join(" OR ")),
                Mode::Substring => {
                    let codes: Vec<String> = marks.iter().map(|mark| format!("\"{}\"", code(mark))).collect();
                    format!("({})", codes.join(" OR "))
                }
            };
            expression = if expression.is_empty() { any } else { format!("{expression} AND {any}") };
        }
        Ok(Asking { way, expression, fields: sought.fields, asked, noted: self.has_notes()?, has_tail: false })
    }

    /// For each filter the marks of which a run has to have one.
    fn marks(&self, filter: &RunFilter<'_>) -> Result<Vec<Vec<String>>> {
        let mut all = Vec::new();
        let mut any = |kind: Kind, values: Option<Vec<&str>>| {
            let values = values.filter(|values| values.len() <= MOST && !values.is_empty());
            all.extend(values.map(|values| values.iter().map(|value| mark(kind, value)).collect::<Vec<_>>()));
        };
        any(Kind::Zone, filter.zones.clone());
        any(Kind::Worktree, filter.worktrees.clone());
        any(Kind::Agent, filter.agents.clone());
        any(Kind::Model, filter.model.map(|model| vec![model]));
        any(Kind::Parent, filter.parent.map(|parent| vec![parent]));
        let codes: Option<Vec<String>> =
            filter.statuses.as_ref().map(|words| words.iter().filter_map(|word| status_code(word)).collect());
        any(Kind::Status, codes.as_ref().map(|codes| codes.iter().map(String::as_str).collect()));
        if let Some(least) = filter.least_ms {
            let lengths: Vec<String> = (digits(least)..=digits(i64::MAX)).map(|length| length.to_string()).collect();
            any(Kind::Length, Some(lengths.iter().map(String::as_str).collect()));
        }
        if let Some(branch) = filter.branch {
            let names = self.on_branch(branch)?;
            let ids = names.iter().map(|name| self.plain_id(name)).collect::<Result<Vec<_>>>()?;
            any(Kind::Worktree, Some(ids.iter().map(String::as_str).collect()));
        }
        if filter.since.is_some() || filter.until.is_some() {
            all.extend(self.marks_of_days(filter)?);
        }
        Ok(all)
    }

    /// The id of the worktree that the history knows by this name.
    pub(super) fn plain_id(&self, name: &str) -> Result<String> {
        let Some(key) = archived_key(name) else { return Ok(name.to_owned()) };
        Ok(self.first(Sql::ArchivedId, &[Bind::Integer(key)], |row| row.text(0))?.unwrap_or_default())
    }

    /// The marks of the days that are asked for, where the runs are of few enough days.
    fn marks_of_days(&self, filter: &RunFilter<'_>) -> Result<Option<Vec<String>>> {
        let known = self.first(Sql::Times, &[Bind::Integer(FIRST_TIME)], |row| {
            row.integer_or_null(0).zip(row.integer_or_null(1))
        })?;
        // What isn't in the history yet may be younger or older than all that is: then nothing is known.
        let Some((first, last)) = known.flatten().filter(|_| self.history_is_whole()) else { return Ok(None) };
        let since = filter.since.map_or(first, |since| since.max(first));
        let until = filter.until.map_or(last, |until| until.min(last));
        Ok(if since > until { Some(vec![mark(Kind::Day, "")]) } else { days_between(since, until) })
    }
}
