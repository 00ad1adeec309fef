//! Cholesky factorisation of a symmetric positive definite matrix, and the systems it solves.

use super::tile::products;

/// Rows and columns handled together: a block of rows stays in the cache while the finished rows
/// stream by once.
const BLOCK: usize = 32;

/// The lower triangular `L` with `L Lᵀ = M`, rows first.
pub struct Cholesky {
    size: usize,
    /// `[size, size]`; above the diagonal there is rubbish that is never read.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors `matrix` `[size, size]`, of which the lower triangle is read; `None` where it is not
    /// positive definite, or too far from it to be computed with. A Gram matrix with a multiple of the
    /// identity is, unless its numbers are so large that the identity is lost among them.
    pub fn new(mut matrix: Vec<f64>, size: usize) -> Option<Self> {
        for top in (0..size).step_by(BLOCK) {
            let (finished, rest) = matrix.split_at_mut(top * size);
            let block = &mut rest[..BLOCK.min(size - top) * size];
            eliminate(block, finished, size);
            factor_diagonal(block, top, size);
        }
        let factor = Self {
            size,
            lower: matrix,
        };
        factor.is_finite().then_some(factor)
    }

    /// Row i of `L`, up to the diagonal.
    #[cfg(feature = "burn")]
    pub fn row(&self, i: usize) -> &[f64] {
        &self.lower[i * self.size..][..=i]
    }

    /// Whether the matrix was positive definite: otherwise a root had no value.
    fn is_finite(&self) -> bool {
        let mut diagonal = (0..self.size).map(|i| self.lower[i * self.size + i]);
        diagonal.all(|value| value.is_finite() && value > 0.0)
    }

    /// Replaces each right-hand side `y` (a row of `[count, size]`) with `L⁻¹ y`.
    pub fn forward(&self, sides: &mut [f64]) {
        for block in sides.chunks_mut(BLOCK * self.size) {
            eliminate(block, &self.lower, self.size);
        }
    }

    /// Replaces each right-hand side `y` (a row of `[count, size]`) with `M⁻¹ y`.
    pub fn solve(&self, sides: &mut [f64]) {
        self.forward(sides);
        for side in sides.chunks_exact_mut(self.size) {
            for i in (0..self.size).rev() {
                let row = &self.lower[i * self.size..][..=i];
                let value = side[i] / row[i];
                side[i] = value;
                for (earlier, factor) in side[..i].iter_mut().zip(row) {
                    *earlier -= factor * value;
                }
            }
        }
    }
}

/// Solves `X Lᵀ = block` in place, for the columns whose rows of `L` are `finished`.
fn eliminate(block: &mut [f64], finished: &[f64], size: usize) {
    let columns = finished.len() / size;
    for left in (0..columns).step_by(BLOCK) {
        let right = (left + BLOCK).min(columns);
        subtract(block, &finished[left * size..right * size], left, size);
        for row in block.chunks_exact_mut(size) {
            for j in left..right {
                let factor = &finished[j * size..][..=j];
                let known: f64 = row[left..j]
                    .iter()
                    .zip(&factor[left..])
                    .map(|(x, l)| x * l)
                    .sum();
                row[j] = (row[j] - known) / factor[j];
            }
        }
    }
}

/// `block[.., left + j] −= block[.., ..left] · rows[j, ..left]`, for as many j as there are rows.
fn subtract(block: &mut [f64], rows: &[f64], left: usize, size: usize) {
    for group in block.chunks_mut(4 * size) {
        let mut j = left;
        for pair in rows.chunks(2 * size) {
            if group.len() == 4 * size && pair.len() == 2 * size {
                let a: [&[f64]; 4] = std::array::from_fn(|i| &group[i * size..][..left]);
                let b: [&[f64]; 2] = std::array::from_fn(|i| &pair[i * size..][..left]);
                let sums = products::<f64, 2, 4, 2>(a, b);
                for (row, sums) in group.chunks_exact_mut(size).zip(sums) {
                    row[j] -= sums[0];
                    row[j + 1] -= sums[1];
                }
            } else {
                for row in group.chunks_exact_mut(size) {
                    for (factor, j) in pair.chunks_exact(size).zip(j..) {
                        let [[sum]] = products::<f64, 2, 1, 1>([&row[..left]], [&factor[..left]]);
                        row[j] -= sum;
                    }
                }
            }
            j += 2;
        }
    }
}

/// Factors the block on the diagonal: its first row is row `top`, and its columns left of it are
/// finished.
fn factor_diagonal(block: &mut [f64], top: usize, size: usize) {
    for i in 0..block.len() / size {
        let (above, rest) = block.split_at_mut(i * size);
        let row = &mut rest[..size];
        for (factor, j) in above.chunks_exact(size).zip(top..) {
            let [[sum]] = products::<f64, 2, 1, 1>([&row[..j]], [&factor[..j]]);
            row[j] = (row[j] - sum) / factor[j];
        }
        let diagonal = top + i;
        let [[square]] = products::<f64, 2, 1, 1>([&row[..diagonal]], [&row[..diagonal]]);
        row[diagonal] = (row[diagonal] - square).sqrt();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes around the block and the tile: what is solved, multiplied back, is the right-hand side.
    #[test]
    fn solutions_satisfy_their_systems() {
        for size in [1, 2, 3, 5, 31, 32, 33, 67, 130] {
            let entry = |i: usize, j: usize| (1.0 + (i as f64 - j as f64).abs()).recip();
            let at = |k: usize| (k / size, k % size);
            let matrix: Vec<f64> = (0..size * size).map(|k| entry(at(k).0, at(k).1)).collect();
            let mut sides: Vec<f64> = (0..37 * size)
                .map(|k| ((k * 37) % 11) as f64 - 5.0)
                .collect();
            let wanted = sides.clone();
            Cholesky::new(matrix, size).unwrap().solve(&mut sides);
            for (side, wanted) in sides.chunks_exact(size).zip(wanted.chunks_exact(size)) {
                for (i, wanted) in wanted.iter().enumerate() {
                    let product: f64 = side.iter().enumerate().map(|(j, x)| x * entry(i, j)).sum();
                    assert!((product - wanted).abs() < 1e-9, "size {size}");
                }
            }
        }
    }

    #[test]
    fn what_has_no_factor_is_refused() {
        for size in [1, 3, 33, 67] {
            for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
                let mut matrix = vec![0.0; size * size];
                for i in 0..size {
                    matrix[i * size + i] = 1.0;
                }
                matrix[size * size - 1] = wrong;
                assert!(Cholesky::new(matrix, size).is_none(), "{wrong} of {size}");
            }
        }
    }
}
