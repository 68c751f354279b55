//! What the statements may cost, told by SQLite itself and not by a clock: each keeps to its index, nothing is sorted,
//! and none takes more instructions where the history is ten times as long.

use rusqlite::types::Value;
use rusqlite::{Connection, StatementStatus};

use super::planned::plan;
use super::queries::Query;
use crate::engine::sqlite::schema;
use crate::model::{WORKTREE, ZONE};

/// Whole folds of the log and 100 executions more, so that both histories leave as much of it unfolded.
const SHORT_HISTORY: usize = 8_192 + 100;
const LONG_HISTORY: usize = 5 * 8_192 + 100;
const WORKTREES: usize = 200;
const ZONES: usize = 10;

/// The statements that a plan says something about.
fn planned() -> impl Iterator<Item = Query> {
    use Query::{BeginRead, CountExecutions, CountRows, EndRead};
    Query::ALL.iter().copied().filter(|query| !matches!(query, BeginRead | EndRead | CountExecutions | CountRows))
}

fn worktree(n: usize) -> String {
    format!("wt-{n}")
}

fn zone(n: usize) -> String {
    format!("zone-{n}")
}

/// A file of the latest version with this many executions.
fn filled(executions: usize) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; BEGIN").unwrap();
    for migration in schema::ALL {
        connection.execute_batch(migration.up).unwrap();
    }
    for n in 0..ZONES {
        run(&connection, Query::InsertZone, &new_zone(&zone(n)));
    }
    for n in 0..WORKTREES {
        run(&connection, Query::InsertWorktree, &new_worktree(&worktree(n), n));
        run(&connection, Query::AssignWorktree, &[text(&worktree(n)), text(&zone(n % ZONES)), text("2026")]);
    }
    for n in 0..executions {
        run(&connection, Query::InsertExecution, &new_execution(n));
    }
    connection.execute_batch("COMMIT").unwrap();
    connection
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn number(n: usize) -> Value {
    Value::Integer(i64::try_from(n).unwrap())
}

fn new_worktree(id: &str, n: usize) -> Vec<Value> {
    let [path, branch, status] = ["/srv", "main", "active"].map(text);
    let created = text(&format!("2026-01-01T00:{n:06}"));
    vec![text(id), path, number(n), branch, Value::Null, Value::Null, status, number(n), number(n), created]
}

fn new_zone(id: &str) -> Vec<Value> {
    let mut values = vec![text(id)];
    values.extend(["Stage", "A stage", "onDrop", "[]", "", "[]"].map(text));
    values.extend([0, 0, 300, 200].map(number));
    values.push(text("2026-01-01"));
    values
}

/// The nth execution; they are in every zone and worktree, those of a zone in different worktrees.
fn new_execution(n: usize) -> Vec<Value> {
    let of = [worktree(n / ZONES % WORKTREES), zone(n % ZONES)];
    let at = format!("2026-01-01T{n:012}");
    vec![
        text(&format!("exec-{n}")),
        text(&of[1]),
        text(&of[0]),
        text("qa"),
        text("do"),
        text("{}"),
        number(1),
        text(&at),
    ]
}

/// Values for the parameters of a statement, such that it finds something to do.
fn values(query: Query) -> Vec<Value> {
    let (a_worktree, a_zone) = (text(&worktree(3)), text(&zone(3)));
    match query {
        Query::ListWorktrees
        | Query::ListZones
        | Query::ListAssignments
        | Query::CountsOfAll
        | Query::CountSmall
        | Query::CountRows
        | Query::CountsChecked
        | Query::CountsThere
        | Query::LogEnd
        | Query::LogStart
        | Query::OutputEnds
        | Query::SchemaVersion
        | Query::BeginRead
        | Query::EndRead => vec![],
        // Past the end: a read of the log costs the rows that it reads, however many are kept before them.
        Query::ReadLog | Query::LogRow | Query::LogBehind => vec![number(usize::try_from(u32::MAX).unwrap())],
        Query::LogOf => vec![number(usize::try_from(u32::MAX).unwrap()), number(1)],

        Query::Sign | Query::SignUnread => {
            vec![text("{}"), number(1), number(0), number(usize::try_from(u32::MAX).unwrap())]
        }
        Query::GetWorktree
        | Query::GetWorktreeZone
        | Query::RemoveAssignment
        | Query::CountsOfWorktree
        | Query::ArchivedWorktree => vec![a_worktree],
        Query::GetZone | Query::ListWorktreesInZone | Query::CountsOfZone | Query::ArchiveHasZone => vec![a_zone],
        Query::ListWorktreesByStatus => vec![text("active")],
        Query::GetWorktreeAt | Query::GetWorktreeZoneAt => vec![a_worktree, number(4)],
        Query::GetZoneAt => vec![a_zone, number(4)],
        Query::GetExecutionAt => vec![text("exec-7"), number(8)],
        Query::GetExecution | Query::OutputEnd => vec![text("exec-7")],
        Query::HistoryOf => vec![number(1)],
        Query::ListArchivedOfWorktree => vec![number(1), number(20)],
        Query::ListExecutionsOfZone | Query::ListAllOfZone => vec![a_zone, number(20)],
        Query::ListExecutionsOfWorktree => vec![a_worktree, number(20)],
        Query::CountsOfBoth | Query::CountExecutions => vec![a_zone, a_worktree],
        Query::InsertWorktree => new_worktree("wt-new", WORKTREES),
        Query::InsertZone => new_zone("zone-new"),
        Query::InsertExecution => new_execution(usize::try_from(u32::MAX).unwrap()),
        Query::AssignWorktree | Query::MoveWorktree => vec![a_worktree, text(&zone(4)), text("2026-02-02")],
        // Ones without executions: with them it is the cascade that grows.
        Query::DeleteWorktree => vec![text("wt-empty")],
        Query::DeleteZone => vec![text("zone-empty")],
    }
}

