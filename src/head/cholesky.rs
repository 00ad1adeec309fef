//! Cholesky factorisation of a symmetric positive definite matrix, and the systems it solves.

use super::tile::products;

/// Rows and columns factored together: a block row of the factor stays in the cache while the rows
/// above it stream by.
const BLOCK: usize = 32;

/// The lower triangular `L` with `L Lᵀ = M`, rows first.
pub(super) struct Cholesky {
    size: usize,
    /// `[size, size]`; above the diagonal there is rubbish that is never read.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors `matrix` `[size, size]`, of which the lower triangle is read. It must be positive
    /// definite; the caller adds a multiple of the identity to a Gram matrix, so it is.
    pub(super) fn new(mut matrix: Vec<f64>, size: usize) -> Self {
        for top in (0..size).step_by(BLOCK) {
            let bottom = (top + BLOCK).min(size);
            for left in (0..=top).step_by(BLOCK) {
                let right = (left + BLOCK).min(size);
                subtract_earlier(&mut matrix, size, top..bottom, left..right);
                finish_block(&mut matrix, size, top..bottom, left..right);
            }
        }
        Self {
            size,
            lower: matrix,
        }
    }

    /// Replaces each right-hand side `y` (a row of `[count, size]`) with `L⁻¹ y`.
    pub(super) fn forward(&self, sides: &mut [f64]) {
        for group in sides.chunks_mut(4 * self.size) {
            for i in 0..self.size {
                let row = &self.lower[i * self.size..][..=i];
                if let [a, b, c, d] = &mut group.chunks_exact_mut(self.size).collect::<Vec<_>>()[..]
                {
                    let [sums] =
                        products::<f64, 2, 1, 4>([&row[..i]], [&a[..i], &b[..i], &c[..i], &d[..i]]);
                    for (side, sum) in [a, b, c, d].into_iter().zip(sums) {
                        side[i] = (side[i] - sum) / row[i];
                    }
                } else {
                    for side in group.chunks_exact_mut(self.size) {
                        let [[sum]] = products::<f64, 2, 1, 1>([&row[..i]], [&side[..i]]);
                        side[i] = (side[i] - sum) / row[i];
                    }
                }
            }
        }
    }

    /// Replaces each right-hand side `y` (a row of `[count, size]`) with `M⁻¹ y`.
    pub(super) fn solve(&self, sides: &mut [f64]) {
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

/// `M[rows, columns] −= L[rows, ..left] · L[columns, ..left]ᵀ`.
fn subtract_earlier(
    matrix: &mut [f64],
    size: usize,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) {
    let left = columns.start;
    for i in rows.clone().step_by(4) {
        for j in columns.clone().step_by(2) {
            if i + 4 <= rows.end && j + 2 <= columns.end {
                let at = |r: usize| &matrix[r * size..][..left];
                let sums = products::<f64, 2, 4, 2>(
                    [at(i), at(i + 1), at(i + 2), at(i + 3)],
                    [at(j), at(j + 1)],
                );
                for (r, sums) in (i..).zip(sums) {
                    for (c, sum) in (j..).zip(sums) {
                        matrix[r * size + c] -= sum;
                    }
                }
            } else {
                for r in i..(i + 4).min(rows.end) {
                    for c in j..(j + 2).min(columns.end) {
                        let at = |r: usize| &matrix[r * size..][..left];
                        let [[sum]] = products::<f64, 2, 1, 1>([at(r)], [at(c)]);
                        matrix[r * size + c] -= sum;
                    }
                }
            }
        }
    }
}

/// Completes a block from which the earlier columns are subtracted: the triangular solve beside the
/// diagonal block of its columns, or on the diagonal the plain factorisation.
fn finish_block(
    matrix: &mut [f64],
    size: usize,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) {
    for i in rows {
        for j in columns.start..columns.end.min(i + 1) {
            let mut value = matrix[i * size + j];
            for k in columns.start..j {
                value -= matrix[i * size + k] * matrix[j * size + k];
            }
            matrix[i * size + j] = if i == j {
                value.sqrt()
            } else {
                value / matrix[j * size + j]
            };
        }
    }
}
