//! The scratch learner: a small network trained from nothing, on the pictures a person draws or drops.
//!
//! ```text
//! picture ──► preprocess ──► Sketch ──► Scratch::teach ──► progress … ──► predict, dreams
//!                                           │
//!                                       Snapshot ──► bytes
//! ```
//!
//! A lesson has two halves: [`Scratch::learn`] trains what answers, so that there is an answer soon, and
//! [`Scratch::practise`] trains, step by step, what dreams, for the lessons to come. One [`Scratch`]
//! serves the three situations of an article's learner: the first training ever, the
//! correction of a wrong answer, and a new label for a trained network. It comes in three presets:
//!
//! * [`Preset::Article`]: the article's [`network`], widened ([`widen`]) label by label and trained by
//!   [`adam`]; [`cgan`] makes pictures of earlier labels to rehearse.
//! * [`Preset::Rehearse`]: a small convolutional network and a generator of its own for each label
//!   (`rehearse`).
//! * [`Preset::Exact`]: sums of `filters`' features, and a classifier solved from them (`exact`).
//!
//! [`collection`] keeps one of them in a store, with the labels' names: `records` and `transfer` are
//! their bytes there and in a file. Nothing else here knows a storage, nothing a browser, and everything
//! that may run on a graphics card in a browser reads asynchronously.

pub mod adam;
mod article;
pub mod cgan;
pub mod collection;
mod convolution;
mod exact;
mod filters;
pub mod network;
mod practice;
pub mod preprocess;
pub mod random;
mod records;
mod rehearse;
mod settings_bytes;
pub mod snapshot;
mod step;
pub mod tensors;
pub mod train;
mod transfer;
mod whole;
pub mod widen;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::error::RequestError;
use crate::labels::LabelId;
use article::Article;
pub use collection::{KnownLabel, Lesson, ScratchLearner};
use exact::Exact;
use network::LayerConfig;
pub use practice::Practice;
use rehearse::Rehearse;
pub use snapshot::Snapshot;

/// A small grey picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// Its width and height in pixels.
    pub side: usize,
    /// `[side, side]`, rows first, from 0 (black) to 1 (white).
    pub values: Vec<f32>,
}

/// The largest number of pictures of a label that is counted: more than anybody shows, and few enough
/// for every number that is made of it. A count above it, in a file from anyone, is not believed.
pub const MOST_TAUGHT: u64 = 1 << 40;

/// How a scratch learner learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Preset {
    /// As the article does: one network, Adam, and a conditional GAN to rehearse with.
    Article,
    /// A generator of its own for each label, started from what the label's pictures look like.
    Rehearse,
    /// Fixed random filters and a head that is solved exactly: best, at once, in any order.
    #[default]
    Exact,
}

/// How a scratch learner is set up. It stays so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// How it learns.
    pub preset: Preset,
    /// Side of a picture in pixels.
    pub side: usize,
    /// [`Preset::Article`]: layers of its network before the last.
    pub layers: Vec<LayerConfig>,
    /// Whether earlier labels are rehearsed. Off, the newest label pushes the others out.
    pub rehearsal: bool,
    /// [`Preset::Article`]: steps of the classifier for each call of [`Scratch::teach`]. The others set
    /// their own.
    pub max_iter: usize,
    /// [`Preset::Article`]: steps of the generator for each call.
    pub rehearsal_steps: usize,
    /// Where the random numbers begin.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            preset: Preset::default(),
            side: 28,
            layers: network::article_layers(),
            rehearsal: true,
            max_iter: 30,
            rehearsal_steps: 100,
            seed: 0,
        }
    }
}

/// What is being trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// What answers.
    Classifier,
    /// What dreams.
    Generator,
}

/// Where training stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// What is being trained.
    pub phase: Phase,
    /// The label that is being taught; of several the first.
    pub label: LabelId,
    /// Steps done in this phase, from 1.
    pub step: usize,
    /// Steps of this phase.
    pub steps: usize,
    /// Loss of the last step (cross-entropy of the classifier, or the generator's own).
    pub loss: f32,
}

/// Whether training goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// It does.
    Continue,
    /// It ends here. What was learned up to now stays.
    Stop,
}

/// Who follows training: asked after every step or few steps. Asynchronous, so that a browser's worker
/// can hear "stop" in between.
pub trait Watch {
    /// Called with where training stands.
    fn progress(&mut self, progress: Progress) -> impl Future<Output = Control>;
}

/// Nobody follows, and nobody stops it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    async fn progress(&mut self, _: Progress) -> Control {
        Control::Continue
    }
}

/// What came of teaching.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taught {
    /// Steps of the classifier that were done.
    pub steps: usize,
    /// The loss of the last one; `None` where there was none.
    pub loss: Option<f32>,
    /// Whether somebody stopped it before its end.
    pub stopped: bool,
}

/// Probabilities of the labels, likeliest first.
pub type Answer = Vec<(LabelId, f32)>;

/// A learner that begins from nothing. It keeps no picture. A clone goes on by itself: it shares what
/// neither of them has changed since.
#[derive(Debug, Clone)]
pub struct Scratch {
    learner: Learner,
}

#[derive(Debug, Clone)]
enum Learner {
    Article(Box<Article>),
    Rehearse(Box<Rehearse>),
    Exact(Box<Exact>),
}

/// Calls the same function of whichever learner it is.
macro_rules! each {
    ($learner:expr, $it:ident => $call:expr) => {
        match $learner {
            Learner::Article($it) => $call,
            Learner::Rehearse($it) => $call,
            Learner::Exact($it) => $call,
        }
    };
}

