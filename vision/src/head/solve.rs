//! The head's formulae in Gram form: everything from the inner products of the lessons.
//!
//! With the lessons as rows of `X` `[N, d]`, `K = X Xᵀ` and `E` `[N, labels]` the matrix whose column
//! `e_k` averages over label k, so that `μ_k = Xᵀ e_k`, the scatter within labels is
//! `S = XᵀX − Σ n_k μ_k μ_kᵀ`. Woodbury's identity, twice, gives for `A = S + ντI`
//!
//! ```text
//! T = (K + ντI)⁻¹                                  [N, N]   knows no labels
//! F = Eᵀ T E                                       [labels, labels]
//! A⁻¹ μ_k = Xᵀ r_k,     r_k = Σ_l (F⁻¹)_kl T e_l / (ντ n_k)
//! μ_kᵀ A⁻¹ μ_l = ((F⁻¹)_kl / (ντ n_l) − [k = l]) / n_k
//! ```
//!
//! So one factor serves whatever the labels are: a lesson that is corrected changes `E`, and one that is
//! added appends a row ([`Cholesky::extend`]). `Σ⁻¹ = (N + ν) A⁻¹`.
//!
//! A label's mean may take in points `p` beside the lessons ([`Pull`]), which change no scatter. Of each
//! its products with the lessons, `k = X p`, are needed and no more:
//!
//! ```text
//! A⁻¹ p = p / ντ + Xᵀ u,     u = Σ_k n_k (e_kᵀ T k) r_k − T k / ντ
//! μ_kᵀ A⁻¹ p = r_kᵀ k,       pᵀ A⁻¹ q = pᵀq / ντ + uᵀ (X q)
//! ```

use super::cholesky::Cholesky;
use super::{Settings, sharpness};

/// A point that the mean of a label is drawn to beside its lessons: it says where the mean lies, and
/// nothing about how far it is to be believed (κ), nor about the scatter.
#[derive(Debug, Clone)]
pub struct Pull {
    /// A place among the labels.
    pub label: usize,
    /// How many lessons it counts for in the mean. Above 0.
    pub weight: f64,
    /// Its products with the lessons, `[lessons]`.
    pub with_lessons: Vec<f64>,
    /// Its products with the pulls before it, and with itself.
    pub with_pulls: Vec<f64>,
}

/// A classifier as combinations of lessons and pulls: `W = coefficients · [X; P]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// `[labels, lessons + pulls]`.
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

/// The factor of `K + ντI`, of a kernel's rows up to their diagonals; `None` where these have no factor
/// in finite numbers, as no products of photos do.
pub fn factor(kernel: Vec<Vec<f64>>, settings: Settings) -> Option<Cholesky> {
    Cholesky::new(ridged(kernel, settings))
}

/// `K + ντI`.
pub(super) fn ridged(mut kernel: Vec<Vec<f64>>, settings: Settings) -> Vec<Vec<f64>> {
    for diagonal in kernel.iter_mut().filter_map(|row| row.last_mut()) {
        *diagonal += settings.ridge();
    }
    kernel
}

/// The system of a set of lessons, solved for the label means.
pub struct System<'a> {
    settings: Settings,
    /// The label of each lesson, a place among the labels.
    labels: &'a [usize],
    /// Lessons of each label, each at least 1.
    counts: &'a [usize],
    factor: &'a Cholesky,
    /// `T e_k`, a row of `[lessons]` for each label.
    averages: Vec<Vec<f64>>,
    /// `F⁻¹`, a row for each label.
    inverse: Vec<Vec<f64>>,
    /// `r_k`, a row of `[lessons]` for each label.
    solved: Vec<Vec<f64>>,
}

