//! The archive: worktrees off the board, with their history. Either way is one statement, so that all of it is of one snapshot. A setting
//! of the transaction tells the triggers what is happening meanwhile (`schema/postgres/0005_archive.up.sql`).

use tokio_postgres::Row;

use super::Store;
use super::conversation::SIGN;
use super::worktrees::FREE_PORT;
use crate::engine::Archive;
use crate::engine::archiving::{
    At, Put, Restore, Taken, execution_is_taken, is_taken, none_is_archived, port_field, zone_is_missing,
};
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::error_codes::outcome_unknown;
use crate::engine::postgres::client::value::{Value, integer, is_null, push_cells, text_of};
use crate::error::{Error, Result};
use crate::model::{Field, Given, WORKTREE, free_port, time};
use crate::rows::Batch;

/// What a worktree has in the archive beside its columns, in the order in which it is shown.
macro_rules! archived {
    () => {
        "{worktree}, key, zone_id, archived_at, \"by\", reason, executions, cost_micros, metadata"
    };
}

/// Tells the triggers what is happening to a worktree, and why.
const SAY: &str =
    "SELECT pg_catalog.set_config('visual_db.archive', $1, true), pg_catalog.set_config('visual_db.reason', $2, true)";
/// Nobody executes anything in it from here on: recording an execution needs a share lock on this row.
const HOLD: &str = "SELECT 1 FROM {s}.worktrees WHERE id = $1 FOR UPDATE";
/// Puts a worktree into the archive. $1 which, $2 when, $3 by whom, $4 why.
const PUT: &str = concat!(
    "WITH put AS (
       INSERT INTO {s}.archived_worktrees ({worktree}, metadata, seq, zone_id, assigned_at, assigned_seq, archived_at, \"by\", reason, executions, cost_micros)
       SELECT {w.worktree}, w.metadata, w.seq, a.zone_id, a.assigned_at, a.seq, $2, $3, $4,
         (SELECT count(*) FROM {s}.zone_executions AS e WHERE e.worktree_id = w.id), c.cost_micros
       FROM {s}.worktrees AS w LEFT JOIN {s}.worktree_zones AS a ON a.worktree_id = w.id LEFT JOIN {s}.worktree_costs AS c ON c.worktree_id = w.id
       WHERE w.id = $1 RETURNING *
     ), taken AS (
       DELETE FROM {s}.zone_executions AS e USING put WHERE e.worktree_id = put.id RETURNING put.key AS archive, e.*
     ), moved AS (
       INSERT INTO {s}.archived_executions (archive, seq, {execution}) SELECT archive, seq, {execution} FROM taken
     ), gone AS (
       UPDATE {s}.runs AS r SET archive = put.key FROM put WHERE r.worktree_id = put.id AND r.archive IS NULL
     ), left_board AS (
       DELETE FROM {s}.worktrees AS w USING put WHERE w.id = put.id
     ) SELECT ",
    archived!(),
    " FROM put"
);
/// Brings a worktree back, where nothing is in its way: what was found, and the worktree as it is then. $1 which, $2 its key or NULL, $3 at
/// which port or NULL, $4 whether at a free one, $5 now, as a time of the board, $6 in milliseconds.
const RESTORE: &str = "WITH meant AS (
       SELECT * FROM {s}.archived_worktrees WHERE id = $1 AND restored_at IS NULL AND ($2 IS NULL OR key = $2) ORDER BY key DESC LIMIT 1
     ), asked AS (
       SELECT meant.*, CASE WHEN $4 THEN ({free}) ELSE coalesce($3, port) END AS at_port FROM meant
     ), found AS (
       SELECT asked.*, (SELECT id FROM {s}.worktrees AS w WHERE w.id = asked.id) AS of_id,
         (SELECT id FROM {s}.worktrees AS w WHERE w.port = at_port) AS of_port,
         (SELECT id FROM {s}.worktrees AS w WHERE w.branch_name = asked.branch_name LIMIT 1) AS of_branch,
         (SELECT e.zone_id FROM {s}.archived_executions AS e
          WHERE e.archive = key AND NOT EXISTS (SELECT 1 FROM {s}.zones AS z WHERE z.id = e.zone_id) LIMIT 1) AS of_zone
       FROM asked
     ), fine AS (
       SELECT * FROM found WHERE at_port IS NOT NULL AND coalesce(of_id, of_port, of_branch, of_zone) IS NULL
     ), came AS (
       INSERT INTO {s}.worktrees ({worktree}, seq) OVERRIDING SYSTEM VALUE SELECT {came}, seq FROM fine RETURNING {worktree}
     ), placed AS (
       INSERT INTO {s}.worktree_zones (worktree_id, zone_id, assigned_at, seq) OVERRIDING SYSTEM VALUE
       SELECT came.id, z.id, fine.assigned_at, fine.assigned_seq FROM came, fine JOIN {s}.zones AS z ON z.id = fine.zone_id
     ), cost AS (
       INSERT INTO {s}.worktree_costs (worktree_id, cost_micros) SELECT came.id, fine.cost_micros FROM came, fine WHERE fine.cost_micros IS NOT NULL
     ), taken AS (
       DELETE FROM {s}.archived_executions AS e USING fine WHERE e.archive = fine.key RETURNING e.*
     ), moved AS (
       INSERT INTO {s}.zone_executions ({execution}, seq) OVERRIDING SYSTEM VALUE SELECT {execution}, seq FROM taken
     ), back AS (
       UPDATE {s}.runs AS r SET archive = NULL FROM fine WHERE r.worktree_id = fine.id AND r.archive = fine.key
     ), done AS (
       UPDATE {s}.archived_worktrees AS a SET restored_at = $6 FROM fine WHERE a.key = fine.key
     ) SELECT found.key, found.id, found.at_port, found.branch_name, of_id, of_port, of_branch, of_zone, came.* FROM found LEFT JOIN came ON true";
