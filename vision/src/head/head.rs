//! The lessons, and the classifier that follows from them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::cholesky::Cholesky;
use super::classifier::Classifier;
use super::feature::{BLOCKS, BlockWeights, Feature, LENGTH};
use super::gram::{Gram, kernel};
use super::kept::Kept;
use super::reasons::{Reasons, Spoken};
use super::solve::{Pull, Solution, System, beta, factor};
use super::{Settings, geometric_mean};
use crate::label::LabelId;
use crate::order::ordered;
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
    /// Of some labels, what was seen of them beside the lessons.
    seen: Vec<Seen>,
    /// From how many lessons on it is used.
    kept_from: usize,
}

/// Lessons from which on a factor is kept: solving anew takes 35 ms there, and grows with the cube.
pub const KEPT_FROM: usize = 800;

/// For how many lessons what was seen of a label counts at most. From 10 to 30 and without a limit it
/// helps as much (`cargo xtask bench accuracy --accept`); with fewer, a lesson that corrects is heard.
const SEEN_MOST: f64 = 10.0;

/// What [`Head::leave_one_out`] may cost, in products: about half a second.
const EXAMINED: f64 = 1.3e9;

#[derive(Debug, Clone)]
struct Lesson {
    id: u64,
    feature: Arc<Feature>,
    label: LabelId,
}

/// What is known to be of a label without being a lesson.
#[derive(Debug, Clone)]
struct Seen {
    label: LabelId,
    /// How many lessons it counts for.
    weight: f64,
    mean: Arc<Feature>,
}

/// What follows from the lessons and from what was seen: see [`Head::solve_in_full`].
#[derive(Debug, Clone, Default)]
pub struct Solved {
    /// What answers.
    pub classifier: Classifier,
    /// What each lesson adds to it.
    pub reasons: Reasons,
    /// What the lessons alone would answer, where that is something else.
    pub alone: Option<Classifier>,
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
            seen: Vec::new(),
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

    /// What is known to be of a label without having been taught, all of it: it draws the label's mean to
    /// its own, and counts for at most [`SEEN_MOST`] lessons. In the scatter it does not count, nor in how far
    /// the label's mean is believed: so it costs no later lesson anything, and many photos of one scene do
    /// no harm. Only labels that have lessons answer.
    pub fn set_seen(&mut self, label: LabelId, photos: &[&Feature]) {
        self.seen.retain(|seen| seen.label != label);
        if !photos.is_empty() {
            self.seen.push(Seen {
                label,
                weight: (photos.len() as f64).min(SEEN_MOST),
                mean: Arc::new(Feature::mean(photos)),
            });
        }
    }

    /// The classifier of the labels with at least one lesson, in ascending order of id; an empty one
    /// when there are no lessons.
    ///
    /// # Errors
    /// `compute/failed` where it is not finite. No set of photos leads there: [`Feature`] lets in no
    /// numbers that would.
    pub fn solve(&mut self) -> Result<Classifier> {
        Ok(self.solve_in_full()?.classifier)
    }

    /// The classifier, what each lesson adds to it, and what the lessons alone would say: one system for
    /// all of it.
    ///
    /// # Errors
    /// As [`Head::solve`].
    pub fn solve_in_full(&mut self) -> Result<Solved> {
        // The posed system borrows the head.
        let seen = std::mem::take(&mut self.seen);
        let solved = match self.posed() {
            Some(posed) => posed.solved(&seen),
            None => Ok(Solved::default()),
        };
        self.seen = seen;
        solved
    }

