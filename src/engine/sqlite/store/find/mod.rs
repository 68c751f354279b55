//! Finding worktrees: along an order, or those that a filter names, each checked against the other filters.

mod compiled;
mod sql;
mod statements;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

use super::runs::VERSION as RUNS;
use super::statements::Listed;
use super::{Store, archive};
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::{WorktreeFilter, WorktreeOrder};
use crate::error::Result;
use crate::model::pattern::{Pattern, holds};
use crate::model::{WORKTREE, time};
use crate::rows::Batch;
pub(super) use compiled::Statements;
use sql::Sql;

/// The version of the schema that has metadata.
const METADATA: u32 = 5;
/// After every text that is a name or a time.
const LAST: &str = "\u{10ffff}";

/// The columns of what is found.
const BRANCH: usize = 3;
const STATUS: usize = 6;
const CREATED: usize = 9;
const UPDATED: usize = 10;
const ZONE: usize = 11;
/// Of what is in the archive, its key and its metadata.
const KEY: usize = 12;
const METADATA_COLUMN: usize = 13;

/// Where a worktree is in an order: what it is ordered by, then its id.
type Rank = (String, String);

/// What is asked for.
struct Asked<'a> {
    filter: &'a WorktreeFilter<'a>,
    branch: Option<Pattern<'a>>,
    metadata: Option<Value>,
    /// Those that have open runs, where that is asked for.
    busy: Option<BTreeSet<String>>,
}

/// The first in an order, `most` at most, after one.
struct First<'a> {
    order: WorktreeOrder,
    most: usize,
    after: Option<(&'a str, &'a str)>,
    found: BTreeSet<Rank>,
}

impl First<'_> {
    fn before(&self, one: (&str, &str), other: (&str, &str)) -> bool {
        if self.order.is_descending() { one > other } else { one < other }
    }

    fn last(&self) -> Option<(&str, &str)> {
        let last = if self.order.is_descending() { self.found.first() } else { self.found.last() };
        last.filter(|_| self.found.len() >= self.most).map(|(value, id)| (value.as_str(), id.as_str()))
    }

    fn takes(&self, rank: (&str, &str)) -> bool {
        self.after.is_none_or(|after| self.before(after, rank))
            && self.last().is_none_or(|last| self.before(rank, last))
    }

    /// Whether nothing with this value or a later one belongs among them any more.
    fn is_complete_before(&self, value: &str) -> bool {
        self.last().is_some_and(|(last, _)| value != last && self.before((last, ""), (value, "")))
    }

    fn put(&mut self, value: &str, id: &str) {
        self.found.insert((value.to_owned(), id.to_owned()));
        if self.found.len() > self.most {
            if self.order.is_descending() {
                self.found.pop_first()
            } else {
                self.found.pop_last()
            };
        }
    }
}

