//! The head without its lessons: sums that suffice, at a cost that does not grow with their number.
//!
//! Per label the count `n_c` and the sum of its vectors; over all labels the scatter `S` within
//! labels, and the inverse of `A = S + ντI`. A vector `x` joins label c through a rank-one change,
//! `S += n/(n+1) uuᵀ` with `u = x − μ_c`, and leaves through the opposite one, `S −= n/(n−1) uuᵀ`;
//! the inverse follows by Sherman–Morrison. Starting from `A⁻¹ = I/ντ`, nothing is ever factored.

use std::collections::BTreeMap;

use super::Settings;
use super::linear::{Class, Linear};
use super::solve::beta;
use super::symmetric::Symmetric;
use crate::Result;
use crate::error::RequestError;
use crate::label::LabelId;

/// Sufficient statistics of labelled vectors of one dimension `d`.
///
/// For photos the vectors are [`super::BlockWeights::apply`] of features, with weights chosen once:
/// sums cannot be weighted anew. Then `d` = 3208 and the statistics take 82 MB.
#[derive(Debug, Clone)]
pub struct Statistics {
    dimension: usize,
    settings: Settings,
    labels: BTreeMap<LabelId, Sums>,
    /// `S`; it is what two sets of statistics add up.
    scatter: Symmetric,
    /// `(S + ντI)⁻¹`.
    inverse: Symmetric,
}

/// Count and sum of a label's vectors.
#[derive(Debug, Clone)]
struct Sums {
    count: usize,
    sum: Vec<f64>,
}

impl Sums {
    fn mean(&self) -> impl Iterator<Item = f64> {
        self.sum.iter().map(|value| value / self.count as f64)
    }

    /// `x − μ`.
    fn deviation(&self, x: &[f64]) -> Vec<f64> {
        x.iter()
            .zip(self.mean())
            .map(|(x, mean)| x - mean)
            .collect()
    }
}

impl Statistics {
    /// Statistics of no vectors.
    pub fn new(dimension: usize, settings: Settings) -> Self {
        Self {
            dimension,
            settings,
            labels: BTreeMap::new(),
            scatter: Symmetric::diagonal(dimension, 0.0),
            inverse: Symmetric::diagonal(dimension, 1.0 / settings.ridge()),
        }
    }

    /// Number of vectors.
    pub fn len(&self) -> usize {
        self.labels.values().map(|sums| sums.count).sum()
    }

    /// Whether there are no vectors.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Adds a vector to a label.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when its dimension is another.
    pub fn add(&mut self, label: LabelId, x: &[f64]) -> Result<()> {
        self.check_dimension(x.len())?;
        let count = self.labels.get(&label).map_or(0, |sums| sums.count) as f64;
        if let Some(sums) = self.labels.get(&label) {
            self.change(count / (count + 1.0), &sums.deviation(x));
        }
        let sums = self.labels.entry(label).or_insert_with(|| Sums {
            count: 0,
            sum: vec![0.0; x.len()],
        });
        sums.count += 1;
        sums.sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        Ok(())
    }

    /// Takes back a vector that was added to a label.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when it cannot have been added there: nothing is changed then.
    pub fn remove(&mut self, label: LabelId, x: &[f64]) -> Result<()> {
        self.check_dimension(x.len())?;
        let foreign = || RequestError::Invalid("This was not taught to that label.".into());
        let sums = self.labels.get(&label).ok_or_else(foreign)?;
        let (count, deviation) = (sums.count as f64, sums.deviation(x));
        if sums.count == 1 {
            if square(&deviation) > 1e-6 * square(x) {
                return Err(foreign().into());
            }
            self.labels.remove(&label);
            return Ok(());
        }
        let factor = -count / (count - 1.0);
        // Without one of its own vectors the scatter stays positive; this determinant says so.
        if 1.0 + factor * product(&deviation, &self.inverse.times(&deviation)) <= 0.0 {
            return Err(foreign().into());
        }
        self.change(factor, &deviation);
        if let Some(sums) = self.labels.get_mut(&label) {
            sums.count -= 1;
            sums.sum.iter_mut().zip(x).for_each(|(sum, x)| *sum -= x);
        }
        Ok(())
    }

    /// Moves a vector from one label to another.
    ///
    /// # Errors
    /// As [`Statistics::remove`].
    pub fn relabel(&mut self, x: &[f64], from: LabelId, to: LabelId) -> Result<()> {
        self.remove(from, x)?;
        self.add(to, x)
    }

    /// Joins the vectors of another learner's statistics, label by label.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when the other has another dimension or other settings.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.check_dimension(other.dimension)?;
        if self.settings != other.settings {
            return Err(RequestError::Invalid(
                "Statistics with different settings cannot be merged.".into(),
            )
            .into());
        }
        // The other's scatter as rank-one changes: as many as it had lessons, at most d.
        for factor in other.scatter.factors() {
            self.change(1.0, &factor);
        }
        for (&label, sums) in &other.labels {
            self.join(label, sums.clone());
        }
        Ok(())
    }

    /// Moves all vectors of one label to another; `false` when there are none.
    pub fn merge_labels(&mut self, from: LabelId, into: LabelId) -> bool {
        let Some(sums) = self.labels.remove(&from) else {
            return false;
        };
        self.join(into, sums);
        true
    }

    /// The classifier of the labels with at least one vector.
    pub fn solve(&self) -> Linear {
        let scale = self.len() as f64 + self.settings.nu;
        let classes: Vec<Class> = (self.labels.iter())
            .map(|(&label, sums)| Class {
                label,
                count: sums.count,
                mean: sums.mean().collect(),
            })
            .collect();
        let counts: Vec<usize> = classes.iter().map(|class| class.count).collect();
        Linear::discriminants(&classes, self.settings.kappa, beta(&counts), |mean| {
            let mut weights = self.inverse.times(mean);
            weights.iter_mut().for_each(|weight| *weight *= scale);
            weights
        })
    }

    /// Adds sums, whose scatter within is there already, to a label: what is missing is the scatter
    /// between the two means.
    fn join(&mut self, label: LabelId, new: Sums) {
        if let Some(old) = self.labels.get(&label) {
            let (a, b) = (old.count as f64, new.count as f64);
            let apart = old.deviation(&new.mean().collect::<Vec<_>>());
            self.change(a * b / (a + b), &apart);
        }
        let sums = self.labels.entry(label).or_insert_with(|| Sums {
            count: 0,
            sum: vec![0.0; new.sum.len()],
        });
        sums.count += new.count;
        sums.sum
            .iter_mut()
            .zip(&new.sum)
            .for_each(|(sum, value)| *sum += value);
    }

    /// `S += factor · uuᵀ`, and the inverse with it.
    fn change(&mut self, factor: f64, u: &[f64]) {
        let solved = self.inverse.times(u);
        self.scatter.add_outer(factor, u);
        self.inverse
            .add_outer(-factor / (1.0 + factor * product(u, &solved)), &solved);
    }

    fn check_dimension(&self, dimension: usize) -> Result<()> {
        if dimension != self.dimension {
            let text = format!(
                "A vector of {dimension} numbers was given where {} are needed.",
                self.dimension
            );
            return Err(RequestError::Invalid(text).into());
        }
        Ok(())
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn square(x: &[f64]) -> f64 {
    product(x, x)
}
