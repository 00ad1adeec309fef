//! The factor of many lessons, kept from one lesson to the next.
//!
//! A factor costs `N³/6`, a row of it `N²/2`: with a thousand lessons that is the difference between a
//! wait and none. It knows no labels ([`super::solve`]), so correcting a lesson costs it nothing at all.

use std::collections::{HashMap, HashSet};

use super::cholesky::Cholesky;
use super::gram::Gram;
use super::solve::ridged;
use super::{BlockWeights, Settings};
use crate::order::ordered;

/// The factor of `K + ντI` over some lessons.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The weights that `K` has.
    weights: BlockWeights,
    /// The lesson of each row.
    rows: Vec<u64>,
    /// Lessons that are taken back, or have another feature by now.
    gone: Vec<u64>,
    factor: Cholesky,
}

impl Kept {
    /// A lesson is no longer what it was.
    pub fn forget(&mut self, lesson: u64) {
        self.gone.push(lesson);
    }

    /// The factor of the lessons at `places` of `gram`, and whose row is which; `None` where there is
    /// none in finite numbers. What has changed since the last time is all that is computed, unless the
    /// weights are others or that would take longer than anew.
    pub fn up_to_date(
        &mut self,
        gram: &Gram,
        places: &HashMap<u64, usize>,
        weights: BlockWeights,
    ) -> Option<(&Cholesky, &[u64])> {
        if weights != self.weights || !self.drop_gone() {
            *self = Self {
                weights,
                ..Self::default()
            };
        }
        self.gone.clear();
        let before = self.rows.len();
        let known: HashSet<u64> = self.rows.iter().copied().collect();
        let fresh = places.keys().copied();
        let fresh: Vec<u64> = fresh.filter(|lesson| !known.contains(lesson)).collect();
        let by_id = ordered(fresh.len(), &|a, b| fresh[a].cmp(&fresh[b]));
        self.rows.extend(by_id.into_iter().map(|at| fresh[at]));
        let order: Vec<usize> = self.rows.iter().map(|lesson| places[lesson]).collect();
        let rows = gram.rows(&order, before, weights.shares());
        if self.factor.extend(ridged(rows, Settings::default())) {
            return Some((&self.factor, &self.rows));
        }
        *self = Self::default();
        None
    }

    /// Takes out the rows of those that are gone; `false`, and nothing done, where a new factor is had
    /// sooner.
    fn drop_gone(&mut self) -> bool {
        let mut dropped: Vec<usize> = Vec::new();
        // A row is rotated out of those after it. A rotation does one number at a time.
        let mut cost = 0.0;
        let gone: HashSet<u64> = self.gone.iter().copied().collect();
        for (row, lesson) in self.rows.iter().enumerate().rev() {
            if gone.contains(lesson) {
                let after = self.rows.len() - row - 1 - dropped.len();
                cost += (after as f64).powi(2);
                dropped.push(row);
            }
        }
        if cost * ROTATION > (self.rows.len() as f64).powi(3) {
            return false;
        }
        for row in dropped {
            self.rows.remove(row);
            self.factor.remove(row);
        }
        true
    }
}

/// How much longer an entry of a rotated row takes than one of `N³`, about.
const ROTATION: f64 = 24.0;
