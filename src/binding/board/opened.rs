//! A board that is open: its engine, and what a list that is read in parts needs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::engine::{Engine, Watch};

/// An open board, as somebody sees it.
pub struct Board {
    /// What it is kept on.
    pub engine: Rc<dyn Engine>,
    /// The generation in which the latest list was begun.
    pub reading: Rc<Cell<i32>>,
    /// Who writes through it, as JSON; nobody is named where there is none.
    by: Option<Rc<str>>,
    /// While somebody waits for a commit.
    pub watch: RefCell<Option<Box<dyn Watch>>>,
}

impl Board {
    /// A board that nothing was read from yet.
    pub fn new(engine: Rc<dyn Engine>) -> Self {
        Self { engine, reading: Rc::default(), by: None, watch: RefCell::default() }
    }

    /// The same board for somebody who is named with what they write.
    pub fn seen_by(&self, by: &str) -> Self {
        let (engine, reading) = (Rc::clone(&self.engine), Rc::clone(&self.reading));
        Self { engine, reading, by: Some(by.into()), watch: RefCell::default() }
    }

    /// The engine, for a call that writes.
    pub fn writer(&self) -> &dyn Engine {
        self.engine.act_as(self.by.as_ref());
        &*self.engine
    }

    /// The generation, where it is still the same; 0 else.
    pub fn unchanged_since(&self, generation: i32) -> i32 {
        if generation != 0 && self.engine.generation() == generation { generation } else { 0 }
    }
}
