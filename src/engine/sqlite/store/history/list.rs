//! The runs that are asked for: those that the tables have, along the most selective index, and those that only the tail has.

use super::asked::Asked;
use super::in_full::InFull;
use super::line::{Line, Place, Rank, digits, rank_of};
use super::sql::Sql;
use super::tail::Tail;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::{RunFilter, RunOrder, RunsAfter};
use crate::error::Result;
use crate::model::run::Status;
use crate::rows::Batch;

/// The walks along indexes that find a page: statements, with their values.
struct Walks<'a> {
    /// In the order that is asked for; else all that a walk finds is read.
    in_order: bool,
    each: Vec<(Sql, Vec<Bind<'a>>)>,
}

/// The index to walk along, and what to look for in it.
enum Along<'a> {
    All,
    Texts([Sql; 2], Vec<&'a str>),
    Codes([Sql; 2], Vec<i64>),
    Largest(Sql, i64),
    /// Those that ended in a span of time, which are few.
    Ended(i64, i64),
}

/// Up to so many runs that ended in a span of time are all read; where there are more, the walk is along the order that is asked
/// for. `Sql::SomeAtOnce` and `Sql::SomeLater` count one more.
const FEW: i64 = 5000;

/// The first, in an order, of what was found: `most` at most.
struct First {
    ascending: bool,
    most: usize,
    /// They come after this one.
    after: Rank,
    /// In their order. Most of what is found comes last.
    found: Vec<(Rank, Line)>,
}

impl First {
    fn of(order: RunOrder, most: usize, after: Rank) -> Self {
        Self { ascending: order == RunOrder::Oldest, most, after, found: Vec::new() }
    }

    /// Puts what the tail has of what is asked for.
    fn put_tail(&mut self, tail: &Tail, asked: &Asked<'_>) {
        for line in tail.lines() {
            if let Some(rank) = line.rank(asked.filter.order)
                && self.takes(rank)
                && asked.takes_line(line)
            {
                self.put(rank, line.clone());
            }
        }
    }

    fn is_before(&self, one: Rank, other: Rank) -> bool {
        if self.ascending { one < other } else { one > other }
    }

    /// Whether a run with this rank belongs among them.
    fn takes(&self, rank: Rank) -> bool {
        let is_full = self.found.len() >= self.most;
        let last = self.found.last().filter(|_| is_full);
        self.is_before(self.after, rank) && last.is_none_or(|(last, _)| self.is_before(rank, *last))
    }

    fn put(&mut self, rank: Rank, line: Line) {
        let is_last = self.found.last().is_none_or(|(last, _)| self.is_before(*last, rank));
        let at = if is_last {
            self.found.len()
        } else {
            self.found.partition_point(|(other, _)| self.is_before(*other, rank))
        };
        if self.found.get(at).is_some_and(|(other, _)| *other == rank) {
            return;
        }
        self.found.insert(at, (rank, line));
        self.found.truncate(self.most);
    }
}

impl Store {
    /// Appends the runs after a position, `most` at most. In a snapshot.
    pub(super) fn list_history(
        &self,
        filter: &RunFilter<'_>,
        after: RunsAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.read_tail()?;
        let asked = self.asked(filter)?;
        let mut after = (after.value, Place { at: after.at, key: after.key });
        let noted = self.has_notes()?;
        while batch.rows() < most {
            let wanted = most - batch.rows();
            let tail = self.history.tail.borrow();
            let mut first = First::of(filter.order, wanted, after);
            first.put_tail(&tail, &asked);
            if !tail.is_all() {
                let walks = self.walks(&asked, after)?;
                // Mostly there is one walk, and nothing to put between what it finds: then that is the page as it comes.
                if let [walk] = &walks.each[..]
                    && walks.in_order
                    && first.found.is_empty()
                {
                    return self.push_walk(walk, &asked, &tail, (noted, most), batch);
                }
                self.put_walks(&walks, &asked, &tail, &mut first)?;
            }
            drop(tail);
            let is_end = first.found.len() < wanted;
            for (rank, line) in first.found {
                after = rank;
                if self.push_line(&line, filter.full, noted, batch)? {
                    end_row(rank, batch);
                }
            }
            if is_end {
                break;
            }
        }
        Ok(())
    }

