//! The workload while something fails, and what has to hold whatever fails and whenever.

use visual_db::error::Error;

use super::Folder;
use super::workload::Board;

/// How many operations.
pub const OPERATIONS: usize = 32;

/// The content after each operation when nothing fails.
pub fn undisturbed(folder: &Folder) -> Vec<String> {
    folder.clear();
    let mut board = Board::open(&folder.database(), true).unwrap();
    let mut contents = vec![String::new()];
    for number in 0..OPERATIONS {
        board.perform(number).unwrap();
        contents.push(board.content().unwrap());
    }
    contents
}

/// Runs the workload on a new file while `arm` has something fail. Whatever fails is an error of the call; the database
/// is as before the call, on the same connection (where it can be read at all) and after reopening it; what has failed
/// once succeeds when it is tried again. `heal` ends the failing and tells how often it happened.
pub fn withstand(folder: &Folder, contents: &[String], forever: bool, arm: impl Fn(), heal: impl Fn() -> u32) -> u32 {
    folder.clear();
    arm();
    let mut done = 0;
    let mut board = Board::open(&folder.database(), true);
    while let (Ok(open), true) = (&mut board, done < OPERATIONS) {
        match open.perform(done) {
            Ok(()) => done += 1,
            Err(error) => {
                expect_reported(&error);
                assert!(
                    !open.connection.in_transaction() || forever,
                    "operation {done} left its transaction open: {error}"
                );
                if !forever {
                    assert_eq!(open.content().unwrap(), contents[done], "operation {done} failed and did something");
                    open.perform(done).unwrap_or_else(|again| panic!("operation {done} twice: {error}, {again}"));
                    done += 1;
                    continue;
                }
                break;
            }
        }
    }
    if let Err(error) = &board {
        expect_reported(error);
    }
    drop(board);
    let failed = heal();

    let mut board = Board::open(&folder.database(), true).unwrap_or_else(|error| panic!("reopened: {error}"));
    assert_eq!(board.check().unwrap(), "ok");
    let found = board.content().unwrap();
    // An operation that failed when it was to be synced may be there or not: nobody was told that it is.
    let possible = &contents[done..=(done + usize::from(forever)).min(OPERATIONS)];
    assert!(possible.contains(&found), "after {done} operations:\n{found}");
    for number in done..OPERATIONS {
        let retried = board.perform(number);
        assert!(retried.is_ok() || number == done, "afterwards, operation {number}: {retried:?}");
    }
    failed
}

/// SQLite's error with its code, or the operating system's: never a wrong answer.
fn expect_reported(error: &Error) {
    match error.parts().0 {
        Error::Engine { code, .. } => assert!(!code.starts_with("UNKNOWN"), "{error:?}"),
        Error::Coded { .. } => {}
        Error::Plain(message) => assert_eq!(message, "Out of memory"),
        other => panic!("{other:?}"),
    }
}

/// Does it for every n until nothing fails any more; gives how many failures there were.
pub fn for_every(step: usize, mut run: impl FnMut(u32) -> u32) -> u32 {
    let mut failures = 0;
    for after in (0..).step_by(step) {
        match run(after) {
            0 => break,
            failed => failures += failed,
        }
    }
    failures
}
