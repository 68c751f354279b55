//! Backups for JavaScript: text in, text out.
//!
//! Each function returns a JSON text, `{ "value": … }` or `{ "error": { "type", "code", "message" } }`, and `lib/backup/backups.js`
//! makes values and errors of it: work on the thread pool has no environment to make a JavaScript error in.

#![allow(
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, and JavaScript has no must_use"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use napi::bindgen_prelude::{AsyncTask, Env, Function, Task};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use serde::Serialize;

use crate::engine::sqlite::backup::{self, Create, Keep, Progress};
use crate::error::{Error, Result};

/// What is to be done; it tells of its steps and gives JSON.
type Job = Box<dyn FnOnce(backup::Report) -> String + Send>;

/// Told of each step as JSON; answers whether to go on. Weak: it doesn't keep the process alive.
type Watcher = ThreadsafeFunction<String, bool, String, napi::Status, false, true>;

/// Makes a backup of the file `source`: at `dest`, or named by the time in `folder` or beside the database.
#[napi]
pub fn backup_create_sync(
    source: String,
    dest: Option<String>,
    folder: Option<String>,
    watcher: Option<Function<String, bool>>,
) -> String {
    outcome(|| create(&source, dest.as_deref(), folder.as_deref(), &mut |step| ask(watcher.as_ref(), step)))
}

/// As `backupCreateSync`, on the thread pool.
#[napi]
pub fn backup_create(
    source: String,
    dest: Option<String>,
    folder: Option<String>,
    watcher: Option<Watcher>,
) -> AsyncTask<Work> {
    Work::queue(watcher, move |report| outcome(|| create(&source, dest.as_deref(), folder.as_deref(), report)))
}

/// As `backupCreateSync`, of the bytes of a database in memory.
#[napi]
pub fn backup_create_from_bytes(bytes: &[u8], dest: String, watcher: Option<Function<String, bool>>) -> String {
    outcome(|| backup::create_from_bytes(bytes, Path::new(&dest), &mut |step| ask(watcher.as_ref(), step)))
}

/// Makes a backup if one is due, and prunes, on the thread pool. `keep` is JSON.
#[napi]
pub fn backup_run_if_due(source: String, folder: Option<String>, every: f64, keep: String) -> AsyncTask<Work> {
    Work::queue(None, move |report| {
        outcome(|| {
            let every = Duration::from_millis(every as u64);
            backup::run_if_due(Path::new(&source), folder.as_deref().map(Path::new), every, parse(&keep)?, report)
        })
    })
}

/// Checks a backup completely.
#[napi]
pub fn backup_verify(path: String) -> String {
    outcome(|| backup::verify(Path::new(&path), &mut backup::unreported))
}

/// Lists the backups of a folder, newest first.
#[napi]
pub fn backup_list(folder: String) -> String {
    outcome(|| backup::list(Path::new(&folder)))
}

/// Makes the database at `live` equal to a backup.
#[napi]
pub fn backup_restore(path: String, live: String, watcher: Option<Function<String, bool>>) -> String {
    outcome(|| backup::restore(Path::new(&path), Path::new(&live), &mut |step| ask(watcher.as_ref(), step)))
}

/// Removes the backups of the database that `keep` (JSON) doesn't keep.
#[napi]
pub fn backup_prune(folder: String, source: String, keep: String, dry_run: bool) -> String {
    outcome(|| backup::prune_for(Path::new(&folder), Path::new(&source), parse(&keep)?, dry_run))
}

fn create(source: &str, dest: Option<&str>, folder: Option<&str>, report: backup::Report) -> Result<backup::Backup> {
    let options = Create { dest: dest.map(Path::new), folder: folder.map(Path::new), ..Create::default() };
    backup::create(Path::new(source), &options, report)
}

fn parse(keep: &str) -> Result<Keep> {
    serde_json::from_str(keep).map_err(|error| Error::Type(format!("keep: {error}")))
}

/// What a caller's `progress` that threw makes of the work; JavaScript throws on what it threw.
fn stopped() -> Error {
    Error::Plain("stopped".into())
}

fn ask(watcher: Option<&Function<String, bool>>, step: Progress) -> Result<()> {
    let Some(watcher) = watcher else {
        return Ok(());
    };
    match watcher.call(text(&step)) {
        Ok(true) => Ok(()),
        _ => Err(stopped()),
    }
}

/// An outcome that could not be written down.
const UNWRITTEN: &str = r#"{"error":{"type":"Error","code":"ERR_INTERNAL","message":"visual-db: an internal error; please report it: an outcome is no JSON"}}"#;

fn text(value: &impl Serialize) -> String {
    // Nothing that is written here can fail to be: no map with keys that are no text, no failing `Serialize`.
    serde_json::to_string(value).unwrap_or_else(|_| UNWRITTEN.into())
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<T> {
    Value(T),
    Error { r#type: &'static str, code: Option<String>, message: String },
}

/// A panic ends here: it must not cross into JavaScript.
pub(super) fn outcome<T: Serialize>(work: impl FnOnce() -> Result<T>) -> String {
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Error::internal("the code panicked")));
    text(&match done {
        Ok(value) => Outcome::Value(value),
        Err(error) => {
            let (kind, code) = match error.parts().0 {
                Error::Type(_) => ("TypeError", None),
                Error::Range(_) => ("RangeError", None),
                Error::Engine { code, .. } => ("SqliteError", Some(code.to_string())),
                Error::Coded { code, .. } => ("Error", Some((*code).to_owned())),
                Error::Plain(_) | Error::About(_) => ("Error", None),
            };
            Outcome::Error { r#type: kind, code, message: error.message().to_owned() }
        }
    })
}

/// Work that the thread pool does, so that the event loop stays free.
pub struct Work {
    run: Option<Job>,
    watcher: Option<Watcher>,
}

/// What became of it. The steps come through a queue of their own, and may still be under way when this arrives.
#[napi(object)]
pub struct Done {
    /// The JSON text.
    pub outcome: String,
    /// How many steps the watcher is told of in all.
    pub steps: u32,
}

impl Work {
    fn queue(watcher: Option<Watcher>, run: impl FnOnce(backup::Report) -> String + Send + 'static) -> AsyncTask<Self> {
        AsyncTask::new(Self { run: Some(Box::new(run)), watcher })
    }
}

impl Task for Work {
    type Output = Done;
    type JsValue = Done;

    fn compute(&mut self) -> napi::Result<Done> {
        let go_on = Arc::new(AtomicBool::new(true));
        let mut steps = 0;
        let mut report = |step: Progress| {
            if let Some(watcher) = &self.watcher {
                let go_on = Arc::clone(&go_on);
                let queued = watcher.call_with_return_value(
                    text(&step),
                    ThreadsafeFunctionCallMode::NonBlocking,
                    move |answer, _| {
                        if !matches!(answer, Ok(true)) {
                            go_on.store(false, Ordering::Relaxed);
                        }
                        Ok(())
                    },
                );
                steps += u32::from(queued == napi::Status::Ok);
            }
            if go_on.load(Ordering::Relaxed) { Ok(()) } else { Err(stopped()) }
        };
        let run = self.run.take().ok_or_else(|| napi::Error::from_reason("visual-db: the work was done already"))?;
        let outcome = run(&mut report);
        Ok(Done { outcome, steps })
    }

    fn resolve(&mut self, _: Env, output: Done) -> napi::Result<Done> {
        Ok(output)
    }
}
