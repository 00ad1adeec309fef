//! The lessons, and the classifier that follows from them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::cholesky::Cholesky;
use super::classifier::Classifier;
use super::feature::{BLOCKS, BlockWeights, Feature, LENGTH};
use super::gram::Gram;
use super::kept::Kept;
use super::reasons::{Reasons, Spoken};
use super::solve::{System, beta, factor};
use super::{Settings, geometric_mean};
use crate::label::LabelId;
use crate::{Error, Result};

/// The head in Gram form: a set of lessons, each a feature and its label.
///
/// Equal sets give equal classifiers, bit for bit, whatever was taught, corrected or taken back on
/// the way and whatever ids lessons have: before every solve the lessons are put in an order that
/// depends on their content alone. From [`KEPT_FROM`] lessons on the factor of the last solve is kept
/// instead, in the order in which they came; equal sets then differ by rounding, far below 1e-3.
#[derive(Debug, Clone)]
pub struct Head {
    lessons: Vec<Lesson>,
    /// Where each lesson stands in `lessons` and in the Gram matrices.
    places: HashMap<u64, usize>,
    gram: Gram,
    kept: Kept,
    /// From how many lessons on it is used.
    kept_from: usize,
}

/// Lessons from which on a factor is kept: solving anew takes 35 ms there, and grows with the cube.
pub const KEPT_FROM: usize = 800;

/// What [`Head::leave_one_out`] may cost, in products: about half a second.
const EXAMINED: f64 = 1.3e9;

#[derive(Debug, Clone)]
struct Lesson {
    id: u64,
    feature: Arc<Feature>,
    label: LabelId,
}

impl Lesson {
    fn spoken(&self) -> Spoken {
        Spoken {
            id: self.id,
            label: self.label,
            feature: Arc::clone(&self.feature),
        }
    }
}

/// What the head would say of a lesson had it not been taught.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The lesson.
    pub lesson: u64,
    /// Its label.
    pub label: LabelId,
    /// Scores by the classifier of all other lessons, aligned with the labels of [`Head::solve`];
    /// `None` for the only lesson of its label, which the others know nothing of.
    pub logits: Option<Vec<f32>>,
}

impl Default for Head {
    fn default() -> Self {
        Self::keeping_from(KEPT_FROM)
    }
}

impl Head {
    /// A head with no lessons.
    pub fn new() -> Self {
        Self::default()
    }

    /// A head that keeps its factor from another number of lessons on: for tests and benchmarks.
    pub fn keeping_from(lessons: usize) -> Self {
        Self {
            lessons: Vec::new(),
            places: HashMap::new(),
            gram: Gram::default(),
            kept: Kept::default(),
            kept_from: lessons,
        }
    }

    /// Number of lessons.
    pub fn len(&self) -> usize {
        self.lessons.len()
    }

    /// Whether there are no lessons.
    pub fn is_empty(&self) -> bool {
        self.lessons.is_empty()
    }

    /// Adds a lesson. A lesson with this id that is there already is replaced.
    pub fn insert(&mut self, lesson: u64, feature: Arc<Feature>, label: LabelId) {
        self.extend([(lesson, feature, label)]);
    }

    /// Takes a lesson back; `false` when there is none with this id.
    pub fn remove(&mut self, lesson: u64) -> bool {
        let Some(place) = self.places.remove(&lesson) else {
            return false;
        };
        self.kept.forget(lesson);
        self.lessons.swap_remove(place);
        self.gram.swap_remove(place);
        if let Some(moved) = self.lessons.get(place) {
            self.places.insert(moved.id, place);
        }
        true
    }

    /// Moves a lesson to another label; `false` when there is none with this id.
    pub fn relabel(&mut self, lesson: u64, label: LabelId) -> bool {
        let Some(&place) = self.places.get(&lesson) else {
            return false;
        };
        self.lessons[place].label = label;
        true
    }

    /// The classifier of the labels with at least one lesson, in ascending order of id; an empty one
    /// when there are no lessons.
    ///
    /// # Errors
    /// `compute/failed` where it is not finite. No set of photos leads there: [`Feature`] lets in no
    /// numbers that would.
    pub fn solve(&mut self) -> Result<Classifier> {
        Ok(self.solve_with_reasons()?.0)
    }

