//! An open board: its engine, and what a list needs that is read in parts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::binding::js::{Call, JsResult, Kind};
use crate::engine::{Engine, Watch};

/// An open board, for one actor.
pub struct Board {
    /// What it is kept on.
    pub engine: Rc<dyn Engine>,
    /// The generation in which the latest list began.
    pub reading: Rc<Cell<i32>>,
    /// Who signs what is written by it, as JSON; `None` signs nothing.
    by: Option<Rc<str>>,
    /// Whether the caller has a clock of their own.
    has_clock: bool,
    /// The wait for a commit, while there is one.
    pub watch: Rc<RefCell<Option<Box<dyn Watch>>>>,
}

impl Board {
    /// A board that nothing has been read from yet.
    pub fn new(engine: Rc<dyn Engine>, has_clock: bool) -> Self {
        Self { engine, reading: Rc::default(), by: None, has_clock, watch: Rc::default() }
    }

    /// The same board for an actor, who signs what is written by it.
    pub fn seen_by(&self, by: &str) -> Self {
        Self {
            engine: Rc::clone(&self.engine),
            reading: Rc::clone(&self.reading),
            by: Some(by.into()),
            has_clock: self.has_clock,
            watch: Rc::clone(&self.watch),
        }
    }

    /// The engine, for a call that writes; behind the connection its argument is the time.
    pub fn writer(&self, call: &Call) -> JsResult<&dyn Engine> {
        let time = call.argument(1);
        let tells = self.has_clock && call.env.kind(time) == Kind::Number;
        let at = if tells { Some(call.env.to_f64(time)? as i64) } else { None };
        self.engine.act_as(self.by.as_ref(), at);
        Ok(&*self.engine)
    }

    /// The generation, if it is still the same; else 0.
    pub fn unchanged_since(&self, generation: i32) -> i32 {
        let is_same = || [self.engine.generation(), self.engine.generation_read()].contains(&generation);
        if generation != 0 && is_same() { generation } else { 0 }
    }
}
