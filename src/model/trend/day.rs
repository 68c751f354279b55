//! What the runs of a day of UTC come to, by the quarter of an hour in which they ended, and the bytes that it is stored as.
//!
//! The bytes are a number for the form, then the quarters in their order. Of each: how many quarters it is behind the one before,
//! what is known of it, its counts, and of what is known the sums. Numbers are written seven bits a byte, the lowest first.

use std::collections::BTreeMap;

use super::histogram::SLOTS;
use super::totals::{Ended, Known, Totals};

/// A quarter of an hour, in milliseconds.
pub const QUARTER: i64 = 900_000;
/// Quarters of a day.
pub const QUARTERS: i64 = 96;
/// A day, in milliseconds.
pub const DAY: i64 = QUARTERS * QUARTER;

/// The form that the bytes have.
const FORM: u8 = 1;
/// What is known: durations, and the three amounts behind.
const LENGTHS: u8 = 1;
const USED: [u8; 3] = [2, 4, 8];

/// A day, by its quarters.
#[derive(Debug, Clone, Default)]
pub struct Day {
    quarters: BTreeMap<u8, Totals>,
}

/// Where the quarters of a day are added to.
pub trait Into {
    /// What a quarter is added to; `None` where it is left out.
    fn quarter(&mut self, quarter: u8) -> Option<&mut Totals>;
}

impl Into for Day {
    fn quarter(&mut self, quarter: u8) -> Option<&mut Totals> {
        Some(self.quarters.entry(quarter).or_default())
    }
}

/// The day of UTC that a time is in, and which of its quarters.
#[must_use]
pub fn place(at: i64) -> (i64, u8) {
    (at.div_euclid(DAY), (at.rem_euclid(DAY) / QUARTER) as u8)
}

impl Day {
    /// What bytes say; `None` where they are none of a day.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut day = Self::default();
        read(bytes, &mut day)?;
        Some(day)
    }

    /// One run more.
    pub fn add(&mut self, run: &Ended) {
        self.quarters.entry(place(run.at).1).or_default().add(run);
    }

    /// One less; `true` where somebody has to look which one took longest now.
    pub fn take(&mut self, run: &Ended) -> bool {
        let quarter = place(run.at).1;
        let Some(totals) = self.quarters.get_mut(&quarter) else { return false };
        let is_lost = totals.take(run);
        if totals.is_empty() {
            self.quarters.remove(&quarter);
            return false;
        }
        is_lost
    }

    /// A quarter, if it has any.
    pub fn of(&mut self, quarter: u8) -> Option<&mut Totals> {
        self.quarters.get_mut(&quarter)
    }

    /// The quarters that have any.
    pub fn quarters(&self) -> impl Iterator<Item = (u8, &Totals)> {
        self.quarters.iter().map(|(quarter, totals)| (*quarter, totals))
    }

    /// Adds its quarters.
    pub fn add_to(&self, into: &mut impl Into) {
        for (quarter, totals) in self.quarters() {
            if let Some(target) = into.quarter(quarter) {
                target.join(totals);
            }
        }
    }

    /// As it is stored.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORM];
        let mut before = 0;
        for (quarter, totals) in self.quarters() {
            bytes.push(quarter - before);
            before = quarter;
            let lengths: Vec<_> = totals.lengths.slots().collect();
            let mut known = if lengths.is_empty() { 0 } else { LENGTHS };
            for (of, bit) in totals.used.iter().zip(USED) {
                known |= if of.by > 0 { bit } else { 0 };
            }
            bytes.push(known);
            for count in totals.runs {
                push(&mut bytes, count.into());
            }
            if !lengths.is_empty() {
                push(&mut bytes, totals.took);
                push(&mut bytes, totals.longest.into());
                push(&mut bytes, lengths.len() as u128);
                let mut last = 0;
                for (slot, count) in lengths {
                    push(&mut bytes, (slot - last) as u128);
                    push(&mut bytes, count.into());
                    last = slot;
                }
            }
            for Known { by, sum } in totals.used.iter().filter(|of| of.by > 0) {
                push(&mut bytes, (*by).into());
                push(&mut bytes, *sum);
            }
        }
        bytes
    }
}

/// Adds the quarters that bytes have; `None` where they are none of a day.
#[must_use]
pub fn read(bytes: &[u8], into: &mut impl Into) -> Option<()> {
    let (form, rest) = bytes.split_first()?;
    if *form != FORM {
        return None;
    }
    let mut from = Reader(rest);
    let mut quarter = 0_u8;
    let mut left_out = Totals::default();
    while !from.0.is_empty() {
        quarter = quarter.checked_add(from.byte()?).filter(|quarter| i64::from(*quarter) < QUARTERS)?;
        let known = from.byte()?;
        let totals = into.quarter(quarter).unwrap_or(&mut left_out);
        for count in &mut totals.runs {
            *count = count.wrapping_add(from.number()?);
        }
        if known & LENGTHS != 0 {
            totals.took = totals.took.wrapping_add(from.wide()?);
            totals.longest = totals.longest.max(from.number()?);
            let mut slot = 0_usize;
            for _ in 0..from.number()? {
                slot = slot.checked_add(usize::try_from(from.number()?).ok()?).filter(|slot| *slot < SLOTS)?;
                totals.lengths.add(slot, from.number()?);
            }
        }
        for (of, bit) in totals.used.iter_mut().zip(USED) {
            if known & bit != 0 {
                of.by = of.by.wrapping_add(from.number()?);
                of.sum = of.sum.wrapping_add(from.wide()?);
            }
        }
    }
    Some(())
}

fn push(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// What is still to be read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        // Most numbers are small.
        if first < 0x80 {
            return Some(first.into());
        }
        let mut number = u64::from(first & 0x7f);
        for shift in (7..70).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn wide(&mut self) -> Option<u128> {
        let mut number = 0_u128;
        for shift in (0..133).step_by(7) {
            let byte = self.byte()?;
            number |= u128::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}
