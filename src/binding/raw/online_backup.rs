//! A backup of the raw handle, page by page.

#![allow(
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, and its arguments are what lib/ checked"
)]

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use napi_derive::napi;

use super::database::c_string;
use crate::binding::connection::{Taken, illegal};
use crate::binding::js::{Argument, External, JsResult, Value, answer};
use crate::binding::state::State;
use crate::engine::sqlite::driver::online_backup::OnlineBackup;
use crate::error::Error;

/// A backup under way; empty once it has ended.
pub struct BackupHandle {
    backup: RefCell<Option<OnlineBackup>>,
    state: Rc<State>,
}

// SAFETY: no other external has this tag.
unsafe impl External for BackupHandle {
    const TAG: u64 = 3;
}

/// A backup as an argument of a function that napi-rs generates.
type TakenBackup<'call> = Argument<'call, BackupHandle>;

/// How far a backup has come.
#[napi(object, object_from_js = false)]
pub struct Pages {
    /// All pages of the database.
    pub total_pages: i32,
    /// Pages that are still to be copied.
    pub remaining_pages: i32,
}

/// Begins a backup.
#[napi]
pub fn start_backup(connection: Taken<'_>, schema: String, path: String, is_new_file: bool) -> napi::Result<Value> {
    connection.connection(|handle| {
        handle.file()?.check_idle()?;
        let backup = OnlineBackup::start(handle.file()?, &c_string(schema)?, Path::new(&path), is_new_file)?;
        let backup = BackupHandle { backup: RefCell::new(Some(backup)), state: Rc::clone(&handle.state) };
        connection.env.external(backup)
    })
}

fn with<T>(
    taken: &TakenBackup<'_>,
    body: impl FnOnce(&RefCell<Option<OnlineBackup>>) -> JsResult<T>,
) -> napi::Result<T> {
    let errors = taken.data.map(|backup| &*backup.state.errors);
    answer(taken.env, errors, || body(&taken.data.ok_or_else(illegal)?.backup))
}

/// Copies some pages.
#[napi]
pub fn step_backup(backup: TakenBackup<'_>, pages: i32) -> napi::Result<Pages> {
    with(&backup, |backup| {
        let mut backup = backup.borrow_mut();
        let backup = backup.as_mut().ok_or_else(|| Error::Type("The backup has ended".into()))?;
        let progress = backup.step(pages)?;
        Ok(Pages { total_pages: progress.total, remaining_pages: progress.remaining })
    })
}

/// Ends a backup, complete or not.
#[napi]
pub fn end_backup(backup: TakenBackup<'_>) -> napi::Result<()> {
    with(&backup, |backup| {
        drop(backup.borrow_mut().take());
        Ok(())
    })
}