impl Scratch {
    /// A learner that knows nothing yet.
    ///
    /// # Errors
    /// `request/invalid` for settings that cannot be.
    pub fn new(settings: Settings, device: &Device) -> Result<Scratch> {
        let learner = match settings.preset {
            Preset::Article => Learner::Article(Box::new(Article::new(settings, device)?)),
            Preset::Rehearse => Learner::Rehearse(Box::new(Rehearse::new(settings, device)?)),
            Preset::Exact => Learner::Exact(Box::new(Exact::new(settings)?)),
        };
        Ok(Scratch { learner })
    }

    /// How it was set up.
    pub fn settings(&self) -> &Settings {
        each!(&self.learner, it => it.settings())
    }

    /// The labels that were taught, ascending.
    pub fn labels(&self) -> Vec<LabelId> {
        each!(&self.learner, it => it.labels())
    }

    /// Teaches pictures of one label. A label not seen yet widens the network. The same call serves the
    /// first training, a correction, and a new label.
    ///
    /// # Errors
    /// `request/invalid` without a picture, or with one of another size; `compute/failed`.
    pub async fn teach(
        &mut self,
        label: LabelId,
        pictures: &[Sketch],
        watch: &mut impl Watch,
    ) -> Result<Taught> {
        self.teach_together(&[(label, pictures)], watch).await
    }

    /// Teaches pictures of several labels in one training.
    ///
    /// # Errors
    /// As [`Scratch::teach`].
    pub async fn teach_together(
        &mut self,
        lessons: &[(LabelId, &[Sketch])],
        watch: &mut impl Watch,
    ) -> Result<Taught> {
        let (mut taught, mut practice) = self.learn(lessons, watch).await?;
        while let Some(progress) = self.practise(&mut practice).await? {
            if watch.progress(progress).await == Control::Stop {
                taught.stopped = true;
                break;
            }
        }
        self.settle(practice).await?;
        Ok(taught)
    }

    /// Takes pictures back that were taught to a label: [`Preset::Exact`] is then exactly as if they had
    /// never been.
    ///
    /// # Errors
    /// `request/invalid` when they were not taught to that label, which changes nothing, and for the
    /// learners that train: what they learnt from a picture cannot be told from the rest.
    pub fn take_back(&mut self, label: LabelId, pictures: &[Sketch]) -> Result<()> {
        check_lessons(&[(label, pictures)], self.settings().side)?;
        match &mut self.learner {
            Learner::Exact(exact) => exact.take_back(label, pictures),
            _ => Err(RequestError::Invalid(
                "This learner cannot take a lesson back; teach it the right one.".into(),
            )
            .into()),
        }
    }

    /// What each picture is, likeliest first; empty while nothing was taught.
    ///
    /// # Errors
    /// `request/invalid` for a picture of another size; `compute/failed`.
    pub async fn predict(&self, pictures: &[Sketch]) -> Result<Vec<Answer>> {
        let side = self.settings().side;
        pictures
            .iter()
            .try_for_each(|picture| picture.check(side))?;
        if self.labels().is_empty() || pictures.is_empty() {
            return Ok(vec![Answer::new(); pictures.len()]);
        }
        each!(&self.learner, it => it.predict(pictures).await)
    }

    /// Pictures as the learner imagines a label: what it rehearses. Empty where it has none.
    ///
    /// # Errors
    /// `request/no-such-label` for a label that was not taught; `compute/failed`.
    pub async fn dreams(&self, label: LabelId, count: usize, seed: u64) -> Result<Vec<Sketch>> {
        if !self.labels().contains(&label) {
            return Err(RequestError::NoSuchLabel(label.0.to_string()).into());
        }
        each!(&self.learner, it => it.dreams(label, count, seed).await)
    }

    /// All of it, to be kept.
    ///
    /// # Errors
    /// `compute/failed`.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        each!(&self.learner, it => it.snapshot().await)
    }

    /// The learner that a snapshot was made of, on any device.
    ///
    /// # Errors
    /// `import/damaged` for a snapshot that does not fit together.
    pub fn restore(snapshot: &Snapshot, device: &Device) -> Result<Scratch> {
        let learner = match snapshot.settings.preset {
            Preset::Article => Learner::Article(Box::new(Article::restore(snapshot, device)?)),
            Preset::Rehearse => Learner::Rehearse(Box::new(Rehearse::restore(snapshot, device)?)),
            Preset::Exact => Learner::Exact(Box::new(Exact::restore(snapshot)?)),
        };
        Ok(Scratch { learner })
    }
}

impl Sketch {
    /// Fails unless this is a picture of `side` pixels with values from 0 to 1.
    ///
    /// # Errors
    /// `request/invalid`.
    pub fn check(&self, side: usize) -> Result<()> {
        if self.side != side || self.values.len() != side * side {
            let message = format!("This learner takes pictures of {side} × {side} pixels.");
            return Err(RequestError::Invalid(message).into());
        }
        match self.values.iter().all(|value| (0.0..=1.0).contains(value)) {
            true => Ok(()),
            false => {
                Err(RequestError::Invalid("A picture's values are from 0 to 1.".into()).into())
            }
        }
    }
}

fn check_lessons(lessons: &[(LabelId, &[Sketch])], side: usize) -> Result<()> {
    if lessons.is_empty() || lessons.iter().any(|(_, pictures)| pictures.is_empty()) {
        let message = "A label is taught with one picture or more.".to_owned();
        return Err(RequestError::Invalid(message).into());
    }
    let mut pictures = lessons.iter().flat_map(|(_, pictures)| *pictures);
    pictures.try_for_each(|picture| picture.check(side))
}
