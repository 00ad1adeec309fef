//! The lessons, and the classifier that follows from them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::classifier::Classifier;
use super::feature::{BLOCKS, BlockWeights, Feature, LENGTH};
use super::gram::Gram;
use super::reasons::{Reasons, Spoken};
use super::solve::{System, beta};
use super::{Settings, geometric_mean};
use crate::label::LabelId;
use crate::{Error, Result};

/// The head in Gram form: a set of lessons, each a feature and its label.
///
/// Equal sets give equal classifiers, bit for bit, whatever was taught, corrected or taken back on
/// the way and whatever ids lessons have: before every solve the lessons are put in an order that
/// depends on their content alone.
#[derive(Debug, Clone, Default)]
pub struct Head {
    lessons: Vec<Lesson>,
    /// Where each lesson stands in `lessons` and in the Gram matrices.
    places: HashMap<u64, usize>,
    gram: Gram,
}

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

impl Head {
    /// A head with no lessons.
    pub fn new() -> Self {
        Self::default()
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
    pub fn solve(&self) -> Result<Classifier> {
        Ok(self.solve_with_reasons()?.0)
    }

    /// The classifier, and what each lesson adds to it: one solve for both.
    ///
    /// # Errors
    /// As [`Head::solve`].
    pub fn solve_with_reasons(&self) -> Result<(Classifier, Reasons)> {
        let Some(sorted) = self.sorted() else {
            return Ok(Default::default());
        };
        let mut solution = sorted.system.as_ref().ok_or_else(unsolvable)?.solve();
        let features: Vec<&Feature> = sorted
            .order
            .iter()
            .map(|&place| &*self.lessons[place].feature)
            .collect();
        let shares = sorted.weights.shares();
        let mut weights = Vec::with_capacity(sorted.ranks.len() * LENGTH);
        for &rank in sorted.ranks.values() {
            weights.extend(combine(
                &solution.coefficients[rank * features.len()..][..features.len()],
                &features,
                shares,
            ));
        }
        solution.in_order(sorted.ranks.values().copied());
        let bias: Vec<f32> = solution.bias.iter().map(|&bias| bias as f32).collect();
        if !weights.iter().chain(&bias).all(|value| value.is_finite()) {
            return Err(unsolvable());
        }
        let labels: Vec<LabelId> = sorted.ranks.into_keys().collect();
        let classifier = Classifier::new(labels.clone(), weights, bias, sorted.beta as f32);
        let lessons = sorted
            .order
            .iter()
            .map(|&place| self.lessons[place].spoken());
        let reasons = Reasons::new(labels, lessons.collect(), solution, shares);
        Ok((classifier, reasons))
    }

    /// Scores of every lesson by the classifier of all other lessons, in the order of lesson ids.
    ///
    /// The block weights stay those of all lessons; everything else is exactly what would be solved
    /// without the lesson. Costs little more than one solve. Empty where [`Head::solve`] fails.
    pub fn leave_one_out(&self) -> Vec<LeftOut> {
        let Some(sorted) = self.sorted() else {
            return Vec::new();
        };
        let labels = sorted.ranks.len();
        let Some(system) = &sorted.system else {
            return Vec::new();
        };
        let scores = system.leave_one_out();
        let mut result: Vec<LeftOut> = Vec::with_capacity(self.len());
        for (&place, scores) in sorted.order.iter().zip(scores.chunks_exact(labels)) {
            let Lesson { id, label, .. } = self.lessons[place];
            let logits = sorted
                .ranks
                .values()
                .map(|&rank| scores[rank] as f32)
                .collect::<Vec<_>>();
            result.push(LeftOut {
                lesson: id,
                label,
                logits: logits.iter().all(|v| v.is_finite()).then_some(logits),
            });
        }
        result.sort_by_key(|left| left.lesson);
        result
    }

    /// The lessons in canonical order, and their system; `None` when there are no lessons.
    ///
    /// The lessons of a label stand in the order of their content, and the labels in the order of
    /// their lessons: neither ids nor history decide. Only labels with equal lessons, which cannot be
    /// told apart, stand in the order of their ids.
    fn sorted(&self) -> Option<Sorted> {
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
        if sequence.is_empty() {
            return None;
        }

        let counts: Vec<usize> = sequence.iter().map(|(_, places)| places.len()).collect();
        let ranks = sequence
            .iter()
            .enumerate()
            .map(|(rank, (label, _))| (*label, rank))
            .collect();
        let order = sequence
            .into_iter()
            .flat_map(|(_, places)| places)
            .collect::<Vec<_>>();
        let weights = BlockWeights::for_mean_count(geometric_mean(&counts));
        let kernel = self.gram.kernel(&order, weights.shares());
        let beta = beta(&counts);
        let system = System::new(kernel, counts, Settings::default());
        Some(Sorted {
            order,
            ranks,
            weights,
            beta,
            system,
        })
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

/// Lessons in canonical order.
struct Sorted {
    /// Places of the lessons, labels together.
    order: Vec<usize>,
    /// The place of each label among the labels of the system.
    ranks: BTreeMap<LabelId, usize>,
    weights: BlockWeights,
    beta: f64,
    /// `None` where it has no finite factor.
    system: Option<System>,
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