    /// Scores of lessons by the classifier of all other lessons, in the order of lesson ids. What was seen
    /// beside them is left out.
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
        let scores = system.leave_one_out(&asked);
        let id = |at: usize| posed.lessons[asked[at]].id;
        let by_id = ordered(asked.len(), &|a, b| id(a).cmp(&id(b)));
        let left_out = |at: usize| {
            let ranks = posed.ranks.iter();
            let logits: Vec<f32> = ranks.map(|&rank| scores[at][rank] as f32).collect();
            LeftOut {
                lesson: id(at),
                label: posed.lessons[asked[at]].label,
                logits: logits.iter().all(|v| v.is_finite()).then_some(logits),
            }
        };
        by_id.into_iter().map(left_out).collect()
    }

    /// The lessons with the factor of their kernel; `None` when there are no lessons.
    fn posed(&mut self) -> Option<Posed<'_>> {
        if self.lessons.len() < self.kept_from.max(1) {
            self.kept = Kept::default();
            return (!self.is_empty()).then(|| self.posed_anew());
        }
        let label = |place: usize| self.lessons[place].label;
        let places = ordered(self.len(), &|a, b| label(a).cmp(&label(b)));
        let groups = places.chunk_by(|&a, &b| label(a) == label(b));
        let labels: Vec<LabelId> = groups.clone().map(|group| label(group[0])).collect();
        let counts: Vec<usize> = groups.map(<[usize]>::len).collect();
        let weights = BlockWeights::for_mean_count(geometric_mean(&counts)).steady();
        let kept = self.kept.up_to_date(&self.gram, &self.places, weights);
        let (factor, rows) = kept.unzip();
        let lessons = rows.unwrap_or_default().iter();
        let lessons: Vec<&Lesson> = lessons.map(|id| &self.lessons[self.places[id]]).collect();
        let of = lessons
            .iter()
            .map(|lesson| labels.binary_search(&lesson.label));
        Some(Posed {
            of: of.map(Result::unwrap_or_default).collect(),
            lessons,
            counts,
            ranks: (0..labels.len()).collect(),
            labels,
            weights,
            factor: factor.map(Cow::Borrowed),
        })
    }

    /// In canonical order: the lessons of a label stand in the order of their content, and the labels in
    /// the order of their lessons: neither ids nor history decide. Only labels with equal lessons, which
    /// cannot be told apart, stand in the order of their ids.
    fn posed_anew(&self) -> Posed<'_> {
        let label = |place: usize| self.lessons[place].label;
        let content = |a: usize, b: usize| self.lessons[a].feature.order(&self.lessons[b].feature);
        let places = ordered(self.len(), &|a, b| {
            label(a).cmp(&label(b)).then_with(|| content(a, b))
        });
        let groups: Vec<&[usize]> = places.chunk_by(|&a, &b| label(a) == label(b)).collect();
        let sequence = ordered(groups.len(), &|a, b| {
            let (a, b) = (groups[a], groups[b]);
            let pairs = a.iter().zip(b);
            let differing = pairs.map(|(&a, &b)| content(a, b)).find(|it| it.is_ne());
            differing.unwrap_or(a.len().cmp(&b.len()))
        });

        let labels = groups.iter().map(|group| label(group[0])).collect();
        let mut ranks = vec![0; groups.len()];
        let mut of = Vec::with_capacity(places.len());
        for (rank, &group) in sequence.iter().enumerate() {
            ranks[group] = rank;
            of.extend(std::iter::repeat_n(rank, groups[group].len()));
        }
        let counts: Vec<usize> = sequence.iter().map(|&group| groups[group].len()).collect();
        let order = sequence.iter().flat_map(|&group| groups[group]);
        let order: Vec<usize> = order.copied().collect();
        let weights = BlockWeights::for_mean_count(geometric_mean(&counts));
        let kernel = self.gram.rows(&order, 0, weights.shares());
        Posed {
            lessons: order.iter().map(|&place| &self.lessons[place]).collect(),
            of,
            counts,
            labels,
            ranks,
            weights,
            factor: factor(kernel, Settings::default()).map(Cow::Owned),
        }
    }
}