    /// Appends what a walk finds, until the batch has `most` rows.
    fn push_walk(
        &self,
        (sql, values): &(Sql, Vec<Bind<'_>>),
        asked: &Asked<'_>,
        tail: &Tail,
        (noted, most): (bool, usize),
        batch: &mut Batch,
    ) -> Result<()> {
        let full = asked.filter.full;
        let mut last = None;
        let take = |row: &Statement| {
            let Some(rank) = rank_of(asked.filter.order, row) else { return Ok(true) };
            // A table that somebody created again without its key may have an id twice.
            if last.replace(rank) != Some(rank)
                && !tail.hides(rank.1)
                && asked.takes_row(self, row)?
                && self.push_row(row, rank.1, full, noted, batch)?
            {
                end_row(rank, batch);
            }
            Ok(batch.rows() < most)
        };
        if full { self.each_row(InFull(*sql), values, take) } else { self.each_row(*sql, values, take) }
    }

    /// Puts what walks find into `first`.
    fn put_walks(&self, walks: &Walks<'_>, asked: &Asked<'_>, tail: &Tail, first: &mut First) -> Result<()> {
        for (sql, values) in &walks.each {
            self.each_row(*sql, values, |row| {
                let Some(rank) = rank_of(asked.filter.order, row) else { return Ok(true) };
                if !first.takes(rank) {
                    return Ok(!walks.in_order);
                }
                if !tail.hides(rank.1) && asked.takes_row(self, row)? {
                    first.put(rank, Line::read(row, asked.filter.full));
                }
                Ok(true)
            })?;
        }
        Ok(())
    }

    /// The walks that find what comes after a rank.
    fn walks<'a>(&self, asked: &'a Asked<'_>, after: Rank) -> Result<Walks<'a>> {
        let order = asked.filter.order;
        let ascending = order == RunOrder::Oldest;
        // Where a page begins within the bounds of time, in an order of time.
        let begin = match order {
            RunOrder::Oldest => after.1.max(Place { at: asked.since.saturating_sub(1), key: i64::MAX }),
            RunOrder::Newest => after.1.min(Place { at: asked.until.saturating_add(1), key: i64::MIN }),
            RunOrder::Longest | RunOrder::Costliest => after.1,
        };
        let end = if ascending { asked.until } else { asked.since };
        let along = self.along(asked)?;
        // In the order itself, or all of a few.
        let in_order = match order {
            RunOrder::Newest | RunOrder::Oldest => !matches!(along, Along::Ended(..)),
            RunOrder::Longest | RunOrder::Costliest => matches!(along, Along::Largest(..)),
        };
        let way = |ways: [Sql; 2]| if in_order { ways[usize::from(ascending)] } else { ways[0] };
        let bounds = if in_order { [begin.at, begin.key, end] } else { [i64::MAX, i64::MAX, i64::MIN] };
        let [at, key, to] = bounds.map(Bind::Integer);
        let each = match along {
            Along::All => vec![(way([Sql::Latest, Sql::Earliest]), vec![at, key, to])],
            Along::Largest(sql, least) => vec![(sql, vec![at, key, Bind::Integer(after.0), Bind::Integer(least)])],
            Along::Ended(from, to) => [Sql::EndedAtOnce, Sql::EndedLater]
                .map(|sql| (sql, vec![Bind::Integer(from), Bind::Integer(to)]))
                .into(),
            Along::Texts(ways, texts) => {
                texts.into_iter().map(|text| (way(ways), vec![at, key, to, Bind::Text(text)])).collect()
            }
            Along::Codes(ways, codes) => {
                codes.into_iter().map(|code| (way(ways), vec![at, key, to, Bind::Integer(code)])).collect()
            }
        };
        Ok(Walks { in_order, each })
    }

    /// Which index to walk along: the filter's that leaves least, as a rule.
    fn along<'a>(&self, asked: &'a Asked<'_>) -> Result<Along<'a>> {
        let filter = asked.filter;
        if let Some(parent) = filter.parent {
            return Ok(Along::Texts([Sql::LatestOfParent, Sql::EarliestOfParent], vec![parent]));
        }
        if let Some(ids) = &asked.worktrees {
            let ids = ids.iter().map(String::as_str);
            return Ok(Along::Texts([Sql::LatestOfWorktree, Sql::EarliestOfWorktree], once_each(ids)));
        }
        if let Some(span) = filter.span()
            && self.are_few(span)?
        {
            return Ok(Along::Ended(span.0, span.1));
        }
        match filter.order {
            RunOrder::Longest => return Ok(Along::Largest(Sql::Longest, filter.least_ms.unwrap_or(0))),
            RunOrder::Costliest => return Ok(Along::Largest(Sql::Costliest, 0)),
            RunOrder::Newest | RunOrder::Oldest => {}
        }
        let by_status = |codes: &[i64]| {
            Along::Codes([Sql::LatestOfStatus, Sql::EarliestOfStatus], once_each(codes.iter().copied()))
        };
        let succeeded = Status::ALL.iter().position(|status| status.word() == "succeeded").unwrap_or_default() as i64;
        if let Some(codes) = asked.statuses.as_deref().filter(|codes| !codes.contains(&succeeded)) {
            return Ok(by_status(codes));
        }
        if let Some(model) = filter.model {
            return Ok(Along::Texts([Sql::LatestOfModel, Sql::EarliestOfModel], vec![model]));
        }
        if let Some(least) = filter.least_ms {
            let most = self.first(Sql::MostDigits, &[], |row| row.integer(0))?.unwrap_or_default();
            let lengths = (digits(least)..=most).collect();
            return Ok(Along::Codes([Sql::LatestOfLength, Sql::EarliestOfLength], lengths));
        }
        if let Some(ids) = &filter.zones {
            return Ok(Along::Texts([Sql::LatestOfZone, Sql::EarliestOfZone], once_each(ids.iter().copied())));
        }
        if let Some(names) = &filter.agents {
            return Ok(Along::Texts([Sql::LatestOfAgent, Sql::EarliestOfAgent], once_each(names.iter().copied())));
        }
        Ok(asked.statuses.as_deref().map_or(Along::All, by_status))
    }

    /// Whether few runs ended in a span of time.
    fn are_few(&self, (from, to): (i64, i64)) -> Result<bool> {
        let mut left = FEW;
        for sql in [Sql::SomeAtOnce, Sql::SomeLater] {
            left -= self.first(sql, &[from, to].map(Bind::Integer), |row| row.integer(0))?.unwrap_or_default();
            if left < 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Ends a row with where it is in the order.
fn end_row(rank: Rank, batch: &mut Batch) {
    for part in [rank.0, rank.1.at, rank.1.key] {
        batch.push_integer(part, false);
    }
    batch.end_row();
}

fn once_each<T: Ord>(of: impl Iterator<Item = T>) -> Vec<T> {
    let mut each: Vec<T> = of.collect();
    each.sort_unstable();
    each.dedup();
    each
}
