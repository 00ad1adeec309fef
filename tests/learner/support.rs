//! What the learner's tests share: features made of numbers, a store that can fail and be reopened,
//! and everything a person could see of a learner, to be compared.
#![allow(dead_code)] // each program of tests uses its part

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use keepsake::head::{Feature, LENGTH};
use keepsake::learner::{
    AlbumPhoto, AlbumPredictions, Label, Learner, Lesson, NewPhoto, Origin, Prediction,
};
use keepsake::store::{Loaded, Memory, Store, Table, Write};
use keepsake::{Error, Result, error::StorageError};
use pollster::block_on;

pub const BACKBONE: [u8; 32] = [7; 32];

/// A feature near the centre of its kind: photos of one kind are alike, as those of a label are.
pub fn feature(kind: u64, seed: u64) -> Arc<Feature> {
    let mut centre = Numbers(kind.wrapping_mul(0x9e37_79b9) + 1);
    let mut noise = Numbers(seed.wrapping_mul(0x85eb_ca6b) + kind + 99);
    let value = |_| half::f16::from_f32(centre.next() * 0.03 + noise.next() * 0.02);
    let bytes: Vec<u8> = (0..LENGTH)
        .map(value)
        .flat_map(half::f16::to_le_bytes)
        .collect();
    Arc::new(Feature::from_bytes(&bytes).unwrap())
}

/// SplitMix64, as numbers from -1 to 1.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

pub fn photo(kind: u64, seed: u64) -> NewPhoto {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&kind.to_le_bytes());
    key[8..16].copy_from_slice(&seed.to_le_bytes());
    NewPhoto {
        name: format!("kind {kind}, {seed}.jpg"),
        key,
        feature: feature(kind, seed),
        thumbnail: format!("picture {kind}/{seed}").into_bytes(),
        width: 640 + seed as u32,
        height: 480,
        origin: Some(Origin {
            path: format!("folder {kind}/kind {kind}, {seed}.jpg"),
            size: 1000 + seed,
            modified: 1_700_000_000_000 + seed as i64,
            taken: seed.is_multiple_of(2).then_some(1_600_000_000_000),
            companions: Vec::new(),
        }),
    }
}

/// Everything that can be seen of a learner.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub labels: Vec<Label>,
    pub photos: Vec<AlbumPhoto>,
    pub thumbnails: Vec<Option<Vec<u8>>>,
    pub lessons: Vec<Lesson>,
    pub album: AlbumPredictions,
    pub elsewhere: Prediction,
}

pub fn see<S: Store>(learner: &Learner<S>) -> Seen {
    let photos = learner.photos();
    let thumbnail = |id| block_on(learner.thumbnail(id)).unwrap();
    Seen {
        labels: learner.labels(),
        thumbnails: photos.iter().map(|photo| thumbnail(photo.id)).collect(),
        photos,
        lessons: learner.lessons(),
        album: learner.predict_all(),
        elsewhere: learner.predict(&feature(2, 1_000_000)).unwrap(),
    }
}

/// What cannot be read, as it is told.
pub fn told<S: Store>(learner: &Learner<S>) -> Vec<String> {
    let problems = learner.problems().into_iter();
    problems.map(|problem| problem.sentence).collect()
}

/// A store in memory that outlives its learner and fails when told to: as a full disk does, or as a
/// connection that is lost before it could say that it wrote.
#[derive(Default)]
pub struct Shared {
    pub records: RefCell<Memory>,
    /// How many commits still succeed; `None`: all.
    pub commits_left: Rc<Cell<Option<usize>>>,
    /// Whether commits happen and are reported failed.
    pub silent: Rc<Cell<bool>>,
    /// Whether nothing can be read.
    pub blind: Rc<Cell<bool>>,
}

/// The same records, as another tab has them.
impl Clone for Shared {
    fn clone(&self) -> Shared {
        Shared {
            records: RefCell::new(self.records.borrow().again()),
            commits_left: Rc::clone(&self.commits_left),
            silent: Rc::clone(&self.silent),
            blind: Rc::clone(&self.blind),
        }
    }
}

impl Shared {
    pub fn open(&self) -> Learner<Shared> {
        block_on(Learner::open(self.clone(), BACKBONE)).unwrap()
    }

    /// What a reload would show, while the learner goes on writing.
    pub fn look(&self) -> Learner<Shared> {
        block_on(Learner::open_read_only(self.clone(), BACKBONE)).unwrap()
    }

    pub fn fail_after(&self, commits: usize) {
        self.commits_left.set(Some(commits));
    }

    pub fn works_again(&self) {
        self.commits_left.set(None);
    }
}

impl Store for Shared {
    async fn load(&mut self) -> Result<Loaded> {
        block_on(self.records.borrow_mut().load())
    }

    async fn claim(&mut self) -> Result<()> {
        block_on(self.records.borrow_mut().claim())
    }

