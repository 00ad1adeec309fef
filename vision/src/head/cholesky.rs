//! Cholesky factorisation of a symmetric positive definite matrix, and the systems it solves.
//!
//! The factor grows and shrinks with its matrix: rows that are appended cost one elimination each, not
//! a new factorisation, and a row that goes is rotated out of those after it.

use super::tile::products;

/// Rows and columns handled together: a block of rows stays in the cache while the finished rows
/// stream by once.
const BLOCK: usize = 32;

/// The lower triangular `L` with `L Lᵀ = M`.
#[derive(Debug, Clone, Default)]
pub struct Cholesky {
    /// Row i holds `i + 1` numbers, up to the diagonal.
    rows: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Factors the matrix with these rows, each up to its diagonal; `None` where it is not positive
    /// definite, or too far from it to be computed with. A Gram matrix with a multiple of the identity
    /// is, unless its numbers are so large that the identity is lost among them.
    pub fn new(rows: Vec<Vec<f64>>) -> Option<Self> {
        let mut factor = Self::default();
        factor.extend(rows).then_some(factor)
    }

    /// Rows of `M`.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether `M` has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Row i of `L`, up to the diagonal.
    #[cfg(feature = "burn")]
    pub fn row(&self, i: usize) -> &[f64] {
        &self.rows[i]
    }

    /// Factors a larger matrix: `rows` are those that `M` has besides, each up to its diagonal. `false`
    /// where that has no factor (see [`Cholesky::new`]); this one is of no use then.
    pub fn extend(&mut self, rows: Vec<Vec<f64>>) -> bool {
        let before = self.len();
        let mut rest = rows.into_iter().peekable();
        while rest.peek().is_some() {
            let mut block: Vec<Vec<f64>> = rest.by_ref().take(BLOCK).collect();
            eliminate(&mut block, &self.rows, 0);
            factor_diagonal(&mut block, self.len());
            self.rows.append(&mut block);
        }
        let mut diagonal = self.rows[before..].iter().filter_map(|row| row.last());
        diagonal.all(|&value| value.is_finite() && value > 0.0)
    }

    /// Takes row and column `index` out of `M`.
    ///
    /// What the rows after it have in that column is a vector whose square they must make up for: one
    /// rotation for each column, the same for all rows.
    pub fn remove(&mut self, index: usize) {
        self.rows.remove(index);
        let mut rotations: Vec<(f64, f64)> = Vec::with_capacity(self.rows.len() - index);
        for row in &mut self.rows[index..] {
            let mut left = row.remove(index);
            let (diagonal, earlier) = match row[index..].split_last_mut() {
                Some(split) => split,
                None => continue,
            };
            for (value, &(cosine, sine)) in earlier.iter_mut().zip(&rotations) {
                let old = *value;
                *value = cosine * old + sine * left;
                left = cosine * left - sine * old;
            }
            let length = libm::hypot(*diagonal, left);
            rotations.push((*diagonal / length, left / length));
            *diagonal = length;
        }
    }

    /// Replaces each right-hand side `y`, as long as `M`, with `L⁻¹ y`.
    pub fn forward(&self, sides: &mut [Vec<f64>]) {
        for block in sides.chunks_mut(BLOCK) {
            eliminate(block, &self.rows, 0);
        }
    }

    /// Replaces each right-hand side `y`, as long as `M`, with `M⁻¹ y`.
    pub fn solve(&self, sides: &mut [Vec<f64>]) {
        self.forward(sides);
        // A row serves all sides while it is in the cache.
        for (i, row) in self.rows.iter().enumerate().rev() {
            for side in &mut *sides {
                let value = side[i] / row[i];
                side[i] = value;
                for (earlier, factor) in side[..i].iter_mut().zip(row) {
                    *earlier -= factor * value;
                }
            }
        }
    }

    /// `(M⁻¹)_ii` for the places given.
    pub fn inverse_diagonal(&self, places: &[usize]) -> Vec<f64> {
        let mut squares = Vec::with_capacity(places.len());
        for group in places.chunks(BLOCK) {
            // L⁻¹ e_i has nothing above row i, so the rows before the first of them are passed over.
            let first = group.iter().copied().min().unwrap_or(0);
            let first = first - first % BLOCK;
            let unit = |&place: &usize| {
                let mut side = vec![0.0; self.len()];
                side[place] = 1.0;
                side
            };
            let mut sides: Vec<Vec<f64>> = group.iter().map(unit).collect();
            eliminate(&mut sides, &self.rows, first);
            let square = |side: &Vec<f64>| side[first..].iter().map(|v| v * v).sum::<f64>();
            squares.extend(sides.iter().map(square));
        }
        squares
    }
}

