//! The exact learner: features of fixed random filters, and a classifier solved from sums.
//!
//! Each picture adds to the sums of its label and to one matrix of products; nothing is trained. All
//! that is added are whole numbers (in a fixed unit), which double precision adds without rounding: so
//! the sums are a function of the *set* of pictures, bit for bit, in whatever order they came, and
//! taking a picture back leaves no trace.
//!
//! With features `f` of `n` pictures, label means `μ_c`, and differences `d` that small movements make:
//!
//! ```text
//! S  = Σ f fᵀ + c Σ d dᵀ − Σ_c n_c μ_c μ_cᵀ       scatter within labels, and along movements
//! A  = S + (ridge + share · n) v I                v: mean square of a feature
//! w_c = n A⁻¹ μ̃_c,  b_c = −½ w_c·μ̃_c              the photo learner's discriminants
//! p  = softmax(β (W f + b))
//! ```

mod snapshot;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::filters::Filters;
use super::network::check_side;
use super::{Answer, Control, MOST_TAUGHT, Phase, Progress, Settings, Sketch, Taught, Watch};
use crate::Result;
use crate::error::RequestError;
use crate::head::cholesky::Cholesky;
use crate::head::linear::{Class, Linear};
use crate::head::symmetric::Symmetric;
use crate::labels::LabelId;

/// c: how much a movement counts beside a picture. A power of two, so that sums stay exact. Movements
/// are worth 5 points of MNIST and 2.5 of Fashion-MNIST at ten pictures of a label; c from 1/16 to 1/4
/// changes either by less than half a point, and more costs up to half a point at thousands of pictures.
const MOVEMENT: f64 = 1.0 / 16.0;
/// The part of the ridge that does not grow with the pictures.
const RIDGE: f64 = 10.0 / 3.0;
/// The part that each picture adds.
const RIDGE_SHARE: f64 = 1e-3;
/// κ of the photo learner's head: a label with one picture stays alive beside labels with many.
const KAPPA: f64 = 2.0;
/// Where β ends, and the number of pictures at which it is half of that. Fitted to 1, 3, 10, 30, 100 and
/// 800 pictures of ten labels of MNIST and Fashion-MNIST.
const SHARPEST: f64 = 0.22;
const HALF_SHARP: f64 = 370.0;
/// Grey values are summed as whole numbers of this unit.
const WHITE: f64 = 255.0;
/// Pictures taken in at once, between two looks at whether to go on.
const TOGETHER: usize = 64;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Exact {
    settings: Settings,
    filters: Filters,
    labels: BTreeMap<LabelId, Sums>,
    /// `Σ f fᵀ + c Σ d dᵀ`.
    products: Symmetric,
    /// Solved when it is asked for.
    classifier: OnceLock<Linear>,
}

/// What is known of a label.
#[derive(Debug, Clone, PartialEq)]
struct Sums {
    count: usize,
    /// Sum of features, `[length]`.
    features: Vec<f64>,
    /// Sum of pictures, `[side, side]`.
    pictures: Vec<f64>,
}