    /// The classifier, and what each lesson adds to it: one solve for both.
    ///
    /// # Errors
    /// As [`Head::solve`].
    pub fn solve_with_reasons(&mut self) -> Result<(Classifier, Reasons)> {
        let Some(posed) = self.posed() else {
            return Ok(Default::default());
        };
        let mut solution = posed.system().ok_or_else(unsolvable)?.solve();
        let features: Vec<&Feature> = posed.lessons.iter().map(|it| &*it.feature).collect();
        let shares = posed.weights.shares();
        let mut weights = Vec::with_capacity(posed.ranks.len() * LENGTH);
        for &rank in posed.ranks.values() {
            weights.extend(combine(
                &solution.coefficients[rank * features.len()..][..features.len()],
                &features,
                shares,
            ));
        }
        solution.in_order(posed.ranks.values().copied());
        let bias: Vec<f32> = solution.bias.iter().map(|&bias| bias as f32).collect();
        if !weights.iter().chain(&bias).all(|value| value.is_finite()) {
            return Err(unsolvable());
        }
        let labels: Vec<LabelId> = posed.ranks.keys().copied().collect();
        let beta = beta(&posed.counts) as f32;
        let classifier = Classifier::new(labels.clone(), weights, bias, beta);
        let lessons = posed.lessons.iter().map(|lesson| lesson.spoken());
        let reasons = Reasons::new(labels, lessons.collect(), solution, shares);
        Ok((classifier, reasons))
    }

    /// Scores of lessons by the classifier of all other lessons, in the order of lesson ids.
    ///
    /// The block weights stay those of all lessons; everything else is exactly what would be solved
    /// without the lesson. Costs little more than one solve. Of more than some two thousand lessons as
    /// many are asked as half a second allows, evenly from every label. Empty where [`Head::solve`]
    /// fails.
    pub fn leave_one_out(&mut self) -> Vec<LeftOut> {
        let Some(posed) = self.posed() else {
            return Vec::new();
        };
        let Some(system) = posed.system() else {
            return Vec::new();
        };
        let each = (posed.lessons.len() as f64).powi(2) / 6.0;
        let asked = posed.evenly((EXAMINED / each) as usize);
        let mut result: Vec<LeftOut> = Vec::with_capacity(asked.len());
        for (&at, scores) in asked.iter().zip(system.leave_one_out(&asked)) {
            let &Lesson { id, label, .. } = posed.lessons[at];
            let ranks = posed.ranks.values();
            let logits: Vec<f32> = ranks.map(|&rank| scores[rank] as f32).collect();
            result.push(LeftOut {
                lesson: id,
                label,
                logits: logits.iter().all(|v| v.is_finite()).then_some(logits),
            });
        }
        result.sort_by_key(|left| left.lesson);
        result
    }

    /// The lessons with the factor of their kernel; `None` when there are no lessons.
    fn posed(&mut self) -> Option<Posed<'_>> {
        if self.lessons.is_empty() {
            return None;
        }
        if self.lessons.len() < self.kept_from {
            self.kept = Kept::default();
            return Some(self.posed_anew());
        }
        let mut counted: BTreeMap<LabelId, usize> = BTreeMap::new();
        for lesson in &self.lessons {
            *counted.entry(lesson.label).or_default() += 1;
        }
        let ranks: BTreeMap<LabelId, usize> = counted.keys().copied().zip(0..).collect();
        let counts: Vec<usize> = counted.into_values().collect();
        let weights = BlockWeights::for_mean_count(geometric_mean(&counts)).steady();
        let kept = self.kept.up_to_date(&self.gram, &self.places, weights);
        let (factor, rows) = kept.unzip();
        let lessons = rows.unwrap_or_default().iter();
        let lessons: Vec<&Lesson> = lessons.map(|id| &self.lessons[self.places[id]]).collect();
        Some(Posed {
            labels: lessons.iter().map(|lesson| ranks[&lesson.label]).collect(),
            lessons,
            counts,
            ranks,
            weights,
            factor: factor.map(Cow::Borrowed),
        })
    }

    /// In canonical order: the lessons of a label stand in the order of their content, and the labels in
    /// the order of their lessons: neither ids nor history decide. Only labels with equal lessons, which
    /// cannot be told apart, stand in the order of their ids.
    fn posed_anew(&self) -> Posed<'_> {
        let mut groups: BTreeMap<LabelId, Vec<usize>> = BTreeMap::new();
        for (place, lesson) in self.lessons.iter().enumerate() {
            groups.entry(lesson.label).or_default().push(place);
        }
        let compare =
            |a: &usize, b: &usize| self.lessons[*a].feature.order(&self.lessons[*b].feature);
        groups
            .values_mut()
            .for_each(|places| places.sort_by(compare));
        let mut sequence: Vec<(LabelId, Vec<usize>)> = groups.into_iter().collect();
        sequence.sort_by(|(_, a), (_, b)| {
            let differing = a
                .iter()
                .zip(b)
                .map(|(a, b)| compare(a, b))
                .find(|order| order.is_ne());
            differing.unwrap_or(a.len().cmp(&b.len()))
        });

        let counts: Vec<usize> = sequence.iter().map(|(_, places)| places.len()).collect();
        let labels = counts.iter().enumerate();
        let labels = labels.flat_map(|(rank, &count)| std::iter::repeat_n(rank, count));
        let labels = labels.collect();
        let ranks = sequence
            .iter()
            .zip(0..)
            .map(|((label, _), rank)| (*label, rank));
        let ranks = ranks.collect();
        let order = sequence.into_iter().flat_map(|(_, places)| places);
        let order: Vec<usize> = order.collect();
        let weights = BlockWeights::for_mean_count(geometric_mean(&counts));
        let kernel = self.gram.rows(&order, 0, weights.shares());
        Posed {
            lessons: order.iter().map(|&place| &self.lessons[place]).collect(),
            labels,
            counts,
            ranks,
            weights,
            factor: factor(kernel, Settings::default()).map(Cow::Owned),
        }
    }
}