/// How many columns come before those of the worktree.
const FOUND: usize = 8;
/// Its metadata comes back last, as on a file. The archive's restored rows of that id keep none.
const RESTORE_METADATA: &str = "WITH cleared AS (
       UPDATE {s}.archived_worktrees SET metadata = NULL WHERE id = $1 AND restored_at IS NOT NULL AND metadata IS NOT NULL
     ) UPDATE {s}.worktrees AS w SET metadata = a.metadata FROM {s}.archived_worktrees AS a
     WHERE w.id = $1 AND a.id = $1 AND a.restored_at IS NOT NULL AND a.metadata IS NOT NULL";
/// The worktrees that were archived last, before a key.
const LATEST: &str = concat!(
    "SELECT ",
    archived!(),
    " FROM {s}.archived_worktrees WHERE restored_at IS NULL AND key < $1 ORDER BY key DESC LIMIT $2"
);

impl Archive for Store {
    fn archive_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let Put { id, reason } = Put::given(given)?;
        let row = self.put(id, reason, now as i64)?;
        let row = row.ok_or_else(|| WORKTREE.not_found(Field::new(Put::METHOD, "id"), Given::Text(id)))?;
        push(&row, batch);
        Ok(())
    }

    fn restore_worktree(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let wish = Restore::given(given)?;
        let row = self.restore(Restore::METHOD, &wish, now)?;
        let row = row.ok_or_else(|| none_is_archived(Restore::METHOD, wish.id))?;
        push_cells(&row, FOUND..row.len(), batch);
        batch.end_row();
        Ok(())
    }

    fn list_archived(&self, before: i64, most: usize, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        for row in self.read(LATEST, &[before.into(), (most as i64).into()])? {
            push(&row, batch);
        }
        Ok(())
    }
}

impl Store {
    /// Takes a worktree off the board, with all that belongs to it: its row in the archive, or `None` where there is no such worktree.
    pub(super) fn put(&self, id: &str, reason: Option<&str>, now: i64) -> Result<Option<Row>> {
        let actor = self.actor();
        let values = [id.into(), now.into(), actor.as_deref().into(), reason.into()];
        self.moving("put", reason, &[(HOLD, &values[..1]), (PUT, &values)], 1)
    }

    /// Brings a worktree back onto the board: the row of `RESTORE`, or `None` where no such one is archived. Where another one has its
    /// id, its port or its branch now, the error says so and nothing is done.
    ///
    /// Where a worktree with its id had pruned runs on a day on which this one had some, the server refuses two rows for that day. Then they are
    /// joined first, in more than one trip.
    pub(super) fn restore(&self, method: &'static str, wish: &Restore<'_>, now: f64) -> Result<Option<Row>> {
        match self.restore_at_once(method, wish, now) {
            Err(error) if has_two_days(&error) => self.all_or_nothing(|| {
                self.join_kept_days(wish.id, wish.key)?;
                self.restore_at_once(method, wish, now)
            }),
            restored => restored,
        }
    }

