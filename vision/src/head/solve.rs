//! The head's formulae in Gram form: everything from the inner products of the lessons.
//!
//! With the lessons as rows of `X` `[N, d]`, `K = X Xᵀ`, `H` the centring within labels (symmetric,
//! idempotent) and `A = S + ντI`, where `S = (HX)ᵀ(HX)`, Woodbury's identity gives
//!
//! ```text
//! A⁻¹ = (I − (HX)ᵀ M⁻¹ HX) / ντ,    M = ντI + H K H    [N, N]
//! A⁻¹ μ_k = Xᵀ r_k,                 r_k = (e_k − H M⁻¹ H K e_k) / ντ
//! ```
//!
//! where `e_k` averages over label k: one Cholesky factorisation of size `N`, whatever `d` is.
//! `Σ⁻¹ = (N + ν) A⁻¹`.

use super::cholesky::Cholesky;
use super::{Settings, sharpness};

/// A classifier as combinations of lessons: `W = coefficients · X`.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// `[labels, lessons]`.
    pub coefficients: Vec<f64>,
    /// `[labels]`.
    pub bias: Vec<f64>,
}

impl Solution {
    /// Puts the labels in the order given, a place of each.
    pub(super) fn in_order(&mut self, ranks: impl Iterator<Item = usize> + Clone) {
        let size = self.coefficients.len() / self.bias.len().max(1);
        let row = |rank: usize| &self.coefficients[rank * size..][..size];
        self.coefficients = ranks.clone().flat_map(row).copied().collect();
        self.bias = ranks.map(|rank| self.bias[rank]).collect();
    }
}

/// The system of a set of lessons, factored.
pub struct System {
    settings: Settings,
    /// Lessons of each label; the lessons of a label stand together, labels in this order.
    counts: Vec<usize>,
    /// `K`, `[lessons, lessons]`.
    kernel: Vec<f64>,
    factor: Cholesky,
    /// `K e_k`: products of label means with lessons, `[labels, lessons]`.
    means: Vec<f64>,
    /// `r_k`, `[labels, lessons]`.
    solved: Vec<f64>,
}

impl System {
    /// Factors the system of lessons grouped by label: `counts` (each at least 1) says how many each
    /// label has, `kernel` `[lessons, lessons]` holds their inner products. `None` where these have no
    /// factor in finite numbers, as no products of photos do.
    pub fn new(kernel: Vec<f64>, counts: Vec<usize>, settings: Settings) -> Option<Self> {
        let size: usize = counts.iter().sum();
        assert!(
            size > 0 && kernel.len() == size * size,
            "a kernel is square, with a row for each of at least one lesson"
        );
        let ridge = settings.nu * settings.tau;

        // Rows averaged over each label: K e_k, since K is symmetric.
        let mut means = vec![0.0; counts.len() * size];
        for (mean, group) in means.chunks_exact_mut(size).zip(groups(&counts)) {
            for row in kernel[group.start * size..group.end * size].chunks_exact(size) {
                add(mean, 1.0 / group.len() as f64, row);
            }
        }

        // M = ντI + H K H: subtract each label's mean row from its rows, then from each row its means.
        let mut matrix = kernel.clone();
        for (mean, group) in means.chunks_exact(size).zip(groups(&counts)) {
            for row in matrix[group.start * size..group.end * size].chunks_exact_mut(size) {
                add(row, -1.0, mean);
            }
        }
        for (i, row) in matrix.chunks_exact_mut(size).enumerate() {
            centre(row, &counts);
            row[i] += ridge;
        }
        let factor = Cholesky::new(matrix, size)?;

        let mut solved = means.clone();
        solved
            .chunks_exact_mut(size)
            .for_each(|row| centre(row, &counts));
        factor.solve(&mut solved);
        for (row, group) in solved.chunks_exact_mut(size).zip(groups(&counts)) {
            centre(row, &counts);
            row.iter_mut().for_each(|value| *value /= -ridge);
            let share = 1.0 / (ridge * group.len() as f64);
            row[group].iter_mut().for_each(|value| *value += share);
        }
        Some(Self {
            settings,
            counts,
            kernel,
            factor,
            means,
            solved,
        })
    }

