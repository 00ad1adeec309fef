//! Sums of many outer products into a symmetric matrix, as fast as the processor multiplies.

use super::symmetric::Symmetric;

/// Vectors whose products are summed in `f32` before they go into the matrix: whole numbers up to 511
/// then stay exact, since 64 · 511² < 2²⁴.
const TOGETHER: usize = 64;
/// Columns of a tile, in two 128-bit registers.
const LANES: usize = 8;
/// Rows of a tile.
const HEIGHT: usize = 4;

impl Symmetric {
    /// `M += factor · Σ x xᵀ` over many vectors, `[count, size]`: much faster than one by one. Exact when
    /// the vectors are whole numbers up to 511 in size, and the factor and the sums fit `f64`.
    pub fn add_outers(&mut self, factor: f64, vectors: &[f32]) {
        for vectors in vectors.chunks(TOGETHER * self.size) {
            let panels = panels(vectors, self.size);
            let panel = LANES * vectors.len() / self.size;
            let mut rest = &mut self.packed[..];
            for (left, top) in panels.chunks_exact(panel).zip((0..).step_by(LANES)) {
                for upper in [0, HEIGHT] {
                    let height = HEIGHT.min(self.size.saturating_sub(top + upper));
                    // The rows of this tile in the triangle, and where each begins.
                    let starts: [usize; HEIGHT] = std::array::from_fn(|i| {
                        i * (top + upper + 1) + i * i.saturating_sub(1) / 2
                    });
                    for (right, from) in panels.chunks_exact(panel).zip((0..=top).step_by(LANES)) {
                        let sums = tile(left, upper, right);
                        for (i, sums) in sums.iter().enumerate().take(height) {
                            let end = (top + upper + i + 1).min(from + LANES);
                            let row = &mut rest[starts[i]..][from..end];
                            for (entry, sum) in row.iter_mut().zip(sums) {
                                *entry += factor * f64::from(*sum);
                            }
                        }
                    }
                    let taken = (top + upper..top + upper + height).map(|i| i + 1).sum();
                    rest = &mut rest[taken..];
                }
            }
        }
    }
}

/// Vectors side by side in panels of `LANES` columns, `[size / LANES, count, LANES]`, the last one
/// filled up with zeros.
fn panels(vectors: &[f32], size: usize) -> Vec<f32> {
    let count = vectors.len() / size;
    let mut panels = vec![0.0; size.div_ceil(LANES) * count * LANES];
    for (k, vector) in vectors.chunks_exact(size).enumerate() {
        for (panel, values) in panels
            .chunks_exact_mut(count * LANES)
            .zip(vector.chunks(LANES))
        {
            panel[k * LANES..][..values.len()].copy_from_slice(values);
        }
    }
    panels
}

/// Products of `HEIGHT` columns of a panel, from `upper` on, with all of another, summed over the vectors.
#[inline(always)]
fn tile(left: &[f32], upper: usize, right: &[f32]) -> [[f32; LANES]; HEIGHT] {
    let mut sums = [[0.0; LANES]; HEIGHT];
    let pairs = left
        .as_chunks::<LANES>()
        .0
        .iter()
        .zip(right.as_chunks::<LANES>().0);
    for (a, b) in pairs {
        for (sums, a) in sums.iter_mut().zip(&a[upper..upper + HEIGHT]) {
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes around the tile, counts around what is summed together: the same as one by one.
    #[test]
    fn many_outer_products_at_once_are_the_same_as_one_by_one() {
        for size in [1, 3, 4, 7, 8, 9, 12, 13, 25] {
            for count in [1, 2, 63, 64, 65, 130] {
                let value = |k: usize| ((k * 7919) % 1023) as f32 - 511.0;
                let vectors: Vec<f32> = (0..count * size).map(value).collect();
                let mut together = Symmetric::diagonal(size, 3.0);
                together.add_outers(0.25, &vectors);
                let mut single = Symmetric::diagonal(size, 3.0);
                for vector in vectors.chunks_exact(size) {
                    let vector: Vec<f64> = vector.iter().map(|&x| f64::from(x)).collect();
                    single.add_outer(0.25, &vector);
                }
                assert_eq!(together.packed, single.packed, "{count} of size {size}");
            }
        }
    }
}