impl Store {
    /// Appends the worktrees that are asked for, after one, `most` at most; after each what it is ordered by and its id, or its
    /// key in the archive.
    pub(super) fn find_in_order(
        &self,
        filter: &WorktreeFilter<'_>,
        after: Option<(&str, &str)>,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        let branch = filter.branch.map(Pattern::new);
        let metadata = filter.metadata.map(|text| serde_json::from_str(text).unwrap_or_default());
        let busy = if filter.has_open_runs.is_some() { Some(self.with_open_runs()?) } else { None };
        let asked = Asked { filter, branch, metadata, busy };
        let mut first = First { order: filter.order, most, after, found: BTreeSet::new() };
        if filter.archived {
            self.look_through_archive(&asked, &mut first)?;
        } else {
            self.go_along(&asked, &mut first)?;
        }
        let found: Vec<Rank> = if filter.order.is_descending() {
            first.found.into_iter().rev().collect()
        } else {
            first.found.into_iter().collect()
        };
        for (value, id) in found {
            let (sql, by) = if filter.archived {
                (Sql::ArchivedByKey, Bind::Integer(id.parse().unwrap_or_default()))
            } else {
                (Sql::ById, Bind::Text(&id))
            };
            sql.compiled(self)?.with_bound(&[by], |row| {
                if row.step()? {
                    row.pack_cells(batch, WORKTREE.fields.len(), false)?;
                    batch.push_text(value.as_bytes());
                    batch.push_text(id.as_bytes());
                    batch.end_row();
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Reads all of the archive. Ids are no keys there: several worktrees may have had one.
    fn look_through_archive(&self, asked: &Asked<'_>, first: &mut First<'_>) -> Result<()> {
        if self.version < archive::VERSION {
            return Ok(());
        }
        self.each_row(Sql::Archived, &[], |row| {
            let (value, key) = (value_of(asked.filter.order, row), format!("{:019}", row.integer(KEY)));
            // An archived worktree has no open runs.
            if first.takes((&value, &key)) && asked.takes(self, "", row)? {
                first.put(&value, &key);
            }
            Ok(true)
        })
    }

    fn with_open_runs(&self) -> Result<BTreeSet<String>> {
        let mut ids = BTreeSet::new();
        if self.version >= RUNS {
            self.each_row(Sql::WithOpenRuns, &[], |row| {
                ids.insert(row.text(0));
                Ok(true)
            })?;
        }
        Ok(ids)
    }

    /// Walks along what leaves least, as a rule.
    fn go_along(&self, asked: &Asked<'_>, first: &mut First<'_>) -> Result<()> {
        let filter = asked.filter;
        let by_update = filter.order == WorktreeOrder::Updated;
        let begin = first_value(asked, first.after);
        let mut take = |row: &Statement, in_order: bool| {
            let (value, id) = (value_of(filter.order, row), row.text(0));
            if in_order && !by_update && first.is_complete_before(&value) {
                return Ok(false);
            }
            if first.takes((&value, &id)) && asked.takes(self, &id, row)? {
                first.put(&value, &id);
            }
            Ok(true)
        };
        let few: Option<(Sql, Vec<&str>)> = match (&filter.zones, filter.has_open_runs, &asked.busy) {
            (Some(zones), ..) => Some((Sql::InZone, zones.clone())),
            (None, Some(true), Some(busy)) => Some((Sql::ById, busy.iter().map(String::as_str).collect())),
            _ => None,
        };
        if let Some((sql, of)) = few {
            for text in of {
                self.each_row(sql, &[Bind::Text(text)], |row| take(row, false))?;
            }
            return Ok(());
        }
        let by_branch = filter.order == WorktreeOrder::Branch;
        if let Some(pattern) = asked.branch.as_ref().filter(|pattern| by_branch || !pattern.prefix().is_empty()) {
            let end =
                if pattern.is_exact() { pattern.prefix().to_owned() } else { format!("{}{LAST}", pattern.prefix()) };
            let from = if by_branch { begin.as_str().max(pattern.prefix()) } else { pattern.prefix() };
            return self.each_row(Sql::ByBranch, &[Bind::Text(from), Bind::Text(&end)], |row| take(row, by_branch));
        }
        let oldest = filter.earliest();
        let (all, of_status, end) = match filter.order {
            WorktreeOrder::Newest | WorktreeOrder::Updated => (Sql::Newest, Sql::NewestOfStatus, oldest.as_str()),
            WorktreeOrder::Oldest => (Sql::Oldest, Sql::OldestOfStatus, LAST),
            WorktreeOrder::Branch => {
                let bounds = [Bind::Text(&begin), Bind::Text(LAST)];
                return self.each_row(Sql::ByBranch, &bounds, |row| take(row, true));
            }
        };
        // No index has the order of updates: all are read, which are as many as people can look at.
        let bounds = [Bind::Text(if by_update { LAST } else { &begin }), Bind::Text(end)];
        let Some(statuses) = &filter.statuses else { return self.each_row(all, &bounds, |row| take(row, true)) };
        let statuses: BTreeSet<&str> = statuses.iter().copied().collect();
        for status in statuses {
            self.each_row(of_status, &[bounds[0], bounds[1], Bind::Text(status)], |row| take(row, true))?;
        }
        Ok(())
    }
}

/// What a worktree is ordered by.
fn value_of(order: WorktreeOrder, row: &Statement) -> String {
    match order {
        WorktreeOrder::Branch => row.text(BRANCH),
        WorktreeOrder::Updated => row.text_or_null(UPDATED).unwrap_or_else(|| row.text(CREATED)),
        WorktreeOrder::Newest | WorktreeOrder::Oldest => row.text(CREATED),
    }
}

/// The first value that a page may have.
fn first_value(asked: &Asked<'_>, after: Option<(&str, &str)>) -> String {
    match (asked.filter.order, after) {
        (_, Some((value, _))) => value.to_owned(),
        (WorktreeOrder::Newest | WorktreeOrder::Updated, None) => LAST.to_owned(),
        (WorktreeOrder::Oldest, None) => asked.filter.earliest(),
        (WorktreeOrder::Branch, None) => String::new(),
    }
}

impl Asked<'_> {
    fn takes(&self, store: &Store, id: &str, row: &Statement) -> Result<bool> {
        let filter = self.filter;
        let is_in = |names: &Option<Vec<&str>>, column: usize| {
            names
                .as_ref()
                .is_none_or(|names| !row.is_null(column) && row.with_text(column, |name| names.contains(&name)))
        };
        let is_since = |since: Option<i64>, column: usize| {
            since.is_none_or(|since| {
                !row.is_null(column) && row.with_text(column, time::read).is_some_and(|at| at >= since)
            })
        };
        let takes = is_in(&filter.statuses, STATUS)
            && is_in(&filter.zones, ZONE)
            && self.branch.as_ref().is_none_or(|pattern| row.with_text(BRANCH, |branch| pattern.takes(branch)))
            && is_since(filter.created_since, CREATED)
            && is_since(filter.updated_since, UPDATED)
            && filter.has_open_runs.is_none_or(|is| self.busy.as_ref().is_some_and(|busy| busy.contains(id)) == is);
        match &self.metadata {
            Some(asked) if takes && filter.archived => Ok(row.with_text(METADATA_COLUMN, |text| holds(text, asked))),
            Some(asked) if takes => store.metadata_has(id, asked),
            _ => Ok(takes),
        }
    }
}

impl Store {
    fn metadata_has(&self, id: &str, asked: &Value) -> Result<bool> {
        let found = if self.version >= METADATA {
            self.first(Sql::MetadataOf, &[Bind::Text(id)], |row| row.with_text(0, |text| holds(text, asked)))?
        } else {
            None
        };
        Ok(found.unwrap_or_else(|| holds("", asked)))
    }
}
