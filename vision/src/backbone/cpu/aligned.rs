//! Buffers on cache-line boundaries.
//!
//! A 16-byte load that crosses a 64-byte line costs twice; a `Vec<i16>` promises only 2.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A number for which any bytes are a value, so that a buffer of bytes can be seen as a slice of it.
pub(super) trait Number: Copy + sealed::Sealed {}
impl Number for i16 {}
impl Number for i32 {}
impl Number for f32 {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for i16 {}
    impl Sealed for i32 {}
    impl Sealed for f32 {}
}

/// A cache line, made of what `vec!` gets from the allocator as zeros instead of writing them.
type Line = [u128; 4];

/// A fixed number of values that start on a 64-byte boundary.
pub(super) struct Aligned<T> {
    lines: Vec<Line>,
    /// The first byte on a boundary: the lines themselves start on 16 or fewer.
    start: usize,
    len: usize,
    values: PhantomData<T>,
}

impl<T: Number> Aligned<T> {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        let count = (len * size_of::<T>()).div_ceil(size_of::<Line>()) + 1;
        let lines = vec![[0; 4]; count];
        let start = lines.as_ptr().cast::<u8>().align_offset(size_of::<Line>());
        Self {
            lines,
            start,
            len,
            values: PhantomData,
        }
    }
}

impl<T: Number> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: from `start`, which is less than a line, the lines hold at least `len` values of `T`,
        // aligned for it; all bytes are valid values. A vector's content never moves.
        unsafe {
            std::slice::from_raw_parts(self.lines.as_ptr().byte_add(self.start).cast(), self.len)
        }
    }
}

impl<T: Number> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and the lines are borrowed alone.
        unsafe {
            let start = self.lines.as_mut_ptr().byte_add(self.start);
            std::slice::from_raw_parts_mut(start.cast(), self.len)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_start_on_a_cache_line_and_hold_what_they_were_given() {
        for len in [0, 1, 31, 32, 33] {
            let values: Vec<i16> = (0..len).collect();
            let mut aligned = Aligned::zeros(values.len());
            aligned.copy_from_slice(&values);
            assert_eq!(aligned.as_ptr() as usize % 64, 0);
            assert_eq!(&*aligned, &values);
        }
        assert_eq!(&*Aligned::<f32>::zeros(3), &[0.0; 3]);
    }
}