impl Extend<(u64, Arc<Feature>, LabelId)> for Head {
    /// Adds many lessons, faster than one by one.
    fn extend<I: IntoIterator<Item = (u64, Arc<Feature>, LabelId)>>(&mut self, lessons: I) {
        let mut fresh: Vec<Lesson> = Vec::new();
        let mut known = HashMap::new();
        for (id, feature, label) in lessons {
            self.remove(id);
            let lesson = Lesson { id, feature, label };
            // Said twice, the last counts.
            match known.get(&id) {
                Some(&place) => fresh[place] = lesson,
                None => {
                    known.insert(id, fresh.len());
                    fresh.push(lesson);
                }
            }
        }
        let old: Vec<&Feature> = self.lessons.iter().map(|lesson| &*lesson.feature).collect();
        let new: Vec<&Feature> = fresh.iter().map(|lesson| &*lesson.feature).collect();
        self.gram.extend(&old, &new);
        for lesson in fresh {
            self.places.insert(lesson.id, self.lessons.len());
            self.lessons.push(lesson);
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
    of: Vec<usize>,
    /// Lessons of each label.
    counts: Vec<usize>,
    /// The labels, ascending by id…
    labels: Vec<LabelId>,
    /// …and the place of each among the counts.
    ranks: Vec<usize>,
    weights: BlockWeights,
    /// `None` where it is not finite.
    factor: Option<Cow<'a, Cholesky>>,
}

impl Posed<'_> {
    fn solved(self, seen: &[Seen]) -> Result<Solved> {
        let system = self.system().ok_or_else(unsolvable)?;
        let (seen, pulls) = self.pulls(seen);
        let lessons = self.lessons.iter().map(|it| &it.feature);
        let points: Vec<&Feature> = lessons.chain(&seen).map(|it| &**it).collect();
        let alone = match pulls.is_empty() {
            true => None,
            false => Some(self.classifier(&system.solve(), &points)?),
        };
        let mut solution = system.solve_with(&pulls);
        let classifier = self.classifier(&solution, &points)?;
        solution.in_order(self.ranks.iter().copied());
        let lessons = self.lessons.iter().map(|lesson| lesson.spoken()).collect();
        let shares = self.weights.shares();
        Ok(Solved {
            reasons: Reasons::new(self.labels, lessons, seen, solution, shares),
            classifier,
            alone,
        })
    }

    /// What was seen of the labels that have lessons, in the order of the counts, and how it pulls.
    fn pulls(&self, seen: &[Seen]) -> (Vec<Arc<Feature>>, Vec<Pull>) {
        let shares = self.weights.shares();
        let lessons: Vec<&Feature> = self.lessons.iter().map(|it| &*it.feature).collect();
        let rank = |seen: &Seen| {
            let place = self.labels.binary_search(&seen.label).ok()?;
            Some(self.ranks[place])
        };
        let ranks: Vec<Option<usize>> = seen.iter().map(rank).collect();
        let order = ordered(seen.len(), &|a, b| ranks[a].cmp(&ranks[b]));
        let (mut means, mut pulls) = (Vec::new(), Vec::new());
        for (seen, label) in order
            .into_iter()
            .filter_map(|at| Some((&seen[at], ranks[at]?)))
        {
            means.push(Arc::clone(&seen.mean));
            let before: Vec<&Feature> = means.iter().map(|it| &**it).collect();
            pulls.push(Pull {
                label,
                weight: seen.weight,
                with_lessons: kernel(&seen.mean, &lessons, shares),
                with_pulls: kernel(&seen.mean, &before, shares),
            });
        }
        (means, pulls)
    }

    /// `solution`'s combinations of the first of `points` as weights, the labels ascending.
    fn classifier(&self, solution: &Solution, points: &[&Feature]) -> Result<Classifier> {
        let width = solution.coefficients.len() / self.counts.len();
        let of = |&rank: &usize| &solution.coefficients[rank * width..][..width];
        let coefficients: Vec<&[f64]> = self.ranks.iter().map(of).collect();
        let weights = combine(&coefficients, &points[..width], self.weights.shares());
        let bias = self.ranks.iter().map(|&rank| solution.bias[rank] as f32);
        let bias: Vec<f32> = bias.collect();
        if !weights.iter().chain(&bias).all(|value| value.is_finite()) {
            return Err(unsolvable());
        }
        let beta = beta(&self.counts) as f32;
        Ok(Classifier::new(self.labels.clone(), weights, bias, beta))
    }

    fn system(&self) -> Option<System<'_>> {
        let factor = self.factor.as_deref()?;
        System::new(factor, &self.of, &self.counts, Settings::default())
    }

    /// The places of about as many lessons, ascending: all, or the same part of every label.
    fn evenly(&self, most: usize) -> Vec<usize> {
        if self.lessons.len() <= most {
            return (0..self.lessons.len()).collect();
        }
        let key = |at: usize| (self.of[at], self.lessons[at].id);
        let places = ordered(self.lessons.len(), &|a, b| key(a).cmp(&key(b)));
        let step = places.len() as f64 / most as f64;
        let mut chosen = vec![false; places.len()];
        (0..most).for_each(|at| chosen[places[(at as f64 * step) as usize]] = true);
        (0..places.len()).filter(|&at| chosen[at]).collect()
    }
}

/// `Σ coefficient · feature` for the coefficients of each label, each kind of block times its share: weights
/// for raw features, `[labels, 3208]`.
fn combine(coefficients: &[&[f64]], features: &[&Feature], shares: [f64; 3]) -> Vec<f32> {
    let mut weights = vec![0.0f32; coefficients.len() * LENGTH];
    let (sums, _) = weights.as_chunks_mut::<LENGTH>();
    let (tiles, rest) = features.as_chunks::<4>();
    // Four lessons at a time: a sum is read and written once instead of four times, and what is widened of
    // them serves all labels.
    for (tile, t) in tiles.iter().zip(0..) {
        let [x0, x1, x2, x3] = tile.map(Feature::values);
        for (sum, coefficients) in sums.iter_mut().zip(coefficients) {
            let [c0, c1, c2, c3] = coefficients.as_chunks().0[t].map(|value| value as f32);
            for (k, sum) in sum.iter_mut().enumerate() {
                *sum += (c0 * x0[k] + c1 * x1[k]) + (c2 * x2[k] + c3 * x3[k]);
            }
        }
    }
    for (feature, at) in rest.iter().zip(4 * tiles.len()..) {
        let values = feature.values();
        for (sum, coefficients) in sums.iter_mut().zip(coefficients) {
            let c = coefficients[at] as f32;
            let pairs = sum.iter_mut().zip(&values[..]);
            pairs.for_each(|(sum, x)| *sum += c * x);
        }
    }
    for sum in sums {
        for (block, share) in BLOCKS.into_iter().zip(shares) {
            let share = share as f32;
            sum[block].iter_mut().for_each(|value| *value *= share);
        }
    }
    weights
}
