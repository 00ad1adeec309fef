//! One block of 64 coefficients, of which those are kept that a small block needs.

use super::bits::Bits;
use super::huffman::{Symbol, Table};

/// Coefficients of low frequencies, dequantised: `[4, 4]` in rows, and one place for what nobody wants.
pub(super) type Coefficients = [i32; 17];

/// The codes of a component.
#[derive(Clone, Copy)]
pub(super) struct Codes<'a> {
    pub dc: &'a Table,
    pub ac: &'a Table,
}

/// No coefficient of a picture of 8 bits is larger than 1,024 and half a step of quantisation; with
/// this bound the transforms cannot overflow.
const LARGEST: i32 = 4095;

/// Where in [`Coefficients`] a coefficient lies that is the n-th in zigzag order; later ones do not.
const PLACES: [u8; 25] = [
    0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 16, 13, 10, 7, 16, 16, 16, 11, 14, 16, 16, 16, 16, 16, 15,
];

/// A coefficient as the transforms take it.
#[inline(always)]
pub(super) fn dequantised(value: i32, step: u16) -> i32 {
    (value * i32::from(step)).clamp(-LARGEST, LARGEST)
}

/// Reads one block, of which `N` × `N` coefficients are wanted: 4, 2, 1 (only the first), or 0 (none).
/// Returns the difference to the first coefficient of the block before; the others are put in their
/// places. `None`: these bits are no block.
///
/// Beforehand the window must hold [`LONGEST`] bytes, or its data have ended.
#[inline(always)]
pub(super) fn read<const N: usize>(
    bits: &mut Bits,
    bytes: &[u8],
    codes: Codes,
    steps: &[u16; 64],
    to: &mut Coefficients,
) -> Option<i32> {
    // The last one in zigzag order that is wanted.
    let last = match N {
        4 => 24,
        2 => 4,
        _ => 0,
    };
    // A copy that stays in registers.
    let mut b = *bits;
    b.refill(bytes);
    let Symbol { size, .. } = codes.dc.symbol(&mut b)?;
    let difference = b.value(size);
    let mut at = 1;
    while at <= last {
        b.refill(bytes);
        let Symbol { run, size } = codes.ac.symbol(&mut b)?;
        if size == 0 && run != 15 {
            *bits = b;
            return Some(difference);
        }
        let value = b.value(size);
        at += run;
        if at <= last {
            to[usize::from(PLACES[at as usize])] = dequantised(value, steps[at as usize]);
        }
        at += 1;
    }
    pass(&mut b, bytes, codes.ac, at)?;
    *bits = b;
    Some(difference)
}

/// Passes over the coefficients from `at` on, several at a time.
#[inline(always)]
fn pass(b: &mut Bits, bytes: &[u8], ac: &Table, mut at: u32) -> Option<()> {
    while at < 64 {
        b.refill(bytes);
        let mut skip = ac.skip(b);
        if at + skip.moves() < 64 {
            b.pass(skip.bits());
            at += skip.moves();
            skip = ac.skip(b);
            if at + skip.moves() < 64 {
                b.pass(skip.bits());
                at += skip.moves();
                continue;
            }
            b.refill(bytes);
        }
        if at + skip.moves() == 64 || skip.ends(at) {
            b.pass(skip.bits());
            return Some(());
        }
        let Symbol { run, size } = ac.symbol(b)?;
        if size == 0 && run != 15 {
            return Some(());
        }
        b.pass(size);
        at += run + 1;
    }
    Some(())
}

/// The most bytes that a block can take: 64 symbols of 16 bits with values of 11 or 10.
pub(super) const LONGEST: usize = 64 * 27 / 8;