    async fn commit(&mut self, writes: Vec<Write>) -> Result<()> {
        match self.commits_left.get() {
            Some(0) => return Err(Error::Storage(StorageError::Full)),
            Some(left) => self.commits_left.set(Some(left - 1)),
            None => {}
        }
        block_on(self.records.borrow_mut().commit(writes))?;
        match self.silent.get() {
            true => Err(Error::Storage(StorageError::Failed("lost".into()))),
            false => Ok(()),
        }
    }

    async fn read(&mut self, table: Table, key: u64) -> Result<Option<Vec<u8>>> {
        if self.blind.get() {
            return Err(Error::Storage(StorageError::Failed("lost".into())));
        }
        block_on(self.records.borrow_mut().read(table, key))
    }

    async fn close(self) -> Result<()> {
        Ok(())
    }
}

/// Something a person does. Numbers choose among what is there.
#[derive(Debug, Clone)]
pub enum Action {
    Add(Vec<(u64, u64)>),
    RemovePhotos(Vec<usize>),
    Teach(usize, String),
    TeachMany(Vec<usize>, String),
    TeachElsewhere(u64, u64, String),
    Correct(usize, usize),
    Unteach(Vec<usize>),
    AddLabel(String),
    Rename(usize, String),
    RemoveLabel(usize),
    Merge(usize, usize),
}

pub mod actions {
    use super::Action;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn name() -> impl Strategy<Value = String> {
        proptest::sample::select(&["Hat", "Boots", "Skirt", "hat", "None of these"][..])
            .prop_map(str::to_owned)
    }

    pub fn action() -> impl Strategy<Value = Action> {
        let some = || vec(0..9usize, 1..4);
        prop_oneof![
            3 => vec((0..3u64, 0..6u64), 1..5).prop_map(Action::Add),
            1 => some().prop_map(Action::RemovePhotos),
            4 => (0..9usize, name()).prop_map(|(photo, name)| Action::Teach(photo, name)),
            2 => (some(), name()).prop_map(|(photos, name)| Action::TeachMany(photos, name)),
            1 => (0..3u64, 6..9u64, name()).prop_map(|(k, s, name)| Action::TeachElsewhere(k, s, name)),
            2 => (0..9usize, 0..4usize).prop_map(|(lesson, label)| Action::Correct(lesson, label)),
            1 => some().prop_map(Action::Unteach),
            1 => name().prop_map(Action::AddLabel),
            1 => (0..4usize, name()).prop_map(|(label, name)| Action::Rename(label, name)),
            1 => (0..4usize).prop_map(Action::RemoveLabel),
            1 => (0..4usize, 0..4usize).prop_map(|(from, into)| Action::Merge(from, into)),
        ]
    }
}

/// Does it. Some actions make no sense at the time: those are refused, which is part of the test.
pub fn act<S: Store>(learner: &Learner<S>, action: &Action) -> Result<()> {
    let photos: Vec<_> = learner.photos().iter().map(|photo| photo.id).collect();
    let lessons: Vec<_> = learner.lessons().iter().map(|lesson| lesson.id).collect();
    let labels: Vec<_> = learner.labels().iter().map(|label| label.id).collect();
    fn pick<T: Copy>(from: &[T], at: usize) -> Option<T> {
        from.get(at % from.len().max(1)).copied()
    }
    fn pick_all<T: Copy>(from: &[T], at: &[usize]) -> Vec<T> {
        at.iter().filter_map(|&at| pick(from, at)).collect()
    }
    block_on(async {
        match action {
            Action::Add(new) => {
                let new = new.iter().map(|&(kind, seed)| photo(kind, seed)).collect();
                learner.add_photos(new).await.map(drop)
            }
            Action::RemovePhotos(at) => learner.remove_photos(&pick_all(&photos, at)).await,
            Action::Teach(at, name) => match pick(&photos, *at) {
                Some(photo) => learner.teach(photo, name.as_str()).await.map(drop),
                None => Ok(()),
            },
            Action::TeachMany(at, name) => {
                let photos = pick_all(&photos, at);
                learner.teach_many(&photos, name.as_str()).await.map(drop)
            }
            Action::TeachElsewhere(kind, seed, name) => {
                let feature = feature(*kind, *seed);
                learner.teach(feature, name.as_str()).await.map(drop)
            }
            Action::Correct(at, label) => match (pick(&lessons, *at), pick(&labels, *label)) {
                (Some(lesson), Some(label)) => learner.correct(lesson, label).await,
                _ => Ok(()),
            },
            Action::Unteach(at) => learner.unteach(&pick_all(&lessons, at)).await,
            Action::AddLabel(name) => learner.add_label(name).await.map(drop),
            Action::Rename(at, name) => match pick(&labels, *at) {
                Some(label) => learner.rename_label(label, name).await,
                None => Ok(()),
            },
            Action::RemoveLabel(at) => match pick(&labels, *at) {
                Some(label) => learner.remove_label(label).await,
                None => Ok(()),
            },
            Action::Merge(from, into) => match (pick(&labels, *from), pick(&labels, *into)) {
                (Some(from), Some(into)) => learner.merge_labels(from, into).await,
                _ => Ok(()),
            },
        }
    })
}