impl Exact {
    pub fn new(settings: Settings) -> Result<Exact> {
        check_side(settings.side)?;
        let filters = Filters::new(settings.seed, settings.side);
        Ok(Exact {
            products: Symmetric::diagonal(filters.length(), 0.0),
            settings,
            filters,
            labels: BTreeMap::new(),
            classifier: OnceLock::new(),
        })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn labels(&self) -> Vec<LabelId> {
        self.labels.keys().copied().collect()
    }

    /// Adds pictures. Stopped, it keeps those it has taken in.
    pub async fn learn(
        &mut self,
        lessons: &[(LabelId, &[Sketch])],
        watch: &mut impl Watch,
    ) -> Result<Taught> {
        let steps = lessons.iter().map(|(_, pictures)| pictures.len()).sum();
        let mut step = 0;
        for (label, pictures) in lessons {
            for pictures in pictures.chunks(TOGETHER) {
                self.change(*label, pictures, 1.0);
                step += pictures.len();
                let progress = Progress {
                    phase: Phase::Classifier,
                    label: *label,
                    step,
                    steps,
                    loss: 0.0,
                };
                if watch.progress(progress).await == Control::Stop {
                    return Ok(taught(step, step < steps));
                }
            }
        }
        Ok(taught(step, false))
    }

    /// Takes pictures back that were taught to a label: everything is then as if they had never been.
    ///
    /// # Errors
    /// `request/invalid` when they cannot have been taught there; nothing is changed then.
    pub fn take_back(&mut self, label: LabelId, pictures: &[Sketch]) -> Result<()> {
        let foreign = || RequestError::Invalid("This was not taught to that label.".into());
        let mut left = self.labels.get(&label).ok_or_else(foreign)?.clone();
        for picture in pictures {
            let features = self.filters.views(&picture.values).mean;
            left.add(-1.0, &features, &picture.values);
        }
        let enough = left.count.checked_sub(pictures.len()).ok_or_else(foreign)?;
        let mut values = left.features.iter().chain(&left.pictures);
        let possible = match enough {
            0 => values.all(|&value| value == 0.0),
            _ => values.all(|&value| value >= 0.0),
        };
        if !possible {
            return Err(foreign().into());
        }
        for pictures in pictures.chunks(TOGETHER) {
            self.change(label, pictures, -1.0);
        }
        Ok(())
    }

    pub async fn predict(&self, pictures: &[Sketch]) -> Result<Vec<Answer>> {
        let classifier = self.classifier.get_or_init(|| self.solve());
        let answer = |picture: &Sketch| {
            let features = self.filters.views(&picture.values).mean;
            let features: Vec<f64> = features.into_iter().map(f64::from).collect();
            let probabilities = classifier.predict(&features);
            let labels = classifier.labels.iter().copied();
            let mut answer: Answer = labels
                .zip(probabilities.into_iter().map(|p| p as f32))
                .collect();
            answer.sort_by(|a, b| b.1.total_cmp(&a.1));
            answer
        };
        Ok(pictures.iter().map(answer).collect())
    }

    /// The average picture of the label; it has no other.
    pub async fn dreams(&self, label: LabelId, count: usize, _: u64) -> Result<Vec<Sketch>> {
        let average = |sums: &Sums| Sketch {
            side: self.settings.side,
            values: (sums.pictures.iter())
                .map(|sum| (sum / (sums.count as f64 * WHITE)) as f32)
                .collect(),
        };
        let dreams = self.labels.get(&label).map(average);
        Ok(dreams.into_iter().take(count).collect())
    }

    fn pixels(&self) -> usize {
        self.settings.side * self.settings.side
    }

    /// Adds pictures (`sign` 1) or takes them back (−1), all or nothing.
    fn change(&mut self, label: LabelId, pictures: &[Sketch], sign: f64) {
        let length = self.filters.length();
        let mut means = Vec::with_capacity(pictures.len() * length);
        let mut movements = Vec::with_capacity(pictures.len() * length * 2);
        let sums = self.labels.entry(label).or_insert_with(|| Sums {
            count: 0,
            features: vec![0.0; length],
            pictures: vec![0.0; pictures.first().map_or(0, |picture| picture.values.len())],
        });
        for picture in pictures {
            let views = self.filters.views(&picture.values);
            sums.add(sign, &views.mean, &picture.values);
            means.extend(views.mean);
            movements.extend(views.movements.into_iter().flatten());
        }
        let most = usize::try_from(MOST_TAUGHT).unwrap_or(usize::MAX);
        sums.count = match sign > 0.0 {
            // What is counted is stored, and must be read again.
            true => sums.count.saturating_add(pictures.len()).min(most),
            false => sums.count - pictures.len(),
        };
        if sums.count == 0 {
            self.labels.remove(&label);
        }
        self.products.add_outers(sign, &means);
        self.products.add_outers(sign * MOVEMENT, &movements);
        self.classifier = OnceLock::new();
    }

    fn count(&self) -> f64 {
        self.labels.values().map(|sums| sums.count as f64).sum()
    }

    /// The classifier of the labels with at least one picture.
    fn solve(&self) -> Linear {
        let classes = self.classes();
        let count = self.count();
        let beta = SHARPEST * count / (count + HALF_SHARP);
        let Some(factor) = self.matrix() else {
            // Unreachable for sums of pictures: the ridge is positive, and `restore` checks others.
            return Linear::discriminants(&classes, KAPPA, beta, <[f64]>::to_vec);
        };
        Linear::discriminants(&classes, KAPPA, beta, |mean| {
            let mut weights = mean.to_vec();
            factor.solve(std::slice::from_mut(&mut weights));
            weights.iter_mut().for_each(|weight| *weight *= count);
            weights
        })
    }

    fn classes(&self) -> Vec<Class> {
        let class = |(&label, sums): (&LabelId, &Sums)| Class {
            label,
            count: sums.count,
            mean: (sums.features.iter())
                .map(|sum| sum / sums.count as f64)
                .collect(),
        };
        self.labels.iter().map(class).collect()
    }

    /// `A`, factored; `None` where it is not positive definite.
    fn matrix(&self) -> Option<Cholesky> {
        let length = self.filters.length();
        let mut scatter = self.products.clone();
        let trace: f64 = scatter.rows().filter_map(|row| row.last()).sum();
        let count = self.count().max(1.0);
        // A picture that is all black has no features: one squared unit keeps the ridge above 0.
        let square = trace / (count * length as f64) + 1.0;
        for sums in self.labels.values() {
            scatter.add_outer(-1.0 / sums.count as f64, &sums.features);
        }
        let ridge = (RIDGE + RIDGE_SHARE * count) * square;
        let mut rows: Vec<Vec<f64>> = scatter.rows().map(<[f64]>::to_vec).collect();
        for diagonal in rows.iter_mut().filter_map(|row| row.last_mut()) {
            *diagonal += ridge;
        }
        Cholesky::new(rows)
    }
}

impl Sums {
    fn add(&mut self, sign: f64, features: &[f32], picture: &[f32]) {
        for (sum, &feature) in self.features.iter_mut().zip(features) {
            *sum += sign * f64::from(feature);
        }
        for (sum, &grey) in self.pictures.iter_mut().zip(picture) {
            *sum += sign * (f64::from(grey) * WHITE).round();
        }
    }
}

fn taught(steps: usize, stopped: bool) -> Taught {
    Taught {
        steps,
        loss: None,
        stopped,
    }
}
