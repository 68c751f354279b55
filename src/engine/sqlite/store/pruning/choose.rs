//! Which runs are next: of the history, the oldest first, so many rows at a time, whether or not they may be pruned. A call reads
//! no row twice, and no query takes long.

use rusqlite::{Connection, Row, params};

use crate::engine::sqlite::store::history::{Line, Place};
use crate::error::Result;

/// Before every run that has a time. Those that have none are pruned by no time.
pub(super) const START: Place = Place { at: -8_640_000_000_000_000, key: i64::MIN };

/// A stretch of the history.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    /// The ids of those that may be pruned.
    pub ids: Vec<String>,
    /// Where these are in the history.
    pub places: Vec<Place>,
    /// The last run that was read; `None` where there are no more.
    pub last: Option<(i64, i64)>,
}

/// A run of the history may go unless it is open, younger, pinned, or what an open one belongs to.
const MAY_GO: &str = "h.status >= 3 AND coalesce(h.finished_at, h.at) < ?3 \
    AND NOT EXISTS (SELECT 1 FROM main.runs AS c WHERE c.parent_run_id = coalesce(h.id, r.id) AND c.finished_at IS NULL) \
    AND NOT EXISTS (SELECT 1 FROM main.runs AS p WHERE p.id = coalesce(h.id, r.id) AND p.metadata IS NOT NULL \
      AND json_extract(p.metadata, '$.pinned') = 1)";

/// It still has bodies: nothing says that they were pruned.
pub(super) const HAS_BODIES: &str =
    "NOT EXISTS (SELECT 1 FROM main.runs AS b WHERE b.id = coalesce(h.id, r.id) AND b.bodies_pruned_at IS NOT NULL)";
/// It still has output; an execution that was only recorded has none.
pub(super) const HAS_OUTPUT: &str = "h.id IS NULL AND EXISTS (SELECT 1 FROM main.run_output AS o \
    WHERE o.id BETWEEN h.key << 32 AND (h.key << 32) + 4294967295 AND o.text <> '')";
/// Every run.
pub(super) const ALL: &str = "1";

/// Reads at most `most` runs after a position that were made before a time.
pub(super) fn before(inner: &Connection, after: Place, time: i64, which: &str, most: i64) -> Result<Stretch> {
    let sql = format!(
        "SELECT h.at, h.key, coalesce(h.id, r.id), {MAY_GO} AND {which} FROM \
           (SELECT * FROM main.history WHERE (at, key) > (?1, ?2) AND at < ?3 ORDER BY at, key LIMIT ?4) AS h \
         LEFT JOIN main.runs AS r ON h.id IS NULL AND r.key = h.key ORDER BY h.at, h.key"
    );
    let mut statement = inner.prepare_cached(&sql)?;
    stretch(statement.query_map(params![after.at, after.key, time, most], read)?)
}

/// The same of a zone, up to `edge` and with it.
pub(super) fn of_zone(inner: &Connection, zone: &str, after: Place, edge: Place, most: i64) -> Result<Stretch> {
    let sql = format!(
        "SELECT h.at, h.key, coalesce(h.id, r.id), {MAY_GO} FROM \
           (SELECT * FROM main.history INDEXED BY history_of_zones WHERE zone_id = ?5 AND (at, key) > (?1, ?2) AND (at, key) <= (?6, ?7) \
            ORDER BY at, key LIMIT ?4) AS h \
         LEFT JOIN main.runs AS r ON h.id IS NULL AND r.key = h.key ORDER BY h.at, h.key"
    );
    let mut statement = inner.prepare_cached(&sql)?;
    stretch(statement.query_map(params![after.at, after.key, i64::MAX, most, zone, edge.at, edge.key], read)?)
}

/// Whether a run that the tables don't have as it is now may be pruned: its id then.
pub(super) fn unfolded(inner: &Connection, line: &Line, time: i64, which: &str) -> Result<Option<String>> {
    let sql = format!(
        "SELECT h.at, h.key, coalesce(h.id, r.id), {MAY_GO} AND {which} FROM \
           (SELECT ?1 AS at, ?2 AS key, ?4 AS id, ?5 AS status, ?6 AS finished_at) AS h \
         LEFT JOIN main.runs AS r ON h.id IS NULL AND r.key = h.key"
    );
    let Place { at, key } = line.place;
    let id = line.recorded.as_ref().map(|recorded| &recorded.id);
    let (_, id, may_go) =
        inner.prepare_cached(&sql)?.query_row(params![at, key, time, id, line.status, line.finished_at], read)?;
    Ok(id.filter(|_| may_go))
}

/// The runs of a zone, the newest first, until `take` has enough.
pub(super) fn newest_of_zone(inner: &Connection, zone: &str, mut take: impl FnMut(Place) -> bool) -> Result<()> {
    let mut statement = inner.prepare_cached(
        "SELECT at, key FROM main.history INDEXED BY history_of_zones WHERE zone_id = ?1 ORDER BY at DESC, key DESC",
    )?;
    let mut rows = statement.query([zone])?;
    while let Some(row) = rows.next()? {
        if !take(Place { at: row.get(0)?, key: row.get(1)? }) {
            break;
        }
    }
    Ok(())
}

type Found = (Place, Option<String>, bool);

fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((Place { at: row.get(0)?, key: row.get(1)? }, row.get(2)?, row.get(3)?))
}

fn stretch(rows: impl Iterator<Item = rusqlite::Result<Found>>) -> Result<Stretch> {
    let mut stretch = Stretch::default();
    for row in rows {
        let (place, id, may_go) = row?;
        stretch.last = Some((place.at, place.key));
        if let Some(id) = id.filter(|_| may_go) {
            stretch.ids.push(id);
            stretch.places.push(place);
        }
    }
    Ok(stretch)
}

/// The first run of a zone, from the newest on, that is one too many.
pub(super) fn edge_of_zone(inner: &Connection, zone: &str, kept: i64) -> Result<Option<Place>> {
    let mut statement = inner.prepare_cached(
        "SELECT at, key FROM main.history INDEXED BY history_of_zones WHERE zone_id = ?1 ORDER BY at DESC, key DESC LIMIT 1 OFFSET ?2",
    )?;
    let mut rows = statement.query(params![zone, kept])?;
    let row = rows.next()?;
    Ok(row.map(|row| Ok::<_, rusqlite::Error>(Place { at: row.get(0)?, key: row.get(1)? })).transpose()?)
}

/// The zones of the board.
pub(super) fn zones(inner: &Connection) -> Result<Vec<String>> {
    let mut statement = inner.prepare_cached("SELECT id FROM main.zones WHERE typeof(id) = 'text'")?;
    let zones = statement.query_map([], |row| row.get(0))?;
    Ok(zones.collect::<rusqlite::Result<_>>()?)
}
