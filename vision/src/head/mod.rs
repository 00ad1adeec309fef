//! The head: what a person taught, turned into answers.
//!
//! ```text
//! Outputs ──► Feature ──► Head ─────► Classifier ──► probabilities
//! of a photo  7 blocks    lessons     one linear     of each label
//! (backbone)  of unit     and their   map, made
//!             length      Gram        anew after
//!             (prior)     matrices    every lesson
//! ```
//!
//! The head is linear discriminant analysis with a prior. Per label `c` with `n_c` lessons and mean
//! `μ_c`, over all `N` lessons with scatter `S` within the labels:
//!
//! ```text
//! Σ  = (S + ντI) / (N + ν)                 covariance, drawn towards a sphere
//! μ̃_c = (n_c μ_c + κ m) / (n_c + κ)        mean, drawn towards the mean m of the label means
//! w_c = Σ⁻¹ μ̃_c,   b_c = −½ w_c·μ̃_c       one linear score per label
//! p  = softmax(β (W x + b))                β = 0.034 n̄^0.30, n̄ the geometric mean of the n_c
//! ```
//!
//! Nothing is trained: the classifier is a function of the *set* of lessons. Their order does not
//! matter, taking one back gives the answers from before, and two learners merge by joining their
//! lessons: to the bit with fewer than [`KEPT_FROM`] lessons, from there on to rounding. There are two forms of the same formulae:
//!
//! * [`Head`], the **Gram form**, keeps every lesson's feature and solves a system as large as the
//!   number of lessons. Equal sets of lessons give answers equal *bit for bit*, natively and in wasm.
//!   From [`KEPT_FROM`] lessons on it keeps that system's factor, which knows no labels, from one lesson
//!   to the next: a lesson then costs `N²`, a correction less, and equal sets agree to rounding.
//! * [`Statistics`] keeps sums only, no lesson, at a cost that does not grow with their number.
//!   It agrees with the Gram form within 1e-3.
//!
//! `cargo xtask bench lesson --lessons N --photos 2100 --rounds 5`, ms of CPU for a lesson with 10 labels
//! that is saved, and 2,100 photos predicted: 29 at 100 lessons, 55 at 1,000 and 98 at 2,000. Solving
//! anew each time it was 146 and 869. [`Statistics`] take 14 ms to add a lesson and 36 ms to solve for 10
//! labels, however many lessons there are, and their sums 82 MB from the first on.
//!
//! Reading order: `feature`, `prior`, `gram` (products of lessons), [`solve`] (the formulae above),
//! `kept` (a factor that lasts), `head`, `classifier`, `reasons` (why it
//! answers so); then `statistics` with `linear` and `symmetric`. `cholesky` and `tile` are the
//! hot loops.

pub mod cholesky;
mod classifier;
mod feature;
mod gram;
#[allow(clippy::module_inception)] // the struct `Head` in the folder `head`
mod head;
mod kept;
pub mod linear;
#[cfg(any(test, feature = "burn"))] // the scratch learner has pictures by the thousand
mod outer;
mod prior;
mod reasons;
pub mod solve;
mod statistics;
pub mod symmetric;
mod tile;

pub use classifier::Classifier;
pub use feature::{BLOCKS, BlockWeights, Feature, LENGTH, Wide};
pub use gram::{likeness, likeness_of};
pub use head::{Head, KEPT_FROM, LeftOut, Solved};
pub use linear::Linear;
pub use prior::Prior;
pub use reasons::{Reasons, Speaker, Why};
pub use statistics::Statistics;

/// The prior's strengths. [`Settings::default`] is what the product uses.
///
/// The defaults were chosen together on eight public photo sets (clothing, groceries, rubbish,
/// monkeys, office things, weather, household objects, traffic signs; 1 to 20 lessons per label) and
/// confirmed on seven others. They sit on plateaus: ν from 100 to 500 changes balanced accuracy by
/// less than 0.3 points, κ from 1 to 4 by less than 0.15.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// ν: how many lessons the prior covariance counts for.
    pub nu: f64,
    /// τ: variance per dimension of the prior covariance.
    pub tau: f64,
    /// κ: how many lessons the mean of the label means counts for in each label's mean. It keeps a
    /// label with one lesson alive beside labels with twenty.
    pub kappa: f64,
}

impl Settings {
    /// ντ: what the prior adds to the scatter in each direction.
    pub fn ridge(&self) -> f64 {
        self.nu * self.tau
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            nu: 300.0,
            tau: 1.0 / 1280.0,
            kappa: 2.0,
        }
    }
}

/// Geometric mean n̄ of the labels' lesson counts (each at least 1); 1 when there are none.
pub fn geometric_mean(counts: &[usize]) -> f64 {
    let sum: f64 = counts.iter().map(|&n| libm::log(n as f64)).sum();
    libm::exp(sum / counts.len().max(1) as f64)
}

/// β, the factor on the scores that makes the probabilities calibrated: `0.034 n̄^0.30`.
///
/// Fitted on the eight sets of [`Settings`]: stated confidence and accuracy differ by at most 0.03.
/// More lessons per label bring the label means closer to the truth, so scores deserve more trust.
pub fn sharpness(mean_count: f64) -> f64 {
    0.034 * libm::pow(mean_count, 0.30)
}
