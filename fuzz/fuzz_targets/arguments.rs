//! Calls methods of a board in memory with values of every kind.
#![no_main]

use std::path::Path;
use std::rc::Rc;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use visual_db::engine::sqlite::driver::Connection;
use visual_db::engine::sqlite::open;
use visual_db::engine::sqlite::store::Store;
use visual_db::engine::{Assignments, Executions, Lists, Statistics, Worktrees, Zones};
use visual_db::model::Given;
use visual_db::rows::Batch;
use visual_db_fuzz::{NOW, options, rows};

thread_local! {
    /// One board for all inputs, emptied after each: making one takes a hundred times as long as a call.
    static BOARD: (Rc<Connection>, Store) = open::open(Path::new(":memory:"), &options(false)).expect("a board");
}

fuzz_target!(|bytes: &[u8]| {
    BOARD.with(|(connection, store)| {
        let mut input = Unstructured::new(bytes);
        let mut before = rows(store);
        while !input.is_empty() {
            let mut batch = Batch::default();
            let Ok(answer) = call(connection, store, &mut input, &mut batch) else { break };
            let after = rows(store);
            assert!(answer.is_ok() || after == before, "an error, and changed");
            assert!(!connection.in_transaction());
            before = after;
        }
        connection.exec(EMPTY, |_| Ok(())).expect("emptied");
    });
});

const EMPTY: &str = "DELETE FROM zone_executions; DELETE FROM worktree_zones; DELETE FROM worktrees; DELETE FROM zones";

fn call(
    connection: &Connection,
    store: &Store,
    input: &mut Unstructured,
    batch: &mut Batch,
) -> Result<visual_db::error::Result<()>> {
    let method = u8::arbitrary(input)? % 20;
    // Filled one after the other, so that the fuzzer's bytes keep their places.
    let mut values = Vec::new();
    for _ in 0..12 {
        values.push(given(input)?);
    }
    let v = |index: usize| values[index];
    Ok(match method {
        0 => store.create_worktree("createWorktree", &values[..10], NOW, batch),
        1 => store.create_zone(&values[..12], NOW, batch),
        2 => store.update_worktree(v(0), &values[1..6], NOW, batch),
        3 => store.assign_worktree("assignWorktreeToZone", v(0), v(1), NOW),
        4 => store.record_execution("recordExecution", &values[..6], f64::arbitrary(input)?, NOW).map(|_| ()),
        5 => store.delete_worktree(v(0)),
        6 => store.list_executions_of_zone(v(0), v(1), batch).map(|_| store.abandon()),
        7 => store.execution_stats(v(0), v(1), batch),
        8 => store.update_zone(v(0), &values[1..11], NOW, batch),
        9 => store.delete_zone(v(0)),
        10 => store.remove_assignment(v(0)),
        11 => store.list_executions_of_worktree(v(0), v(1), batch).map(|_| store.abandon()),
        12 => store.list_worktrees(v(0), batch).map(|_| store.abandon()),
        13 => store.list_worktrees_in_zone(v(0), batch).map(|_| store.abandon()),
        14 => store.get_worktree_zone(v(0), batch),
        15 => store.get_worktree(v(0), batch).and_then(|()| store.get_zone(v(1), batch)),
        16 => store.get_execution(v(0), batch),
        17 => bulk(connection, &items(&values, input, 10)?, |values| {
            store.create_worktree("createWorktrees", values, NOW, batch)
        }),
        18 => bulk(connection, &items(&values, input, 1)?, |values| {
            store.assign_worktree("assignWorktreesToZone", values[0], v(11), NOW)
        }),
        _ => bulk(connection, &items(&values, input, 6)?, |values| {
            store.record_execution("recordExecutions", values, 0.0, NOW).map(|_| ())
        }),
    })
}

/// What a bulk call is given: the values that were read already, and some more items of so many values.
fn items<'a>(first: &[Given<'a>], input: &mut Unstructured<'a>, width: usize) -> Result<Vec<Vec<Given<'a>>>> {
    let mut items = vec![first.to_vec()];
    for _ in 0..u8::arbitrary(input)? % 5 {
        let mut values = Vec::new();
        for _ in 0..width {
            values.push(given(input)?);
        }
        items.push(values);
    }
    Ok(items)
}

/// All or nothing, as `lib` does it.
fn bulk<'a>(
    connection: &Connection,
    items: &[Vec<Given<'a>>],
    take: impl FnMut(&Vec<Given<'a>>) -> visual_db::error::Result<()>,
) -> visual_db::error::Result<()> {
    let control = |sql| connection.exec(sql, |_| Ok(()));
    control("BEGIN IMMEDIATE")?;
    let answer = items.iter().try_for_each(take);
    control(if answer.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    answer
}

fn given<'a>(input: &mut Unstructured<'a>) -> Result<Given<'a>> {
    Ok(match u8::arbitrary(input)? % 12 {
        0 => Given::Undefined,
        1 => Given::Null,
        2 => Given::Boolean(bool::arbitrary(input)?),
        3 => Given::Number(f64::arbitrary(input)?),
        4 => Given::Integer(i64::arbitrary(input)?),
        5 => Given::HugeInteger,
        6 => Given::Other("an object"),
        // Ids that are there now and then.
        7 | 8 => Given::Text("a"),
        9 => Given::Text("7"),
        _ => Given::Text(<&str>::arbitrary(input)?),
    })
}
