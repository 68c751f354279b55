//! Calls methods of a board in memory with values of every kind.
#![no_main]

use std::path::Path;
use std::time::Duration;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use visual_db::model::Given;
use visual_db::model::execution::NewExecution;
use visual_db::model::worktree::{NewWorktree, WorktreeChanges};
use visual_db::model::zone::NewZone;
use visual_db::open::{self, Options};
use visual_db::sqlite::Frame;
use visual_db::store::Store;

const NOW: &str = "2026-01-01T00:00:00.000Z";

fuzz_target!(|bytes: &[u8]| {
    let options = Options {
        readonly: false,
        must_exist: false,
        timeout: Duration::ZERO,
        full: false,
        mode: 0o600,
        migrate: true,
        package_version: "1.0.0",
    };
    let (connection, store) = open::open(Path::new(":memory:"), &options).expect("a board");
    let mut input = Unstructured::new(bytes);
    while !input.is_empty() {
        let before = counts(&store);
        let mut frame = Frame::default();
        match call(&store, &mut input, &mut frame) {
            Ok(Err(_)) => assert_eq!(counts(&store), before, "an error, and changed"),
            Ok(Ok(())) => {}
            Err(_) => break,
        }
        assert!(!connection.in_transaction());
    }
});

fn counts(store: &Store) -> Vec<u64> {
    let mut frame = Frame::default();
    store.stats(&mut frame).expect("statistics");
    frame.numbers().to_vec()
}

fn call(store: &Store, input: &mut Unstructured, frame: &mut Frame) -> Result<visual_db::error::Result<()>> {
    let method = u8::arbitrary(input)? % 8;
    // Filled one after the other, so that the fuzzer's bytes keep their places.
    let mut values = Vec::new();
    for _ in 0..12 {
        values.push(given(input)?);
    }
    let v = |index: usize| values[index];
    Ok(match method {
        0 => {
            let worktree = NewWorktree {
                id: v(0),
                path: v(1),
                port: v(2),
                branch_name: v(3),
                issue_url: v(4),
                task_id: v(5),
                status: v(6),
                position_x: v(7),
                position_y: v(8),
                created_at: v(9),
            };
            store.create_worktree("createWorktree", &worktree, NOW, frame)
        }
        1 => {
            let zone = NewZone {
                id: v(0),
                name: v(1),
                description: v(2),
                trigger: v(3),
                agents: v(4),
                prompt_template: v(5),
                actions: v(6),
                position_x: v(7),
                position_y: v(8),
                size_width: v(9),
                size_height: v(10),
                created_at: v(11),
            };
            store.create_zone(&zone, NOW, frame)
        }
        2 => {
            let changes = WorktreeChanges {
                status: v(1),
                issue_url: v(2),
                task_id: v(3),
                position_x: v(4),
                position_y: v(5),
            };
            store.update_worktree(v(0), &changes, NOW, frame)
        }
        3 => store.assign_worktree("assignWorktreeToZone", v(0), v(1), NOW),
        4 => {
            let run = NewExecution {
                zone_id: v(0),
                worktree_id: v(1),
                agent_type: v(2),
                prompt: v(3),
                result: v(4),
                success: bool::arbitrary(input)?,
            };
            store.record_execution("recordExecution", &run, f64::arbitrary(input)?, NOW).map(|_| ())
        }
        5 => store.delete_worktree(v(0)),
        6 => store.list_executions_of_zone(v(0), v(1), frame).map(|_| store.abandon()),
        _ => store.execution_stats(v(0), v(1), frame),
    })
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
