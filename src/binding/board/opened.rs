//! A board that is open: its engine, and what a list that is read in parts needs.

use std::cell::{Cell, RefCell};

use crate::engine::{Engine, Watch};

/// An open board.
pub struct Board {
    /// What it is kept on.
    pub engine: Box<dyn Engine>,
    /// The generation in which the latest list was begun.
    pub reading: Cell<i32>,
    /// While somebody waits for a commit.
    pub watch: RefCell<Option<Box<dyn Watch>>>,
}

impl Board {
    /// A board that nothing was read from yet.
    pub fn new(engine: Box<dyn Engine>) -> Self {
        Self { engine, reading: Cell::default(), watch: RefCell::default() }
    }

    /// The generation, where it is still the same; 0 else.
    pub fn unchanged_since(&self, generation: i32) -> i32 {
        if generation != 0 && self.engine.generation() == generation { generation } else { 0 }
    }
}
