//! Which runs are next: the oldest first, so many at a time whether or not they may be pruned, so that no statement takes long.

use tokio_postgres::Row;

use crate::engine::postgres::client::value::{Value, cell, integer, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::work::Work;
use crate::error::Result;

/// A run's position among all: when it was made, and its key among those of that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub at: i64,
    pub key: i64,
}

/// Before all runs that have a time. Those without one are pruned by no time.
pub(super) const START: Place = Place { at: -8_640_000_000_000_000, key: i64::MIN };

/// A run that ended before `{before}`, and whose children have all ended. Whether it is pinned, `is_pinned` says.
const MAY_GO: &str = "h.status NOT IN ('queued', 'running', 'waiting') AND coalesce(h.finished_at, h.created_at) < {before} \
     AND NOT EXISTS (SELECT 1 FROM {s}.runs AS c WHERE c.parent_run_id = h.id AND c.finished_at IS NULL)";
/// Its metadata, where that may pin it.
pub(super) const PIN: &str = "CASE WHEN h.metadata LIKE '%\"pinned\"%' THEN h.metadata END";

/// Locks runs until the step has ended: who pins one of them waits, and so does who makes a child of it (`FOR KEY SHARE` of its parent).
const HOLD: &str = "SELECT 1 FROM {s}.runs WHERE id = ANY($1) ORDER BY key FOR UPDATE";

/// Which of a part's runs may be taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    All,
    /// Those whose bodies nobody has pruned yet.
    WithBodies,
    /// Those that have output. What is only recorded as an execution has none.
    WithOutput,
}

impl Which {
    pub const fn sql(self) -> &'static str {
        match self {
            Self::All => "true",
            Self::WithBodies => "h.bodies_pruned_at IS NULL",
            Self::WithOutput => {
                "NOT h.recorded AND EXISTS (SELECT 1 FROM {s}.run_output AS o WHERE o.run = h.key AND o.text <> '')"
            }
        }
    }
}

/// What a rule of the policy is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// Runs that were made before a time.
    Before(i64, Which),
    /// The runs of a zone, up to a position.
    OfZone(&'a str, Place),
}

/// A number of runs in a row.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    /// Those of it that may be pruned.
    pub ids: Vec<String>,
    /// The last one that was read; `None` where there are no more.
    pub last: Option<Place>,
}

impl Part<'_> {
    /// The time before which its runs have ended.
    const fn before(&self) -> i64 {
        match self {
            Self::Before(time, _) => *time,
            Self::OfZone(..) => i64::MAX,
        }
    }

    /// The statement that reads up to `most` runs behind a position, and its values.
    pub fn next(&self, after: Place, most: i64) -> (String, Vec<Value<'_>>) {
        let values: [i64; 2] = [after.at, after.key];
        let mut values: Vec<Value<'_>> = values.map(Value::from).to_vec();
        let (which, of) = match self {
            Self::Before(time, which) => {
                values.extend([Value::from(*time), most.into()]);
                (which.sql(), "h.created_at < $3")
            }
            Self::OfZone(zone, edge) => {
                let before = self.before();
                values.extend([before.into(), most.into(), (*zone).into(), edge.at.into(), edge.key.into()]);
                ("true", "h.zone_id = $5 AND (h.created_at, h.key) <= ($6, $7)")
            }
        };
        let may_go = MAY_GO.replace("{before}", "$3");
        let sql = format!(
            "SELECT h.created_at, h.key, h.id, {may_go} AND {which}, {PIN} FROM \
             (SELECT * FROM {{s}}.runs AS h WHERE (h.created_at, h.key) > ($1, $2) AND {of} ORDER BY h.created_at, h.key LIMIT $4) AS h \
             ORDER BY h.created_at, h.key"
        );
        (sql, values)
    }
}

/// Locks runs of a part, and gives those that may still be pruned. These are two statements, so that the second one sees what was committed
/// while the first one waited.
pub(super) fn hold(call: &Work<'_>, part: Part<'_>, ids: &[String]) -> Result<Vec<String>> {
    let may_go = MAY_GO.replace("{before}", "$2");
    let still = format!("SELECT h.id, {PIN} FROM {{s}}.runs AS h WHERE h.id = ANY($1) AND {may_go} ORDER BY h.key");
    let asked = [Value::from_texts(ids), part.before().into()];
    let rows = call.ask(&[(HOLD, &asked[..1]), (&still, &asked)])?.pop().unwrap_or_default();
    let may_go = |row: &&Row| !is_pinned(text_of(row, 1).as_deref());
    Ok(rows.iter().filter(may_go).filter_map(|row| text_of(row, 0)).collect())
}

/// What that statement gave.
pub(super) fn stretch(rows: &[Row]) -> Stretch {
    let may_go = |row: &&Row| integer(row, 3) != 0 && !is_pinned(text_of(row, 4).as_deref());
    Stretch {
        ids: rows.iter().filter(may_go).filter_map(|row| text_of(row, 2)).collect(),
        last: rows.last().map(place),
    }
}

/// The position of a row's run.
pub(super) fn place(row: &Row) -> Place {
    Place { at: integer(row, 0), key: integer(row, 1) }
}

/// Whether metadata pins a run.
pub(super) fn is_pinned(metadata: Option<&str>) -> bool {
    let Some(Ok(metadata)) = metadata.map(serde_json::from_str::<serde_json::Value>) else { return false };
    let pinned = &metadata["pinned"];
    pinned.as_bool() == Some(true) || pinned.as_f64() == Some(1.0)
}

impl Store {
    /// The zones of the board.
    pub(super) fn zones_to_prune(&self) -> Result<Vec<String>> {
        let rows = self.read("SELECT id FROM {s}.zones ORDER BY seq", &[])?;
        Ok(rows.iter().filter_map(|row| text_of(row, 0)).collect())
    }

    /// The newest run of a zone that is one too many.
    pub(super) fn edge_of_zone(&self, zone: &str, kept: i64) -> Result<Option<Place>> {
        let sql = "SELECT created_at, key FROM {s}.runs WHERE zone_id = $1 ORDER BY created_at DESC, key DESC LIMIT 1 OFFSET $2";
        Ok(self.read_one(sql, &[zone.into(), kept.into()])?.map(|row| place(&row)))
    }

    /// The run behind which a round goes on. `name` is `bodies` or `output`.
    pub(super) fn start_of_round(&self, name: &str, now: i64) -> Result<Place> {
        let row = self.read_one(&format!("SELECT {name}_at, {name}_key, round_at FROM {{s}}.retention"), &[])?;
        let Some(row) = row else { return Ok(START) };
        let round = cell(&row, 2).map_or(0, |cell| cell.integer());
        let is_round = (now - crate::engine::pruning::ROUND_MS..=now).contains(&round);
        Ok(Some(place(&row)).filter(|place| is_round && place.at > START.at).unwrap_or(START))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_pinned_by_its_metadata_itself() {
        for (text, is) in [
            ("{\"pinned\":true}", true),
            ("{\"pinned\":1}", true),
            ("{\"pinned\":false}", false),
            ("{\"pinned\":\"yes\"}", false),
            ("{\"of\":{\"pinned\":true}}", false),
            ("{\"a\":\"\\u0000\",\"pinned\":true}", true),
        ] {
            assert_eq!(is_pinned(Some(text)), is, "{text}");
        }
        assert!(!is_pinned(None));
    }
}
