//! Application-defined functions and aggregates: the traits that they implement.

use std::any::Any;
use std::ffi::{CString, c_int};

use rusqlite::ffi;

/// An argument of a call, valid while it lasts.
#[derive(Debug, Clone, Copy)]
pub enum Argument<'a> {
    /// SQL NULL.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Text: UTF-8 as the file has it, so not checked.
    Text(&'a [u8]),
    /// A blob.
    Blob(&'a [u8]),
}

/// What a call returns.
#[derive(Debug)]
pub enum Output {
    /// SQL NULL.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Text.
    Text(Vec<u8>),
    /// A blob.
    Blob(Vec<u8>),
    /// It threw; who called the statement finds out what.
    Thrown,
}

/// It threw; who called the statement finds out what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thrown;

/// Whether a step went well.
pub type Stepped = std::result::Result<(), Thrown>;

/// A scalar function.
pub trait Scalar {
    /// Calls it.
    fn call(&self, arguments: &[Argument<'_>]) -> Output;
}

/// An aggregate or window function.
pub trait Aggregate {
    /// The accumulator of a new group; `None` when making it threw.
    fn start(&self) -> Option<Box<dyn Any>>;
    /// Takes a row in.
    ///
    /// # Errors
    /// When it threw.
    fn step(&self, accumulator: &mut dyn Any, arguments: &[Argument<'_>]) -> Stepped;
    /// Takes a row out of the window again.
    ///
    /// # Errors
    /// When it threw.
    fn inverse(&self, accumulator: &mut dyn Any, arguments: &[Argument<'_>]) -> Stepped;
    /// The value so far.
    fn value(&self, accumulator: &dyn Any) -> Output;
}

/// How a function is registered.
#[derive(Debug, Clone, Copy)]
pub struct Signature<'a> {
    /// Its name in SQL.
    pub name: &'a str,
    /// How many arguments it takes, -1 for any number.
    pub arguments: i32,
    /// The same arguments always give the same value.
    pub deterministic: bool,
    /// Not to be called from triggers and views.
    pub direct_only: bool,
}

impl Signature<'_> {
    pub(super) fn flags(&self) -> c_int {
        ffi::SQLITE_UTF8
            | if self.deterministic { ffi::SQLITE_DETERMINISTIC } else { 0 }
            | if self.direct_only { ffi::SQLITE_DIRECTONLY } else { 0 }
    }

    pub(super) fn c_name(&self) -> CString {
        CString::new(self.name.split('\0').next().unwrap_or_default()).unwrap_or_default()
    }
}
