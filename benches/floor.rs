//! The floor under every call: the package's own statements on the package's own file, from Rust, without Node.
//!
//! `cargo bench --bench floor -- FILE` prints one JSON object a line: the case's name in `bench/`, whether it is a `single`
//! read or a `list`, and the median in nanoseconds.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use visual_db::engine::sqlite::store::queries::Query;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long a case is repeated.
const BUDGET: Duration = Duration::from_millis(500);
/// How long a sample lasts at least: far longer than reading the clock.
const SAMPLE: Duration = Duration::from_micros(50);

fn main() -> Result<()> {
    // Cargo adds `--bench` to the arguments.
    let path = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let Some(path) = path else {
        println!("cargo bench --bench floor -- FILE, a file that the package has opened before");
        return Ok(());
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;

    let worktrees: Vec<String> = (0..64).map(|i| format!("wt-feature-{:05}", i * 31 % 2000)).collect();
    let zones: Vec<String> = (0..16).map(|i| format!("zone-stage-{:03}", i * 3 % 16)).collect();
    let by_rowid = |by_id: Query, ids: &[String]| -> Result<Vec<Vec<Value>>> {
        let mut statement = connection.prepare(&by_id.sql())?;
        let rowid = statement.column_count() - 1;
        ids.iter()
            .map(|id| Ok(vec![Value::from(id.clone()), statement.query_row([id], |row| row.get(rowid))?]))
            .collect()
    };
    let by_id: Vec<_> = zones.iter().map(|id| vec![Value::from(id.clone())]).collect();
    let nothing = [vec![]];
    let single = |name, by_id, at, ids| measure(&connection, name, "single", at, &by_rowid(by_id, ids)?);
    single("getWorktree", Query::GetWorktree, Query::GetWorktreeAt, &worktrees)?;
    single("getZone", Query::GetZone, Query::GetZoneAt, &zones)?;
    single("getWorktreeZone", Query::GetWorktreeZone, Query::GetWorktreeZoneAt, &worktrees)?;
    measure(&connection, "listWorktrees, 2,000", "list", Query::ListWorktrees, &nothing)?;
    measure(&connection, "getWorktreesInZone, 40", "list", Query::ListWorktreesInZone, &by_id)?;
    measure(&connection, "listZones, 50", "list", Query::ListZones, &nothing)
}

/// Repeats one statement with one list of values after the other, and prints the median.
fn measure(connection: &Connection, name: &str, kind: &str, query: Query, values: &[Vec<Value>]) -> Result<()> {
    let mut statement = connection.prepare(&query.sql())?;
    let columns = statement.column_count();
    let mut at = 0;
    let mut call = || -> Result<()> {
        at = (at + 1) % values.len();
        let mut rows = statement.query(params_from_iter(&values[at]))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            // Values that have left SQLite, as any caller needs them.
            found.push((0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<Vec<Value>>>()?);
        }
        black_box(found);
        Ok(())
    };

    let mut batch = 1_u32;
    let mut samples = Vec::new();
    let started = Instant::now();
    while started.elapsed() < BUDGET {
        let sample = Instant::now();
        for _ in 0..batch {
            call()?;
        }
        let elapsed = sample.elapsed();
        if elapsed < SAMPLE {
            batch *= 2;
        } else {
            samples.push(elapsed.as_secs_f64() * 1e9 / f64::from(batch));
        }
    }
    samples.sort_by(f64::total_cmp);
    println!(r#"{{"name":"{name}","kind":"{kind}","median":{:.1}}}"#, samples[samples.len() / 2]);
    Ok(())
}
