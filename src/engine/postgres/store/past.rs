//! The board as it was: a kept board, and the log since. A transaction is in it as a whole.

use tokio_postgres::Row;

use super::Store;
use super::log::{place, plain};
use crate::engine::Place;
use crate::engine::postgres::client::value::{Value, integer, is_null, text_of};
use crate::error::{Error, Result};
use crate::model::canvas::{Board, Canvas, Logged, Of, Op};
use crate::model::{Field, time};

/// The end of the last batch up to a time ($1).
const UNTIL: &str = "SELECT last, stamp FROM {s}.changes_batches WHERE at <= $1 ORDER BY last DESC LIMIT 1";
/// The time of the latest change, where nobody has emptied the log, and that of the first kept board.
const ENDS: &str = "SELECT (SELECT b.at FROM {s}.changes_batches AS b \
       WHERE EXISTS (SELECT 1 FROM {s}.changes AS c WHERE c.nth = b.last - b.shift) ORDER BY b.last DESC LIMIT 1), \
     (SELECT at FROM {s}.boards ORDER BY seq LIMIT 1)";
/// The last board that was kept before the time.
const KEPT: &str = "SELECT seq, data FROM {s}.boards \
     WHERE seq <= (SELECT last FROM {s}.changes_batches WHERE at <= $1 ORDER BY last DESC LIMIT 1) ORDER BY seq DESC LIMIT 1";
/// The changes since: those of batches up to the time; and of the next batch, those of transactions that had ended by then.
const SINCE: &str = "SELECT seq, stamp, entity, op, id, zone_id, success, data, agent_type FROM ( \
     SELECT b.last, c.nth + b.shift AS seq, c.stamp, c.entity, c.op, c.id, c.zone_id, c.success, c.data, c.agent_type, NULL::bigint AS ended \
     FROM {s}.changes_batches AS b JOIN {s}.changes AS c ON {member} WHERE b.at <= $1 AND b.last > \
       (SELECT max(seq) FROM {s}.boards WHERE seq <= (SELECT max(last) FROM {s}.changes_batches WHERE at <= $1)) \
     UNION ALL \
     SELECT b.last, c.nth + b.shift, c.stamp, c.entity, c.op, c.id, c.zone_id, c.success, c.data, c.agent_type, max(c.at) OVER (PARTITION BY c.xid) \
     FROM (SELECT * FROM {s}.changes_batches WHERE at > $1 ORDER BY last LIMIT 1) AS b JOIN {s}.changes AS c ON {member} \
     ) AS c WHERE (ended IS NULL OR ended <= $1) AND entity IN (1, 2, 3, 6, 7) AND id IS NOT NULL ORDER BY last, seq";
/// The change of that next batch behind which nothing is in the board.
const WHOLE: &str = "SELECT seq, stamp FROM ( \
       SELECT seq, stamp, bool_or(is_later) OVER (ORDER BY seq) AS passed FROM ( \
         SELECT c.nth + b.shift AS seq, c.stamp, max(c.at) OVER (PARTITION BY c.xid) > $1 AS is_later \
         FROM (SELECT * FROM {s}.changes_batches WHERE at > $1 ORDER BY last LIMIT 1) AS b JOIN {s}.changes AS c ON {member}) AS c) AS c \
     WHERE NOT passed ORDER BY seq DESC LIMIT 1";

impl Store {
    /// The board at a time, and the place in the log behind which all is news to it; `None` where that is now.
    pub(super) fn past(&self, at: i64) -> Result<Option<(Place, Board)>> {
        let time: [Value<'_>; 1] = [at.into()];
        let statements = [(ENDS, &[][..]), (UNTIL, &time), (KEPT, &time), (SINCE, &time), (WHOLE, &time)];
        let read = self.read_log(&statements.map(|(sql, values)| (self.of_log(sql), values)))?;
        let [ends, until, kept, since, whole] = read.try_into().unwrap_or_default();
        let Some(ends) = ends.first() else { return Err(pruned(at, None)) };
        if !is_null(ends, 0) && at >= integer(ends, 0) {
            return Ok(None);
        }
        let refused = || pruned(at, (!is_null(ends, 1)).then(|| integer(ends, 1)));
        let canvas = kept.first().and_then(|row| text_of(row, 1)).and_then(|data| Canvas::kept(&plain(&data)));
        let (Some(until), Some(mut canvas)) = (until.first(), canvas) else { return Err(refused()) };
        for row in &since {
            read_row(row, &mut canvas);
        }
        Ok(Some((place(whole.first().unwrap_or(until)), canvas.into_board())))
    }
}

fn pruned(at: i64, first: Option<i64>) -> Error {
    let iso = |at: i64| time::iso(at as f64);
    let since =
        first.map_or_else(|| "nothing is kept of it".into(), |first| format!("it is kept since {}", iso(first)));
    let message = format!("getBoard: the board of {} is not kept any more, {since}", iso(at));
    Error::Coded { code: "ERR_HISTORY_PRUNED", message }.about(Field::new("getBoard", "at").facts())
}

fn read_row(row: &Row, canvas: &mut Canvas) {
    let Some((of, op)) = Of::logged(integer(row, 2)).zip(Some(Op::logged(integer(row, 3)))) else { return };
    let [id, zone, data, was] = [4, 5, 7, 8].map(|column| text_of(row, column));
    let (id, data) = (id.unwrap_or_default(), data.unwrap_or_default());
    let data = if matches!(of, Of::Worktree | Of::Zone) { plain(&data) } else { data.as_str().into() };
    let rowid = (!is_null(row, 6)).then(|| integer(row, 6));
    canvas.read(&Logged { of, op, id: &id, zone: zone.as_deref(), was: was.as_deref(), rowid, data: &data });
}
