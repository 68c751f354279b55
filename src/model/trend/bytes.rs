//! How totals are stored: the longest duration, what is known, the counts, and the sums of what is known. Numbers are written seven bits a
//! byte, the lowest first.

use super::histogram::SLOTS;
use super::totals::{Known, Totals};

/// The bits of what is known: durations, and the three amounts.
const LENGTHS: u8 = 1;
const USED: [u8; 3] = [2, 4, 8];

/// Totals as they are stored.
pub(super) fn bytes_of(totals: &Totals) -> Vec<u8> {
    let lengths: Vec<_> = totals.lengths.slots().collect();
    let mut known = if lengths.is_empty() { 0 } else { LENGTHS };
    for (of, bit) in totals.used.iter().zip(USED) {
        known |= if of.by > 0 { bit } else { 0 };
    }
    let mut bytes = Vec::with_capacity(32 + 3 * lengths.len());
    push(&mut bytes, totals.longest.into());
    bytes.push(known);
    for count in totals.runs {
        push(&mut bytes, count.into());
    }
    if !lengths.is_empty() {
        push(&mut bytes, totals.took);
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
    bytes
}

pub(super) fn push(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The bytes that are still to be read.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    /// Adds the stored totals to others.
    pub fn add_to(&mut self, totals: &mut Totals) -> Option<()> {
        totals.longest = totals.longest.max(self.number()?);
        let known = self.byte()?;
        for count in &mut totals.runs {
            *count = count.wrapping_add(self.number()?);
        }
        if known & LENGTHS != 0 {
            totals.took = totals.took.wrapping_add(self.wide()?);
            let mut slot = 0_usize;
            for _ in 0..self.number()? {
                slot = slot.checked_add(usize::try_from(self.number()?).ok()?).filter(|slot| *slot < SLOTS)?;
                totals.lengths.add(slot, self.number()?);
            }
        }
        for (of, bit) in totals.used.iter_mut().zip(USED) {
            if known & bit != 0 {
                of.by = of.by.wrapping_add(self.number()?);
                of.sum = of.sum.wrapping_add(self.wide()?);
            }
        }
        Some(())
    }

    #[inline]
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    #[inline]
    pub fn number(&mut self) -> Option<u64> {
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