impl Extend<(u64, Arc<Feature>, LabelId)> for Head {
    /// Adds many lessons, faster than one by one.
    fn extend<I: IntoIterator<Item = (u64, Arc<Feature>, LabelId)>>(&mut self, lessons: I) {
        let mut fresh: BTreeMap<u64, (Arc<Feature>, LabelId)> = BTreeMap::new();
        for (id, feature, label) in lessons {
            self.remove(id);
            fresh.insert(id, (feature, label));
        }
        let old: Vec<&Feature> = self.lessons.iter().map(|lesson| &*lesson.feature).collect();
        let new: Vec<&Feature> = fresh.values().map(|(feature, _)| &**feature).collect();
        self.gram.extend(&old, &new);
        for (id, (feature, label)) in fresh {
            self.places.insert(id, self.lessons.len());
            self.lessons.push(Lesson { id, feature, label });
        }
    }
}

fn unsolvable() -> Error {
    Error::Compute("there is no finite answer to these lessons: undo the last".into())
}

/// Lessons, and the factor of their kernel.
struct Posed<'a> {
    /// In the order of the factor's rows.
    lessons: Vec<&'a Lesson>,
    /// The label of each, a place among the counts.
    labels: Vec<usize>,
    /// Lessons of each label.
    counts: Vec<usize>,
    /// The place of each label among the counts.
    ranks: BTreeMap<LabelId, usize>,
    weights: BlockWeights,
    /// `None` where it is not finite.
    factor: Option<Cow<'a, Cholesky>>,
}

impl Posed<'_> {
    fn system(&self) -> Option<System<'_>> {
        let factor = self.factor.as_deref()?;
        System::new(factor, &self.labels, &self.counts, Settings::default())
    }

    /// The places of about as many lessons, ascending: all, or the same part of every label.
    fn evenly(&self, most: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.lessons.len()).collect();
        if places.len() <= most {
            return places;
        }
        places.sort_by_key(|&at| (self.labels[at], self.lessons[at].id));
        let step = places.len() as f64 / most as f64;
        let mut chosen: Vec<usize> = (0..most)
            .map(|at| places[(at as f64 * step) as usize])
            .collect();
        chosen.sort_unstable();
        chosen
    }
}

/// `Σ coefficient · feature`, each kind of block times its share: weights for raw features, `[3208]`.
fn combine(coefficients: &[f64], features: &[&Feature], shares: [f64; 3]) -> Vec<f32> {
    let mut sum = vec![0.0f32; LENGTH];
    let (tiles, rest) = features.as_chunks::<4>();
    let (tile_coefficients, rest_coefficients) = coefficients.as_chunks::<4>();
    // Four lessons at a time: the sum is read and written once instead of four times.
    for (tile, c) in tiles.iter().zip(tile_coefficients) {
        let [c0, c1, c2, c3] = c.map(|value| value as f32);
        let [x0, x1, x2, x3] = tile.map(|feature| &feature.values()[..LENGTH]);
        for (k, sum) in sum.iter_mut().enumerate() {
            *sum += (c0 * x0[k] + c1 * x1[k]) + (c2 * x2[k] + c3 * x3[k]);
        }
    }
    for (feature, &c) in rest.iter().zip(rest_coefficients) {
        for (sum, x) in sum.iter_mut().zip(feature.values()) {
            *sum += c as f32 * x;
        }
    }
    for (block, share) in BLOCKS.into_iter().zip(shares) {
        sum[block]
            .iter_mut()
            .for_each(|value| *value *= share as f32);
    }
    sum
}