impl<'a> System<'a> {
    /// The system of lessons whose kernel `factor` is of (see [`factor`]). `labels` says for each lesson
    /// which of the labels it has, and `counts` how many lessons each of those has: at least one.
    /// `None` where its numbers are not finite.
    pub fn new(
        factor: &'a Cholesky,
        labels: &'a [usize],
        counts: &'a [usize],
        settings: Settings,
    ) -> Option<Self> {
        assert!(
            !labels.is_empty() && factor.len() == labels.len(),
            "there is at least one lesson, and each has its row"
        );
        let mut averages = vec![vec![0.0; labels.len()]; counts.len()];
        for (i, &label) in labels.iter().enumerate() {
            averages[label][i] = 1.0 / counts[label] as f64;
        }
        factor.solve(&mut averages);
        let inverse = inverse(over_labels(&averages, labels, counts))?;

        let mut solved = Vec::with_capacity(counts.len());
        for (row, &count) in inverse.iter().zip(counts) {
            let mut sum = vec![0.0; labels.len()];
            for (average, &entry) in averages.iter().zip(row) {
                add(&mut sum, entry / (settings.ridge() * count as f64), average);
            }
            solved.push(sum);
        }
        Some(Self {
            settings,
            labels,
            counts,
            factor,
            averages,
            inverse,
            solved,
        })
    }

    /// The classifier of the lessons alone.
    pub fn solve(&self) -> Solution {
        self.solve_with(&[])
    }

    /// The classifier, the label means drawn to `pulls`.
    pub fn solve_with(&self, pulls: &[Pull]) -> Solution {
        let labels = self.counts.len();
        let scale = self.labels.len() as f64 + self.settings.nu;
        let points = Points::new(self, pulls);
        // The mean of each label as parts of those points: of its lessons' mean, and of its pulls.
        let own = |(k, &count): (usize, &usize)| vec![(k, count as f64)];
        let mut means: Vec<Vec<(usize, f64)>> = self.counts.iter().enumerate().map(own).collect();
        for (pull, place) in pulls.iter().zip(labels..) {
            means[pull.label].push((place, pull.weight));
        }
        for parts in &mut means {
            let mass: f64 = parts.iter().map(|(_, part)| part).sum();
            parts.iter_mut().for_each(|(_, part)| *part /= mass);
        }
        let solved: Vec<Vec<f64>> = means.iter().map(|parts| points.solved(parts)).collect();
        let metric = MeanProducts::new(points.pairs(&means));

        let width = self.labels.len() + pulls.len();
        let mut centre = vec![0.0; width];
        for row in &solved {
            add(&mut centre, 1.0 / labels as f64, row);
        }
        let mut solution = Solution {
            coefficients: vec![0.0; labels * width],
            bias: Vec::with_capacity(labels),
        };
        for (k, coefficients) in solution.coefficients.chunks_exact_mut(width).enumerate() {
            let own = self.own_share(self.counts[k]);
            add(coefficients, scale * own, &solved[k]);
            add(coefficients, scale * (1.0 - own), &centre);
            solution
                .bias
                .push(-0.5 * scale * metric.shrunk_square(k, own));
        }
        solution
    }

    /// Scores of each of `lessons` by the classifier of all the others, `[labels]` each, exactly as if
    /// it had been taken back and everything solved anew with the same kernel. The only lesson of a
    /// label has no such scores: its row is NaN.
    ///
    /// Leaving `x` out of label c (n lessons) moves the mean to `μ_c + δ`, `δ = (μ_c − x)/(n−1)`, and
    /// the scatter to `A − ρδδᵀ`, `ρ = n(n−1)`: a rank-one change of the metric (Sherman–Morrison),
    /// under which all means are combinations of `μ_k`, `m` and `δ`. So one factorisation serves all.
    pub fn leave_one_out(&self, lessons: &[usize]) -> Vec<Vec<f64>> {
        let labels = self.counts.len();
        let scale = self.labels.len() as f64 - 1.0 + self.settings.nu;
        let metric = MeanProducts::new(self.mean_pairs());
        let squares = self.squares(lessons);
        let mut scores = vec![vec![f64::NAN; labels]; lessons.len()];
        for ((scores, &i), square) in scores.iter_mut().zip(lessons).zip(squares) {
            let c = self.labels[i];
            if self.counts[c] < 2 {
                continue;
            }
            let n = self.counts[c] as f64;
            let with_x: Vec<f64> = (0..labels).map(|k| self.crossed(k, i)).collect();
            let m_x = with_x.iter().sum::<f64>() / labels as f64;
            let with_delta = |k: usize| (metric.pairs[c][k] - with_x[k]) / (n - 1.0);
            let m_delta = (metric.with_centre[c] - m_x) / (n - 1.0);
            let x_delta = (with_x[c] - square) / (n - 1.0);
            let delta = (metric.pairs[c][c] - 2.0 * with_x[c] + square) / ((n - 1.0) * (n - 1.0));
            let rank_one = n * (n - 1.0) / (1.0 - n * (n - 1.0) * delta);
            for (k, score) in scores.iter_mut().enumerate() {
                // μ̃_k = own μ_k + (1 − own) m + moved δ
                let own = self.own_share(self.counts[k] - usize::from(k == c));
                let moved = (1.0 - own) / labels as f64 + if k == c { own } else { 0.0 };
                let along = own * with_delta(k) + (1.0 - own) * m_delta;
                let mean_delta = along + moved * delta;
                let mean_x = own * with_x[k]
                    + (1.0 - own) * m_x
                    + moved * x_delta
                    + rank_one * mean_delta * x_delta;
                let mean_square = metric.shrunk_square(k, own)
                    + moved * (2.0 * along + moved * delta)
                    + rank_one * mean_delta * mean_delta;
                *score = scale * (mean_x - 0.5 * mean_square);
            }
        }
        scores
    }