    fn restore_at_once(&self, method: &'static str, wish: &Restore<'_>, now: f64) -> Result<Option<Row>> {
        let port = if let At::Port(port) = wish.at { Some(port) } else { None };
        let (when, is_free) = (time::iso(now), wish.at == At::Free);
        let values: [Value<'_>; 6] =
            [wish.id.into(), wish.key.into(), port.into(), is_free.into(), when.as_str().into(), (now as i64).into()];
        let row = self.moving("restore", None, &[(&restore(), &values), (RESTORE_METADATA, &values[..1])], 0);
        let row = row.map_err(|error| about_executions(error, method))?;
        row.map(|row| check(method, wish.at, &row).map(|()| row)).transpose()
    }

    /// Takes a worktree and what belongs to it off the board or back, alone and in one trip: the row of the `nth` statement.
    fn moving(
        &self,
        what: &'static str,
        reason: Option<&str>,
        statements: &[(&str, &[Value<'_>])],
        nth: usize,
    ) -> Result<Option<Row>> {
        self.check_writable()?;
        let signature = self.signature();
        let [begin, end]: [[Value<'_>; 2]; 2] =
            [[what.into(), reason.unwrap_or_default().into()], ["", ""].map(Value::from)];
        let texts: Vec<_> = statements.iter().map(|(sql, _)| self.expanded(sql)).collect();
        let mut steps: Vec<Step<'_>> = signature.iter().map(|values| Step::Statement(SIGN, values)).collect();
        steps.push(Step::Statement(SAY, &begin));
        let first = steps.len();
        steps.extend(texts.iter().zip(statements).map(|(sql, (_, values))| Step::Statement(sql, values)));
        steps.push(Step::Statement(SAY, &end));
        let mut rows = self.change(true, &steps, &[])?;
        // The rows that it was made of are gone: nothing can read the answer a second time.
        if rows.is_empty() {
            return Err(outcome_unknown(&self.client.host(), "it was made, and the answer was lost"));
        }
        Ok(rows.get_mut(first + nth).and_then(Vec::pop))
    }
}

/// The statement that brings a worktree back: its columns with the port that it gets, and `updated_at` where that is another one.
fn restore() -> String {
    let column = |column| match column {
        "port" => "at_port",
        "updated_at" => "CASE WHEN at_port = port THEN updated_at ELSE $5 END",
        column => column,
    };
    let came: Vec<&str> = WORKTREE.fields.iter().map(|field| column(field.column)).collect();
    let (from, to) = free_port::AUTO;
    let free = FREE_PORT.replace("$1", &from.to_string()).replace("$2", &to.to_string());
    RESTORE.replace("{free}", &free).replace("{came}", &came.join(", "))
}

/// Refuses to bring a worktree back where something is in the way.
fn check(method: &'static str, at: At, row: &Row) -> Result<()> {
    if at == At::Free && is_null(row, 2) {
        return Err(free_port::none_is_free(port_field(method)));
    }
    let (id, branch) = (text_of(row, 1).unwrap_or_default(), text_of(row, 3).unwrap_or_default());
    let what = [Taken::Id(&id), Taken::Port(integer(row, 2)), Taken::Branch(&branch)];
    for (nth, taken) in what.into_iter().enumerate() {
        if let Some(by) = text_of(row, 4 + nth) {
            return Err(is_taken(method, taken, by));
        }
    }
    text_of(row, 7).map_or(Ok(()), |zone| Err(zone_is_missing(method, &zone)))
}

/// Others may have recorded an execution under an id that an archived one has.
fn about_executions(error: Error, method: &'static str) -> Error {
    match error.parts().0 {
        Error::Engine { message, .. } if message.ends_with(": zone_executions.id") => execution_is_taken(method),
        _ => error,
    }
}

/// Whether what is kept of pruned runs has a day twice.
fn has_two_days(error: &Error) -> bool {
    matches!(error.parts().0, Error::Engine { message, .. } if message.ends_with(": rollups_kept.what"))
}

/// Appends a worktree of the archive.
fn push(row: &Row, batch: &mut Batch) {
    let at = WORKTREE.fields.len() + 2;
    push_cells(row, 0..at, batch);
    batch.push_text(time::iso(integer(row, at) as f64).as_bytes());
    push_cells(row, at + 1..row.len(), batch);
    batch.end_row();
}
