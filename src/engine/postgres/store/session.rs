//! The session of a board: the client's.

use std::rc::Rc;

use super::Store;
use crate::engine::{Control, Session};
use crate::error::Result;

impl Session for Store {
    fn is_open(&self) -> bool {
        self.is_open.get()
    }

    fn check_idle(&self) -> Result<()> {
        self.check_open()
    }

    fn in_transaction(&self) -> bool {
        self.is_within()
    }

    fn is_at_rest(&self) -> bool {
        self.is_open.get() && !self.is_within()
    }

    fn control(&self, control: Control) -> Result<()> {
        self.check_open()?;
        self.step(control)
    }

    fn act_as(&self, by: Option<&Rc<str>>, at: Option<i64>) {
        self.acting.replace(by.cloned());
        self.acting_at.set(at);
    }

    fn gather(&self) -> Result<bool> {
        self.begin_gathering()
    }

    fn send_gathered(&self) -> Result<bool> {
        Store::send_gathered(self)
    }

    fn forget_gathered(&self) {
        Store::forget_gathered(self);
    }

    /// To learn whether the content is still the same takes a trip, as reading does: so it is asked with the list.
    fn generation(&self) -> i32 {
        0
    }

    fn expect(&self, kept: i32) {
        self.holds.set(false);
        self.expect_generation(kept);
    }

    fn still_holds(&self) -> bool {
        self.snapshot.borrow_mut().kept = 0;
        self.holds.take()
    }

    fn generation_read(&self) -> i32 {
        self.snapshot.borrow().read
    }

    fn close(&self) -> Result<()> {
        if self.is_open.replace(false) {
            self.unfinished.take();
            self.ahead.take();
            self.forget_transaction();
            self.client.hang_up();
        }
        Ok(())
    }
}