    /// How much of its own mean a label with so many lessons keeps: `n / (n + κ)`.
    fn own_share(&self, count: usize) -> f64 {
        count as f64 / (count as f64 + self.settings.kappa)
    }

    /// `μ_kᵀ A⁻¹ μ_l`, `[labels, labels]`.
    fn mean_pairs(&self) -> Vec<Vec<f64>> {
        let ridge = self.settings.ridge();
        let mut pairs = self.inverse.clone();
        for (k, row) in pairs.iter_mut().enumerate() {
            for (pair, &count) in row.iter_mut().zip(self.counts) {
                *pair /= ridge * count as f64;
            }
            row[k] -= 1.0;
            let count = self.counts[k] as f64;
            row.iter_mut().for_each(|pair| *pair /= count);
        }
        pairs
    }

    /// `μ_kᵀ A⁻¹ x_i = (K r_k)_i`; since `K T = I − ντT`, that is `(F⁻¹)_kc / (ντ n_k n_c) − ντ r_ki` for
    /// a lesson of label c.
    fn crossed(&self, k: usize, i: usize) -> f64 {
        let c = self.labels[i];
        let (own, other) = (self.counts[k] as f64, self.counts[c] as f64);
        let ridge = self.settings.ridge();
        self.inverse[k][c] / (ridge * own * other) - ridge * self.solved[k][i]
    }

    /// `x_iᵀ A⁻¹ x_i = 1 − ντT_ii + aᵀF⁻¹a / ντ`, where `a` is row i of `(I − ντT) E`.
    fn squares(&self, lessons: &[usize]) -> Vec<f64> {
        let ridge = self.settings.ridge();
        let diagonal = self.factor.inverse_diagonal(lessons);
        let square = |(&i, diagonal): (&usize, f64)| {
            let mut seen: Vec<f64> = self.averages.iter().map(|row| -ridge * row[i]).collect();
            seen[self.labels[i]] += 1.0 / self.counts[self.labels[i]] as f64;
            let explained: f64 = self
                .inverse
                .iter()
                .zip(&seen)
                .map(|(row, value)| value * product(row, &seen))
                .sum();
            1.0 - ridge * diagonal + explained / ridge
        };
        lessons.iter().zip(diagonal).map(square).collect()
    }
}

/// β for these counts: see [`sharpness`].
pub fn beta(counts: &[usize]) -> f64 {
    sharpness(super::geometric_mean(counts))
}

/// The points that means are made of, under `A⁻¹`: those of the lessons of each label, then the pulls.
struct Points {
    /// `A⁻¹` of each as a combination of lessons and pulls.
    solved: Vec<Vec<f64>>,
    /// Products under `A⁻¹` of each with each.
    products: Vec<Vec<f64>>,
}