    /// The classifier.
    pub fn solve(&self) -> Solution {
        let (size, labels) = (self.kernel.len().isqrt(), self.counts.len());
        let scale = self.counts.iter().sum::<usize>() as f64 + self.settings.nu;
        let mut centre = vec![0.0; size];
        for row in self.solved.chunks_exact(size) {
            add(&mut centre, 1.0 / labels as f64, row);
        }
        let metric = MeanProducts::new(self);
        let mut solution = Solution {
            coefficients: vec![0.0; labels * size],
            bias: Vec::with_capacity(labels),
        };
        for (k, coefficients) in solution.coefficients.chunks_exact_mut(size).enumerate() {
            let own = self.own_share(self.counts[k]);
            add(coefficients, scale * own, &self.solved[k * size..][..size]);
            add(coefficients, scale * (1.0 - own), &centre);
            solution
                .bias
                .push(-0.5 * scale * metric.shrunk_square(k, own));
        }
        solution
    }

    /// Scores of each lesson by the classifier of all the others, `[lessons, labels]`, exactly as if
    /// it had been taken back and everything solved anew with the same kernel. The only lesson of a
    /// label has no such scores: its row is NaN.
    ///
    /// Leaving `x` out of label c (n lessons) moves the mean to `μ_c + δ`, `δ = (μ_c − x)/(n−1)`, and
    /// the scatter to `A − ρδδᵀ`, `ρ = n(n−1)`: a rank-one change of the metric (Sherman–Morrison),
    /// under which all means are combinations of `μ_k`, `m` and `δ`. So one factorisation serves all.
    pub fn leave_one_out(&self) -> Vec<f64> {
        let (size, labels) = (self.kernel.len().isqrt(), self.counts.len());
        let ridge = self.settings.nu * self.settings.tau;
        let scale = size as f64 - 1.0 + self.settings.nu;
        let metric = MeanProducts::new(self);

        // Products under A⁻¹: of label means with lessons [labels, lessons], of lessons with themselves.
        let crossed = self.crossed();
        let squares = self.squares(ridge);

        let mut scores = vec![f64::NAN; size * labels];
        for (c, group) in groups(&self.counts).enumerate() {
            let n = group.len() as f64;
            for i in group {
                if self.counts[c] < 2 {
                    continue;
                }
                let with_x = |k: usize| crossed[k * size + i];
                let m_x = (0..labels).map(with_x).sum::<f64>() / labels as f64;
                let with_delta = |k: usize| (metric.pair(c, k) - with_x(k)) / (n - 1.0);
                let m_delta = (metric.with_centre[c] - m_x) / (n - 1.0);
                let x_delta = (with_x(c) - squares[i]) / (n - 1.0);
                let delta =
                    (metric.pair(c, c) - 2.0 * with_x(c) + squares[i]) / ((n - 1.0) * (n - 1.0));
                let rank_one = n * (n - 1.0) / (1.0 - n * (n - 1.0) * delta);
                for k in 0..labels {
                    // μ̃_k = own μ_k + (1 − own) m + moved δ
                    let own = self.own_share(self.counts[k] - usize::from(k == c));
                    let moved = (1.0 - own) / labels as f64 + if k == c { own } else { 0.0 };
                    let along = own * with_delta(k) + (1.0 - own) * m_delta;
                    let mean_delta = along + moved * delta;
                    let mean_x = own * with_x(k)
                        + (1.0 - own) * m_x
                        + moved * x_delta
                        + rank_one * mean_delta * x_delta;
                    let mean_square = metric.shrunk_square(k, own)
                        + moved * (2.0 * along + moved * delta)
                        + rank_one * mean_delta * mean_delta;
                    scores[i * labels + k] = scale * (mean_x - 0.5 * mean_square);
                }
            }
        }
        scores
    }

