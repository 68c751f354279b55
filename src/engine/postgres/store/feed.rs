//! The log of changes as a feed.

use tokio_postgres::Row;

use super::Store;
use super::log::{BEYOND, place, plain};
use crate::engine::postgres::client::value::{integer, is_null, push_cells, stored, text_of};
use crate::engine::{ChangesAfter, Feed, Place};
use crate::error::Result;
use crate::model::{Field, Given, Stored, rules, time};
use crate::rows::Batch;

/// How many cells a row has in a batch.
const CELLS: usize = 12;

/// Where a place is now, if the log still goes on from it. A place that a transaction gave for a change without a number yet is now behind
/// that change; but before those of others that have lower numbers and could not be seen then.
const KNOWN: &str = "SELECT CASE \
     WHEN $1 < {beyond} THEN (SELECT $1 FROM {s}.changes AS c, \
       LATERAL (SELECT shift FROM {s}.changes_batches WHERE last >= $1 ORDER BY last LIMIT 1) AS b WHERE c.nth = $1 - b.shift AND c.stamp = $2) \
     ELSE (SELECT coalesce((SELECT min(o.nth) FROM {s}.changes AS o \
                            WHERE o.nth BETWEEN b.first - b.shift AND c.nth AND o.xid <> c.xid AND o.entity <> 0 AND pg_visible_in_snapshot(o.xid, b.after) \
                              AND NOT pg_visible_in_snapshot(o.xid, b.before)) - 1, c.nth) + b.shift \
           FROM {s}.changes AS c, {s}.changes_batches AS b WHERE c.nth = $1 - {beyond} AND c.stamp = $2 AND {member}) END";
/// The same within a transaction, where a change that isn't numbered yet has a place, too.
const KNOWN_WITHIN: &str =
    "SELECT coalesce(({known}), (SELECT $1 FROM {s}.changes AS c WHERE c.nth = $1 - {beyond} AND c.stamp = $2))";
/// The beginning of the log, where it is still there.
const BEGINNING: &str = "SELECT 0 FROM {s}.changes_batches AS b JOIN {s}.changes AS c ON c.nth = -b.shift AND c.stamp = b.stamp WHERE b.last = 0";

const BEHIND: &str = "SELECT * FROM {s}.changes_behind($1, $2, $3)";
/// Changes that aren't numbered yet, as a transaction sees them.
const BEHIND_WITHIN: &str = "SELECT c.nth + {beyond}, c.stamp, c.at, c.\"by\", c.entity - 1 + coalesce(c.entity = 7 AND c.id = 'budget', false)::integer, \
       c.op, c.id, c.zone_id, c.worktree_id, c.agent_type, c.success, CASE WHEN c.op NOT IN (3, 4) THEN c.data END \
     FROM (SELECT after FROM {s}.changes_batches ORDER BY last DESC LIMIT 1) AS b, LATERAL {s}.changes_new(b.after) AS c \
     WHERE c.nth > $1 - {beyond} AND {s}.is_shown(c.entity, c.op, c.id, $2) ORDER BY c.nth LIMIT $3";

/// The last piece of each run's output.
const OUTPUT_ENDS: &str = "SELECT r.id, o.sequence, o.at FROM {s}.runs AS r CROSS JOIN LATERAL \
     (SELECT sequence, at FROM {s}.run_output WHERE run = r.key ORDER BY sequence DESC LIMIT 1) AS o";

impl Feed for Store {
    fn changes_end(&self) -> Result<Option<Place>> {
        if let Some(end) = self.read_ahead(|ahead| ahead.end) {
            return Ok(end);
        }
        let found = self.read_log(&[(self.end_of_log(), &[])])?;
        Ok(found.first().and_then(|rows| rows.first()).map(place))
    }

    fn list_changes(&self, after: ChangesAfter, batch: &mut Batch) -> Result<()> {
        let mut from = after.place.unwrap_or(Place { seq: 0, stamp: 0 });
        let within = self.is_within();
        let known = match after.place {
            None => BEGINNING.to_owned(),
            Some(_) if within => KNOWN_WITHIN.replace("{known}", KNOWN),
            Some(_) => KNOWN.to_owned(),
        };
        let known = self.of_log(&known);
        if from.seq >= BEYOND && !within {
            // A place that was given within a transaction has another number since: one trip more.
            let place = [from.seq.into(), from.stamp.into()];
            match self
                .read_log(&[(known.clone(), &place)])?
                .first()
                .and_then(|rows| rows.first())
                .map(|row| stored(row, 0))
            {
                Some(Stored::Integer(seq)) => from.seq = seq,
                _ => return Ok(()),
            }
        }
        let of_place = [after.place.map_or(0, |place| place.seq).into(), from.stamp.into()];
        let behind =
            [from.seq.into(), i64::from(after.entities).into(), i64::try_from(after.limit).unwrap_or(i64::MAX).into()];
        let of_place = if after.place.is_some() { &of_place[..] } else { &[] };
        let mut statements = vec![(known, of_place), (self.end_of_log(), &[]), (self.of_log(BEHIND), &behind[..])];
        if within {
            statements.push((self.of_log(BEHIND_WITHIN), &behind[..]));
        }
        let mut read = self.read_log(&statements)?.into_iter();
        let mut next = || read.next().unwrap_or_default();
        let (known, end) = (next(), next());
        if known.first().is_none_or(|row| is_null(row, 0)) {
            return Ok(());
        }
        let mut found = next();
        found.extend(next());
        found.truncate(after.limit);
        push_changes(&found, from, end.first().map(place), after.limit, batch);
        Ok(())
    }

    fn list_output_ends(&self, id: Given<'_>, batch: &mut Batch) -> Result<bool> {
        match rules::lookup(Field::new("watch", "id"), id)? {
            Some(id) => self.list(&format!("{OUTPUT_ENDS} WHERE r.id = $1"), &[id.into()], batch),
            None => self.list(&format!("{OUTPUT_ENDS} WHERE r.status = 'running'"), &[], batch),
        }
    }
}

/// Appends changes, and a last row with the place to go on from.
fn push_changes(found: &[Row], from: Place, end: Option<Place>, limit: usize, batch: &mut Batch) {
    let mut to = from;
    for row in found {
        // The end's row has to fit, too.
        if !batch.has_room(2 * CELLS) {
            return to.push_end(batch, true);
        }
        push_change(batch, row);
        to = place(row);
    }
    // The log was read to its end.
    if found.len() < limit {
        to = end.filter(|end| end.seq >= to.seq).unwrap_or(to);
    }
    to.push_end(batch, false);
}

/// The columns of a change.
const AT: usize = 2;
const BY: usize = 3;
const ENTITY: usize = 4;
const DATA: usize = 11;

fn push_change(batch: &mut Batch, row: &Row) {
    batch.push_integer(integer(row, 0), false);
    batch.push_text(integer(row, 1).to_string().as_bytes());
    batch.push_text(time::iso(integer(row, AT) as f64).as_bytes());
    push_cells(row, BY..DATA, batch);
    match text_of(row, DATA) {
        Some(data) if integer(row, ENTITY) < 2 => batch.push_text(plain(&data).as_bytes()),
        Some(data) => batch.push_text(data.as_bytes()),
        None => batch.push_null(),
    }
    batch.end_row();
}
