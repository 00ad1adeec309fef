//! Bits from bytes, the high ones first.

/// A place among the bits of a slice, with the next ones at hand.
#[derive(Clone, Copy, Default)]
pub(super) struct Bits {
    /// The next bits, left-aligned.
    next: u64,
    /// How many of them are certain: 56 to 63 after [`Bits::refill`].
    count: u32,
    /// The byte to be loaded next.
    at: usize,
}

impl Bits {
    /// Has at least 56 bits at hand. The slice ends with eight bytes that are not data; past it everything
    /// is zero.
    #[inline(always)]
    pub fn refill(&mut self, bytes: &[u8]) {
        let loaded = bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>);
        // Bits that are loaded but do not count are the same again next time.
        self.next |= big_endian(*loaded.unwrap_or(&[0; 8])) >> self.count;
        self.at += ((63 - self.count) >> 3) as usize;
        self.count |= 56;
    }

    /// The next `N` bits as a number below 2^N.
    #[inline(always)]
    pub fn peek<const N: u32>(&self) -> usize {
        (self.next >> (64 - N)) as usize
    }

    /// Goes on by `count` bits: no more between two calls of [`Bits::refill`] than 56.
    #[inline(always)]
    pub fn pass(&mut self, count: u32) {
        self.next <<= count;
        self.count -= count;
    }

    /// Takes a coefficient of `size` ≤ 15 bits: those that begin with a zero are negative (T.81,
    /// figure F.12).
    #[inline(always)]
    pub fn value(&mut self, size: u32) -> i32 {
        let raw = ((self.next >> 1) >> (63 - size)) as i32;
        let positive = (self.next.cast_signed() >> 63) as i32;
        self.pass(size);
        raw + (((-1 << size) + 1) & !positive)
    }

    /// The byte that will be loaded next: those before it are not needed any more.
    pub fn at(&self) -> usize {
        self.at
    }

    /// How many bytes were begun.
    pub fn begun(&self) -> usize {
        self.at.saturating_sub((self.count / 8) as usize)
    }

    /// The bytes before [`Bits::at`] are no longer in the slice.
    pub fn passed(&mut self) {
        self.at = 0;
    }
}

/// Eight bytes as a number, the first one highest. In WebAssembly, which has no instruction that swaps
/// bytes, a shuffle does.
#[inline(always)]
fn big_endian(bytes: [u8; 8]) -> u64 {
    #[cfg(target_arch = "wasm32")]
    {
        use core::arch::wasm32::{i8x16_shuffle, u64x2_extract_lane, u64x2_splat};
        let bytes = u64x2_splat(u64::from_le_bytes(bytes));
        u64x2_extract_lane::<0>(i8x16_shuffle::<
            7,
            6,
            5,
            4,
            3,
            2,
            1,
            0,
            7,
            6,
            5,
            4,
            3,
            2,
            1,
            0,
        >(bytes, bytes))
    }
    #[cfg(not(target_arch = "wasm32"))]
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order() {
        let bytes: Vec<u8> = (0..64u32).map(|i| (i * 37 + 11) as u8).collect();
        let bit = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
        let mut bits = Bits::default();
        let bytes = [&bytes[..], &[0; 8]].concat();
        let mut at = 0;
        for step in (1..=27).cycle() {
            bits.refill(&bytes);
            if at + 32 + 64 > bytes.len() * 8 {
                break;
            }
            let expected = (at..at + 12).fold(0, |sum, at| sum << 1 | usize::from(bit(at)));
            assert_eq!(bits.peek::<12>(), expected, "at bit {at}");
            bits.pass(step);
            at += step as usize;
            assert_eq!(bits.begun(), at.div_ceil(8));
        }
    }

    #[test]
    fn values_are_signed_by_their_first_bit() {
        let value = |size, byte: u8| {
            let mut bits = Bits::default();
            bits.refill(&[byte, 0, 0, 0, 0, 0, 0, 0]);
            bits.value(size)
        };
        assert_eq!(value(0, 0xff), 0);
        assert_eq!(value(1, 0x80), 1);
        assert_eq!(value(1, 0x00), -1);
        assert_eq!(value(3, 0b0110_0000), -4);
        assert_eq!(value(3, 0b1010_0000), 5);
    }
}