impl Points {
    fn new(system: &System, pulls: &[Pull]) -> Self {
        let (size, ridge) = (system.labels.len(), system.settings.ridge());
        let mut explained: Vec<Vec<f64>> =
            pulls.iter().map(|pull| pull.with_lessons.clone()).collect();
        system.factor.solve(&mut explained);
        let mut solved = system.solved.clone();
        for (pull, explained) in pulls.iter().zip(explained) {
            let mut row = vec![0.0; size];
            for ((average, &count), of_mean) in system
                .averages
                .iter()
                .zip(system.counts)
                .zip(&system.solved)
            {
                add(
                    &mut row,
                    count as f64 * product(average, &pull.with_lessons),
                    of_mean,
                );
            }
            add(&mut row, -1.0 / ridge, &explained);
            solved.push(row);
        }

        let mut products = system.mean_pairs();
        for (e, pull) in pulls.iter().enumerate() {
            let with = |row: &Vec<f64>| product(row, &pull.with_lessons);
            let mut row: Vec<f64> = solved[..system.counts.len() + e + 1]
                .iter()
                .map(with)
                .collect();
            for (value, direct) in row[system.counts.len()..].iter_mut().zip(&pull.with_pulls) {
                *value += direct / ridge;
            }
            for (before, &value) in products.iter_mut().zip(&row) {
                before.push(value);
            }
            products.push(row);
        }
        for (place, row) in solved.iter_mut().enumerate() {
            row.resize(size + pulls.len(), 0.0);
            if let Some(pull) = place.checked_sub(system.counts.len()) {
                row[size + pull] = 1.0 / ridge;
            }
        }
        Self { solved, products }
    }

    /// `A⁻¹` of a mean, made of parts of these points.
    fn solved(&self, mean: &[(usize, f64)]) -> Vec<f64> {
        let mut sum = vec![0.0; self.solved.first().map_or(0, Vec::len)];
        for &(place, part) in mean {
            add(&mut sum, part, &self.solved[place]);
        }
        sum
    }

    /// Products under `A⁻¹` of such means with each other.
    fn pairs(&self, means: &[Vec<(usize, f64)>]) -> Vec<Vec<f64>> {
        let pair = |one: &[(usize, f64)], other: &[(usize, f64)]| {
            let parts = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
            let products = parts.map(|(&(i, a), &(j, b))| a * b * self.products[i][j]);
            products.sum()
        };
        let row = |one: &Vec<_>| means.iter().map(|other| pair(one, other)).collect();
        means.iter().map(row).collect()
    }
}

/// Products under `A⁻¹` of label means with each other and with their mean `m`.
struct MeanProducts {
    /// `μ_kᵀ A⁻¹ μ_l`, `[labels, labels]`.
    pairs: Vec<Vec<f64>>,
    /// `μ_kᵀ A⁻¹ m`, `[labels]`.
    with_centre: Vec<f64>,
    /// `mᵀ A⁻¹ m`.
    centre: f64,
}

impl MeanProducts {
    fn new(pairs: Vec<Vec<f64>>) -> Self {
        let average = |values: &[f64]| values.iter().sum::<f64>() / pairs.len() as f64;
        let with_centre: Vec<f64> = pairs.iter().map(|row| average(row)).collect();
        let centre = average(&with_centre);
        Self {
            pairs,
            with_centre,
            centre,
        }
    }

    /// `μ̃ᵀ A⁻¹ μ̃` of `μ̃ = own μ_k + (1 − own) m`.
    fn shrunk_square(&self, k: usize, own: f64) -> f64 {
        let rest = 1.0 - own;
        own * own * self.pairs[k][k]
            + 2.0 * own * rest * self.with_centre[k]
            + rest * rest * self.centre
    }
}

/// Each row averaged over the lessons of each label; of row k up to label k.
fn over_labels(rows: &[Vec<f64>], labels: &[usize], counts: &[usize]) -> Vec<Vec<f64>> {
    let averaged = |(k, row): (usize, &Vec<f64>)| {
        let mut sums = vec![0.0; counts.len()];
        for (value, &label) in row.iter().zip(labels) {
            sums[label] += value;
        }
        let means = sums.iter().zip(counts).map(|(sum, &n)| sum / n as f64);
        means.take(k + 1).collect()
    };
    rows.iter().enumerate().map(averaged).collect()
}

/// The inverse of the matrix with these rows up to the diagonal; `None` where there is none in finite
/// numbers.
fn inverse(rows: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let mut sides = vec![vec![0.0; rows.len()]; rows.len()];
    for (i, side) in sides.iter_mut().enumerate() {
        side[i] = 1.0;
    }
    Cholesky::new(rows)?.solve(&mut sides);
    Some(sides)
}

// Neither is compiled into each of those who call: rows are long, and code is downloaded.
#[inline(never)]
fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `sum += factor · row`.
#[inline(never)]
fn add(sum: &mut [f64], factor: f64, row: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(row) {
        *sum += factor * value;
    }
}