    /// How much of its own mean a label with `count` lessons keeps: `n / (n + κ)`.
    fn own_share(&self, count: usize) -> f64 {
        count as f64 / (count as f64 + self.settings.kappa)
    }

    /// `μ_kᵀ A⁻¹ x_i = (K r_k)_i`, `[labels, lessons]`.
    fn crossed(&self) -> Vec<f64> {
        let size = self.kernel.len().isqrt();
        let mut crossed = vec![0.0; self.solved.len()];
        for (sums, solved) in crossed
            .chunks_exact_mut(size)
            .zip(self.solved.chunks_exact(size))
        {
            for (row, &factor) in self.kernel.chunks_exact(size).zip(solved) {
                add(sums, factor, row);
            }
        }
        crossed
    }

    /// `x_iᵀ A⁻¹ x_i = (K_ii − |L⁻¹ (H K)_i|²) / ντ`, `[lessons]`, with `M = L Lᵀ`.
    fn squares(&self, ridge: f64) -> Vec<f64> {
        let size = self.kernel.len().isqrt();
        let mut centred = self.kernel.clone();
        for row in centred.chunks_exact_mut(size) {
            centre(row, &self.counts);
        }
        self.factor.forward(&mut centred);
        let explained = centred
            .chunks_exact(size)
            .map(|row| row.iter().map(|v| v * v).sum::<f64>());
        explained
            .enumerate()
            .map(|(i, explained)| (self.kernel[i * size + i] - explained) / ridge)
            .collect()
    }
}

/// β for these counts: see [`sharpness`].
pub fn beta(counts: &[usize]) -> f64 {
    sharpness(super::geometric_mean(counts))
}

/// Products under `A⁻¹` of the label means with each other and with their mean `m`.
struct MeanProducts {
    /// `μ_kᵀ A⁻¹ μ_l`, `[labels, labels]`.
    pairs: Vec<f64>,
    /// `μ_kᵀ A⁻¹ m`, `[labels]`.
    with_centre: Vec<f64>,
    /// `mᵀ A⁻¹ m`.
    centre: f64,
}

impl MeanProducts {
    fn new(system: &System) -> Self {
        let (size, labels) = (system.kernel.len().isqrt(), system.counts.len());
        let mut pairs = vec![0.0; labels * labels];
        for k in 0..labels {
            for l in 0..labels {
                let (mean, solved) = (
                    &system.means[k * size..][..size],
                    &system.solved[l * size..][..size],
                );
                pairs[k * labels + l] = mean.iter().zip(solved).map(|(a, b)| a * b).sum();
            }
        }
        let average = |values: &[f64]| values.iter().sum::<f64>() / labels as f64;
        let with_centre: Vec<f64> = pairs.chunks_exact(labels).map(average).collect();
        let centre = average(&with_centre);
        Self {
            pairs,
            with_centre,
            centre,
        }
    }

    fn pair(&self, k: usize, l: usize) -> f64 {
        self.pairs[k * self.with_centre.len() + l]
    }

    /// `μ̃ᵀ A⁻¹ μ̃` of `μ̃ = own μ_k + (1 − own) m`.
    fn shrunk_square(&self, k: usize, own: f64) -> f64 {
        let rest = 1.0 - own;
        own * own * self.pair(k, k)
            + 2.0 * own * rest * self.with_centre[k]
            + rest * rest * self.centre
    }
}

/// Where each label's lessons stand.
fn groups(counts: &[usize]) -> impl Iterator<Item = std::ops::Range<usize>> {
    counts.iter().scan(0, |start, &count| {
        *start += count;
        Some(*start - count..*start)
    })
}

/// Subtracts from each label's entries their mean.
fn centre(row: &mut [f64], counts: &[usize]) {
    for group in groups(counts) {
        let mean = row[group.clone()].iter().sum::<f64>() / group.len() as f64;
        row[group].iter_mut().for_each(|value| *value -= mean);
    }
}

/// `sum += factor · row`.
fn add(sum: &mut [f64], factor: f64, row: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(row) {
        *sum += factor * value;
    }
}
