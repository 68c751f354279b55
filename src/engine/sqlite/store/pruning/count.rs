//! What a policy would prune, counted and not done: part by part as `prune` does it, and what one part takes is gone for the next.

use std::collections::HashSet;

use rusqlite::Connection;

use super::choose::{self, ALL, HAS_BODIES, START, Stretch};
use super::room::Room;
use super::rounds::{self, Round};
use super::{bodies, list};
use crate::engine::pruning::OF_RUN;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::{Line, Place, Tail};
use crate::engine::{Policy, Pruned};
use crate::error::Result;

/// How many runs one query reads.
const MOST: i64 = 1_024;
/// How many are taken before it is checked again whether the file is small enough.
const STEP: usize = 64;
/// About how many bytes the row takes that says of a recorded execution that it was emptied.
const OF_NOTE: i64 = 300;

/// How many bytes of text each row of some runs has.
const TEXTS: &str = "SELECT coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) FROM main.zone_executions \
    WHERE id IN (SELECT value FROM json_each(?1)) UNION ALL \
    SELECT coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) FROM main.archived_executions \
    WHERE id IN (SELECT value FROM json_each(?1)) UNION ALL \
    SELECT coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) FROM main.runs \
    WHERE id IN (SELECT value FROM json_each(?1))";

impl Store {
    /// Counts all that a policy would prune. In a snapshot.
    pub(super) fn count_all(&self, policy: &Policy, now: i64) -> Result<Pruned> {
        self.with_tail(|tail| {
            self.connection.with(|inner| {
                let mut lines: Vec<&Line> = tail.lines().collect();
                lines.sort_unstable_by_key(|line| line.place);
                let mut count = Count {
                    inner,
                    tail,
                    lines,
                    room: Room::of(inner)?,
                    now,
                    gone: HashSet::new(),
                    emptied: HashSet::new(),
                    silent: HashSet::new(),
                    freed: 0,
                    done: Pruned::default(),
                };
                count.all(policy)?;
                Ok(count.done)
            })
        })
    }
}

struct Count<'a> {
    inner: &'a Connection,
    tail: &'a Tail,
    /// Runs that the tables don't have as they are now, the oldest first.
    lines: Vec<&'a Line>,
    room: Room,
    now: i64,
    /// Runs that would be gone, or without their texts.
    gone: HashSet<Place>,
    emptied: HashSet<Place>,
    /// Runs that would be without output only.
    silent: HashSet<Place>,
    /// About how many bytes of the file would not be used any more.
    freed: i64,
    done: Pruned,
}

