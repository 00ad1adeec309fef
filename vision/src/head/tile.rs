//! The one inner loop of the head: inner products of a few vectors with a few others.
//!
//! A tile of products keeps its sums in registers and uses every loaded value several times. Each
//! product is summed in the same order whatever the tile's shape, so a value does not depend on
//! what it was computed beside. Plain loops over lanes, which the compiler turns into SIMD.

use std::ops::{Add, Mul};

/// `f32` with 4 lanes or `f64` with 2: one 128-bit register.
pub(super) trait Number: Copy + Default + Add<Output = Self> + Mul<Output = Self> {}
impl Number for f32 {}
impl Number for f64 {}

/// Inner products of every `a` with every `b` (all of one length), `[A][B]`, in `L` lanes.
#[inline(always)]
pub(super) fn products<T: Number, const L: usize, const A: usize, const B: usize>(
    a: [&[T]; A],
    b: [&[T]; B],
) -> [[T; B]; A] {
    let length = a[0].len();
    let chunks = length / L;
    let heads_a = a.map(|row| &row.as_chunks::<L>().0[..chunks]);
    let heads_b = b.map(|row| &row.as_chunks::<L>().0[..chunks]);
    let mut lanes = [[[T::default(); L]; B]; A];
    for k in 0..chunks {
        for i in 0..A {
            for j in 0..B {
                for lane in 0..L {
                    lanes[i][j][lane] =
                        lanes[i][j][lane] + heads_a[i][k][lane] * heads_b[j][k][lane];
                }
            }
        }
    }
    let mut sums = [[T::default(); B]; A];
    for i in 0..A {
        for j in 0..B {
            sums[i][j] = lanes[i][j]
                .into_iter()
                .fold(T::default(), |sum, lane| sum + lane);
            for k in chunks * L..length {
                sums[i][j] = sums[i][j] + a[i][k] * b[j][k];
            }
        }
    }
    sums
}
