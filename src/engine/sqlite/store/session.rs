//! The session of a board: the connection's.

use std::rc::Rc;

use super::Store;
use crate::engine::{Control, Lists, Session};
use crate::error::Result;

impl Session for Store {
    fn is_open(&self) -> bool {
        self.connection.is_open()
    }

    fn check_idle(&self) -> Result<()> {
        self.connection.check_idle()
    }

    fn in_transaction(&self) -> bool {
        self.connection.in_transaction()
    }

    fn is_at_rest(&self) -> bool {
        self.connection.check_no_iterators().is_ok() && self.connection.is_outside_transactions()
    }

    fn control(&self, control: Control) -> Result<()> {
        match control {
            Control::BeginImmediate | Control::BeginExclusive => self.connection.prepare_to_write()?,
            Control::Begin | Control::BeginDeferred => self.connection.check_same_file()?,
            _ => {}
        }
        self.step(control)
    }

    fn act_as(&self, by: Option<&Rc<str>>, at: Option<i64>) {
        let mut acting = self.acting.borrow_mut();
        if acting.is_some() || by.is_some() {
            *acting = by.cloned();
        }
        self.acting_at.set(at);
    }

    fn generation(&self) -> i32 {
        self.connection.generation()
    }

    fn close(&self) -> Result<()> {
        if self.connection.is_open() {
            self.connection.check_no_iterators()?;
            self.abandon();
            self.connection.close()?;
        }
        Ok(())
    }
}