/// Which runs are read.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// Those made before a time for which a condition holds.
    Before(i64, &'a str),
    /// Those of a zone, up to one.
    OfZone(&'a str, Place),
}

/// Where a run is, and its id.
type Run = (Place, String);

/// What happens to them.
#[derive(Clone, Copy)]
enum Fate {
    Row,
    Bodies,
    Output,
}

impl Count<'_> {
    fn all(&mut self, policy: &Policy) -> Result<()> {
        if let Some(kept) = policy.runs_ms {
            self.go_through(Part::Before(self.now - kept, ALL), START, Fate::Row, None)?;
        }
        if let Some(kept) = policy.per_zone {
            for zone in choose::zones(self.inner)? {
                if let Some(edge) = self.edge_of_zone(&zone, kept)? {
                    self.go_through(Part::OfZone(&zone, edge), START, Fate::Row, None)?;
                }
            }
        }
        let rounds = [(policy.bodies_ms, Round::Bodies, Fate::Bodies), (policy.output_ms, Round::Output, Fate::Output)];
        for (kept, of, fate) in rounds {
            if let Some(kept) = kept {
                let from = rounds::start(self.inner, of, self.now)?;
                self.go_through(Part::Before(self.now - kept, of.which()), from, fate, None)?;
            }
        }
        if policy.max_bytes.is_some() {
            self.go_through(Part::Before(self.now, HAS_BODIES), START, Fate::Bodies, policy.max_bytes)?;
            self.go_through(Part::Before(self.now, ALL), START, Fate::Row, policy.max_bytes)?;
        }
        Ok(())
    }

    /// Takes the runs of a part after a position, the oldest first; with `until`, only as long as more bytes of the file are
    /// used.
    fn go_through(&mut self, part: Part<'_>, from: Place, fate: Fate, until: Option<i64>) -> Result<()> {
        let mut after = from;
        loop {
            let is_enough = |of: &Self| until.is_some_and(|most| of.room.used - of.freed <= most);
            if is_enough(self) {
                return Ok(());
            }
            let (found, last) = self.next(part, after)?;
            for some in found.chunks(STEP) {
                if is_enough(self) {
                    return Ok(());
                }
                self.take(some, fate)?;
            }
            let Some(last) = last else { return Ok(()) };
            after = last;
        }
    }

    /// The next runs of a part that may be pruned, of the tables and of the tail; the last one that was read.
    fn next(&self, part: Part<'_>, after: Place) -> Result<(Vec<Run>, Option<Place>)> {
        let Stretch { ids, places, last } = match part {
            // The tail has everything: the tables count for nothing.
            _ if self.tail.is_all() => Stretch::default(),
            Part::Before(time, which) => choose::before(self.inner, after, time, which, MOST)?,
            Part::OfZone(zone, edge) => choose::of_zone(self.inner, zone, after, edge, MOST)?,
        };
        let last = last.map(|(at, key)| Place { at, key });
        let mut found: Vec<Run> = places.into_iter().zip(ids).filter(|(place, _)| !self.tail.hides(*place)).collect();
        let from = self.lines.partition_point(|line| line.place <= after);
        let to = last.map_or(self.lines.len(), |last| self.lines.partition_point(|line| line.place <= last));
        for line in &self.lines[from..to.max(from)] {
            let id = match part {
                Part::Before(time, which) if line.place.at < time => choose::unfolded(self.inner, line, time, which)?,
                Part::OfZone(zone, edge) if line.zone_id == zone && line.place <= edge => {
                    choose::unfolded(self.inner, line, i64::MAX, ALL)?
                }
                _ => None,
            };
            found.extend(id.map(|id| (line.place, id)));
        }
        found.sort_unstable();
        Ok((found, last))
    }

    fn take(&mut self, some: &[Run], fate: Fate) -> Result<()> {
        let is_row = matches!(fate, Fate::Row);
        let left: Vec<&Run> = some
            .iter()
            .filter(|(place, _)| !self.gone.contains(place) && (is_row || !self.emptied.contains(place)))
            .collect();
        // What was emptied before has no texts that would be counted a second time.
        let whole: Vec<&Run> = left.iter().copied().filter(|(place, _)| !self.emptied.contains(place)).collect();
        let ids: Vec<&str> = whole.iter().map(|(_, id)| id.as_str()).collect();
        let heard = whole.iter().filter(|(place, _)| !self.silent.contains(place));
        let output = self.output_of(&heard.map(|(_, id)| id.as_str()).collect::<Vec<_>>())?;
        self.done.bytes += output;
        self.freed += output;
        if !matches!(fate, Fate::Output) {
            let mut statement = self.inner.prepare_cached(TEXTS)?;
            let mut rows = statement.query([list(&ids)])?;
            while let Some(row) = rows.next()? {
                let bytes: i64 = row.get(0)?;
                self.done.bytes += bytes;
                self.done.bodies += i64::from(bytes > 0 && matches!(fate, Fate::Bodies));
                self.freed += self.room.of_text(bytes);
            }
        }
        match fate {
            Fate::Row => {
                self.done.runs += left.len() as i64;
                self.freed += left.len() as i64 * OF_RUN;
                self.gone.extend(left.iter().map(|(place, _)| *place));
            }
            Fate::Bodies => {
                let noted = bodies::keys(self.inner, &ids)?.len();
                self.freed -= (ids.len() - noted) as i64 * OF_NOTE;
                self.emptied.extend(whole.iter().map(|(place, _)| *place));
            }
            Fate::Output => self.silent.extend(whole.iter().map(|(place, _)| *place)),
        }
        Ok(())
    }

    fn output_of(&self, ids: &[&str]) -> Result<i64> {
        let mut bytes = 0;
        for key in bodies::keys(self.inner, ids)? {
            bytes += self
                .inner
                .prepare_cached(
                    "SELECT coalesce(sum(octet_length(text)), 0) FROM main.run_output WHERE id BETWEEN ?1 AND ?2",
                )?
                .query_row([key << 32, (key << 32) + 0xffff_ffff], |row| row.get::<_, i64>(0))?;
        }
        Ok(bytes)
    }

    /// The first run of a zone, from the newest on, that is one too many, of those that would be left.
    fn edge_of_zone(&self, zone: &str, kept: i64) -> Result<Option<Place>> {
        let mut lines = self.lines.iter().rev().filter(|line| line.zone_id == zone).map(|line| line.place).peekable();
        let (mut edge, mut more) = (None, kept);
        let mut look = |place: Place| {
            if edge.is_none() && !self.gone.contains(&place) {
                edge = (more == 0).then_some(place);
                more -= 1;
            }
            edge.is_none()
        };
        if !self.tail.is_all() {
            choose::newest_of_zone(self.inner, zone, |place| {
                while let Some(newer) = lines.next_if(|line| *line > place) {
                    look(newer);
                }
                self.tail.hides(place) || look(place)
            })?;
        }
        for place in lines {
            look(place);
        }
        Ok(edge)
    }
}