/// Solves `X Lᵀ = block` in place, for the columns from `first` on whose rows of `L` are `finished`.
/// What stands before `first` (a multiple of [`BLOCK`]) is 0.
fn eliminate(block: &mut [Vec<f64>], finished: &[Vec<f64>], first: usize) {
    for left in (first..finished.len()).step_by(BLOCK) {
        let rows = &finished[left..finished.len().min(left + BLOCK)];
        subtract(block, rows, first..left);
        for row in &mut *block {
            for (factor, j) in rows.iter().zip(left..) {
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

/// `block[.., columns.end + j] −= block[.., columns] · rows[j, columns]`, for as many j as there are rows.
fn subtract(block: &mut [Vec<f64>], rows: &[Vec<f64>], columns: std::ops::Range<usize>) {
    for group in block.chunks_mut(4) {
        let mut j = columns.end;
        for pair in rows.chunks(2) {
            if let ([a, b, c, d], [x, y]) = (&mut *group, pair) {
                let four = [&*a, &*b, &*c, &*d].map(|row| &row[columns.clone()]);
                let two = [x, y].map(|row| &row[columns.clone()]);
                let sums = products::<f64, 2, 4, 2>(four, two);
                for (row, sums) in [a, b, c, d].into_iter().zip(sums) {
                    row[j] -= sums[0];
                    row[j + 1] -= sums[1];
                }
            } else {
                for row in &mut *group {
                    for (factor, j) in pair.iter().zip(j..) {
                        let (row_part, part) = (&row[columns.clone()], &factor[columns.clone()]);
                        let [[sum]] = products::<f64, 2, 1, 1>([row_part], [part]);
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
fn factor_diagonal(block: &mut [Vec<f64>], top: usize) {
    for i in 0..block.len() {
        let (above, rest) = block.split_at_mut(i);
        let row = &mut rest[0];
        for (factor, j) in above.iter().zip(top..) {
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
    use proptest::prelude::*;

    fn entry(i: usize, j: usize) -> f64 {
        (1.0 + (i as f64 - j as f64).abs()).recip()
    }

    /// The matrix of these rows and columns of an endless one.
    fn matrix(of: &[usize]) -> Vec<Vec<f64>> {
        let row = |(at, &i): (usize, &usize)| of[..=at].iter().map(|&j| entry(i, j)).collect();
        of.iter().enumerate().map(row).collect()
    }

    /// Sizes around the block and the tile: what is solved, multiplied back, is the right-hand side.
    #[test]
    fn solutions_satisfy_their_systems() {
        for size in [1, 2, 3, 5, 31, 32, 33, 67, 130] {
            let all: Vec<usize> = (0..size).collect();
            let number = |k: usize| ((k * 37) % 11) as f64 - 5.0;
            let side = |at: usize| (0..size).map(|k| number(at * size + k)).collect();
            let mut sides: Vec<Vec<f64>> = (0..37).map(side).collect();
            let wanted = sides.clone();
            let factor = Cholesky::new(matrix(&all)).unwrap();
            factor.solve(&mut sides);
            for (side, wanted) in sides.iter().zip(&wanted) {
                for (i, wanted) in wanted.iter().enumerate() {
                    let product: f64 = side.iter().enumerate().map(|(j, x)| x * entry(i, j)).sum();
                    assert!((product - wanted).abs() < 1e-9, "size {size}");
                }
            }
            let squares = factor.inverse_diagonal(&all);
            for (i, square) in squares.into_iter().enumerate() {
                let mut unit = vec![vec![0.0; size]];
                unit[0][i] = 1.0;
                factor.solve(&mut unit);
                assert!((unit[0][i] - square).abs() < 1e-9, "size {size}, place {i}");
            }
        }
    }

    #[test]
    fn what_has_no_factor_is_refused() {
        for size in [1, 3, 33, 67] {
            for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
                let mut rows: Vec<Vec<f64>> = (0..size).map(|i| vec![0.0; i + 1]).collect();
                rows.iter_mut()
                    .for_each(|row| *row.last_mut().unwrap() = 1.0);
                *rows[size - 1].last_mut().unwrap() = wrong;
                assert!(Cholesky::new(rows).is_none(), "{wrong} of {size}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        /// Rows come in portions and go one by one: the factor is that of what is left.
        #[test]
        fn grows_and_shrinks_with_its_matrix(
            portions in prop::collection::vec(1..50usize, 1..4),
            gone in prop::collection::vec(0..1000usize, 0..20),
        ) {
            let mut factor = Cholesky::default();
            for portion in portions {
                let from = factor.len();
                let all: Vec<usize> = (0..from + portion).collect();
                prop_assert!(factor.extend(matrix(&all).split_off(from)));
            }
            let mut left: Vec<usize> = (0..factor.len()).collect();
            for at in gone.into_iter().take(left.len() - 1) {
                let at = at % left.len();
                left.remove(at);
                factor.remove(at);
            }
            let fresh = Cholesky::new(matrix(&left)).unwrap();
            for (ours, theirs) in factor.rows.iter().zip(&fresh.rows) {
                prop_assert_eq!(ours.len(), theirs.len());
                for (ours, theirs) in ours.iter().zip(theirs) {
                    prop_assert!((ours - theirs).abs() < 1e-9, "{} {}", ours, theirs);
                }
            }
        }
    }
}