/// What SQLite counted while it ran a statement to its end.
#[derive(Debug)]
struct Cost {
    instructions: i32,
    scanned: i32,
    sorted: i32,
    indexed: i32,
}

fn run(connection: &Connection, query: Query, values: &[Value]) -> Cost {
    use StatementStatus::{AutoIndex, FullscanStep, Sort, VmStep};

    let mut statement = connection.prepare_cached(&query.sql()).unwrap();
    let counters = [VmStep, FullscanStep, Sort, AutoIndex];
    for counter in counters {
        statement.reset_status(counter);
    }
    let mut rows = statement.query(rusqlite::params_from_iter(values)).unwrap();
    while rows.next().unwrap().is_some() {}
    drop(rows);
    let [instructions, scanned, sorted, indexed] = counters.map(|counter| statement.get_status(counter));
    Cost { instructions, scanned, sorted, indexed }
}

fn explain(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let plan = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
    plan.map(|detail| detail.unwrap().replace("main.", "")).collect()
}

#[test]
fn every_statement_keeps_to_its_index() {
    let connection = filled(0);
    for query in planned() {
        assert_eq!(explain(&connection, &query.sql()), plan(query), "{}", query.name());
    }
}

#[test]
fn an_update_finds_its_row_by_its_key() {
    let connection = filled(0);
    for entity in [&WORKTREE, &ZONE] {
        let name = entity.table;
        let set: Vec<_> = entity.fields.iter().map(|field| field.column).filter(|column| *column != "id").collect();
        let returned = entity.columns("");
        let sql = format!("UPDATE main.{name} SET {} = ? WHERE id = ? RETURNING {returned}", set.join(" = ?, "));
        let by_key = format!("SEARCH {name} USING INDEX sqlite_autoindex_{name}_1 (id=?)");
        assert_eq!(explain(&connection, &sql), [by_key]);
    }
}

#[test]
fn no_statement_takes_more_instructions_in_a_longer_history() {
    let [short, long] = [SHORT_HISTORY, LONG_HISTORY].map(filled);
    for connection in [&short, &long] {
        connection.execute_batch("BEGIN").unwrap();
        run(connection, Query::InsertWorktree, &new_worktree("wt-empty", WORKTREES + 1));
        run(connection, Query::InsertZone, &new_zone("zone-empty"));
        connection.execute_batch("COMMIT").unwrap();
    }
    for query in planned() {
        let [at_short, at_long] = [&short, &long].map(|connection| {
            connection.execute_batch("SAVEPOINT before").unwrap();
            let mut given = values(query);
            if query == Query::ReadLog {
                // From where the tables of counts end, as in a call that has read nothing yet.
                let first = "SELECT counted_to + 1 FROM changes_state";
                given = vec![connection.query_one(first, [], |row| row.get(0)).unwrap()];
            }
            let cost = run(connection, query, &given);
            connection.execute_batch("ROLLBACK TO before; RELEASE before").unwrap();
            cost
        });
        let name = query.name();
        assert!(at_long.instructions > 0, "{name} ran");
        assert!(at_long.instructions <= at_short.instructions, "{name}: {at_short:?}, then {at_long:?}");
        assert_eq!((at_long.sorted, at_long.indexed), (0, 0), "{name} sorts or builds an index");
        // Reading all of a small table is what these are for; none of them reads the history.
        let reads_all = matches!(
            query,
            Query::ListWorktrees | Query::ListZones | Query::ListAssignments | Query::CountsOfAll | Query::CountSmall
        );
        assert!(reads_all || at_long.scanned == 0, "{name} scans: {at_long:?}");
    }
}
