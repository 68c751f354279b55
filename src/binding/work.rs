//! Work on the thread pool, so that the event loop stays free.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use napi::bindgen_prelude::{AsyncTask, Env, Task, ToNapiValue, TypeName};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use super::backup_values::Step;
use super::state::Realm;
use crate::engine::sqlite::backup::{Progress, Report};
use crate::error::{Error, Result};

/// Told of each step, and at the end of `None`, since steps have a queue of their own and may still be under way when the promise
/// is settled; answers whether to go on. Weak: it doesn't keep the process alive.
pub type Watcher = ThreadsafeFunction<Option<Step>, bool, Option<Step>, napi::Status, false, true>;

/// The function that the thread pool runs.
type Job<T> = Box<dyn FnOnce(Report) -> Result<T> + Send>;

/// A job, and the realm whose promise it settles.
pub struct Work<T> {
    realm: Realm,
    watcher: Option<Watcher>,
    job: Option<Job<T>>,
}

impl<T: ToNapiValue + TypeName + Send + 'static> Work<T> {
    /// Gives a job to the thread pool.
    pub fn queue(
        realm: Realm,
        watcher: Option<Watcher>,
        job: impl FnOnce(Report) -> Result<T> + Send + 'static,
    ) -> AsyncTask<Self> {
        AsyncTask::new(Self { realm, watcher, job: Some(Box::new(job)) })
    }
}

impl<T: ToNapiValue + TypeName + Send + 'static> Task for Work<T> {
    type Output = Result<T>;
    type JsValue = T;

    fn compute(&mut self) -> napi::Result<Result<T>> {
        let go_on = Arc::new(AtomicBool::new(true));
        let mut report = |step: Progress| {
            if let Some(watcher) = &self.watcher {
                let go_on = Arc::clone(&go_on);
                let answered = move |answer: napi::Result<bool>, _| {
                    if !matches!(answer, Ok(true)) {
                        go_on.store(false, Ordering::Relaxed);
                    }
                    Ok(())
                };
                watcher.call_with_return_value(Some(step.into()), ThreadsafeFunctionCallMode::NonBlocking, answered);
            }
            if go_on.load(Ordering::Relaxed) { Ok(()) } else { Err(stopped()) }
        };
        let job = self.job.take().ok_or_else(|| napi::Error::from_reason("visual-db: the work was done already"))?;
        // A panic must not cross into JavaScript.
        let done = catch_unwind(AssertUnwindSafe(|| job(&mut report)));
        if let Some(watcher) = &self.watcher {
            watcher.call(None, ThreadsafeFunctionCallMode::NonBlocking);
        }
        Ok(done.unwrap_or_else(|_| Err(Error::internal("the code panicked"))))
    }

    fn resolve(&mut self, _: Env, output: Result<T>) -> napi::Result<T> {
        output.map_err(|error| self.realm.rejection(&error))
    }
}

/// The error of work whose `progress` threw; JavaScript rethrows what that threw.
pub fn stopped() -> Error {
    Error::Plain("stopped".into())
}
