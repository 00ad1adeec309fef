//! A symmetric matrix, lower triangle packed row by row: half the memory, half the work.

use super::tile::products;

/// A symmetric `[size, size]` matrix.
#[derive(Debug, Clone)]
pub struct Symmetric {
    pub(super) size: usize,
    /// Rows of the triangle, one after another.
    pub(super) packed: Vec<f64>,
}

impl Symmetric {
    /// `value` on the diagonal, zero elsewhere.
    pub fn diagonal(size: usize, value: f64) -> Self {
        let mut packed = vec![0.0; size * (size + 1) / 2];
        let mut end = 0;
        for i in 0..size {
            end += i + 1;
            packed[end - 1] = value;
        }
        Self { size, packed }
    }

    /// From the rows of its triangle, one after another, as [`Symmetric::rows`] gives them.
    #[cfg(feature = "burn")]
    pub fn from_rows(size: usize, packed: Vec<f64>) -> Self {
        debug_assert_eq!(packed.len(), size * (size + 1) / 2);
        Self { size, packed }
    }

    /// Rows of the triangle: row i has i + 1 entries, the last on the diagonal.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> + Clone {
        (0..self.size).map(|i| &self.packed[i * (i + 1) / 2..][..=i])
    }

    /// The product with a vector.
    pub fn times(&self, vector: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; self.size];
        for (i, row) in self.rows().enumerate() {
            let [[sum]] = products::<f64, 2, 1, 1>([row], [&vector[..=i]]);
            result[i] += sum;
            for (value, entry) in result[..i].iter_mut().zip(row) {
                *value += entry * vector[i];
            }
        }
        result
    }

    /// `M += factor · vector vectorᵀ`.
    pub fn add_outer(&mut self, factor: f64, vector: &[f64]) {
        let mut rest = &mut self.packed[..];
        for (i, &value) in vector.iter().enumerate() {
            let (row, after) = rest.split_at_mut(i + 1);
            let scale = factor * value;
            for (entry, other) in row.iter_mut().zip(vector) {
                *entry += scale * other;
            }
            rest = after;
        }
    }

    /// Vectors `f` with `Σ f fᵀ = M`, for a positive semidefinite `M`: as many as its rank.
    ///
    /// Cholesky with diagonal pivoting: each vector removes the largest entry left on the diagonal,
    /// until what is left is rounding.
    pub fn factors(&self) -> Vec<Vec<f64>> {
        let entry = |i: usize, j: usize| self.packed[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
        let mut left: Vec<f64> = (0..self.size).map(|i| entry(i, i)).collect();
        let negligible = 1e-13 * left.iter().sum::<f64>();
        let mut factors: Vec<Vec<f64>> = Vec::new();
        while let Some((pivot, &largest)) =
            left.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))
        {
            if largest <= negligible || factors.len() == self.size {
                break;
            }
            let mut factor: Vec<f64> = (0..self.size).map(|i| entry(i, pivot)).collect();
            for earlier in &factors {
                let scale = earlier[pivot];
                factor
                    .iter_mut()
                    .zip(earlier)
                    .for_each(|(value, other)| *value -= scale * other);
            }
            let root = largest.sqrt();
            factor.iter_mut().for_each(|value| *value /= root);
            left.iter_mut()
                .zip(&factor)
                .for_each(|(left, value)| *left -= value * value);
            left[pivot] = 0.0;
            factors.push(factor);
        }
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_add_up_and_are_as_many_as_the_rank() {
        let vectors = [
            [1.0, 2.0, 3.0, 4.0, 5.0],
            [0.5, -1.0, 0.0, 2.0, 1.0],
            [2.0, 1.0, 3.0, 6.0, 6.0],
        ];
        let mut matrix = Symmetric::diagonal(5, 0.0);
        vectors
            .iter()
            .for_each(|vector| matrix.add_outer(1.5, vector));
        let factors = matrix.factors();
        assert_eq!(factors.len(), 3);
        let mut difference = matrix;
        factors
            .iter()
            .for_each(|factor| difference.add_outer(-1.0, factor));
        assert!(difference.packed.iter().all(|v| v.abs() < 1e-12));
    }

    #[test]
    fn product_with_a_vector() {
        let mut matrix = Symmetric::diagonal(3, 2.0);
        matrix.add_outer(1.0, &[1.0, 2.0, 3.0]);
        assert_eq!(matrix.times(&[1.0, 0.0, -1.0]), [0.0, -4.0, -8.0]);
    }
}
