//! Everything in one file ([`bundle`]), and a file read back. First come the 32 bytes of the backbone's
//! id, zeros when no photo was ever added; the payloads of the records are those of `records`.
//!
//! A file is read whole and checked whole, also for what a checksum cannot see (a lesson of a label
//! that is not there), before anything of it is used: it may come from anybody.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::album::{Photo, PhotoId};
use super::origin::Origin;
use super::records;
use super::state::{Lesson, LessonId, State};
use crate::Result;
use crate::labels::{LabelEntry, LabelId, Labels, NOISE};
use crate::store::bundle::{self, damaged};
use crate::store::{MAX_KEY, Table};

/// No network's id.
const UNBOUND: [u8; 32] = [0; 32];

/// What a file holds, checked.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub backbone: Option<[u8; 32]>,
    pub labels: Labels,
    pub lessons: BTreeMap<LessonId, Lesson>,
    pub photos: BTreeMap<PhotoId, Arc<Photo>>,
    pub thumbnails: BTreeMap<PhotoId, Vec<u8>>,
    pub origins: BTreeMap<PhotoId, Arc<Origin>>,
    pub accepted: BTreeMap<PhotoId, LabelId>,
}

/// A file being written. Thumbnails are added last, since they come from the store.
pub(super) struct Writer<Sink> {
    file: bundle::Writer<Sink>,
}

impl<Sink: FnMut(&[u8]) -> Result<()>> Writer<Sink> {
    /// A file with everything but the thumbnails.
    ///
    /// # Errors
    /// The sink's.
    pub fn new(backbone: Option<[u8; 32]>, state: &State, sink: Sink) -> Result<Self> {
        let mut file = bundle::Writer::new(&bundle::PHOTOS, &backbone.unwrap_or(UNBOUND), sink);
        for (id, entry) in state.labels.iter() {
            file.record(Table::Labels, u64::from(id.0), &entry.to_bytes())?;
        }
        for (id, lesson) in &state.lessons {
            file.record(Table::Lessons, id.0, &records::lesson_to_bytes(lesson))?;
        }
        for (id, photo) in state.album.iter() {
            file.record(Table::Photos, id.0, &records::photo_to_bytes(photo))?;
        }
        for (id, origin) in &state.origins {
            file.record(Table::Origins, id.0, &origin.to_bytes())?;
        }
        for (id, label) in &state.accepted {
            let label = records::accepted_to_bytes(*label);
            file.record(Table::Accepted, id.0, &label)?;
        }
        Ok(Writer { file })
    }

    /// # Errors
    /// The sink's.
    pub fn thumbnail(&mut self, photo: PhotoId, picture: &[u8]) -> Result<()> {
        self.file.record(Table::Thumbnails, photo.0, picture)
    }

    /// # Errors
    /// The sink's.
    pub fn finish(self) -> Result<()> {
        self.file.finish()
    }
}

/// Reads and checks a whole file.
///
/// # Errors
/// `import/foreign`, `import/other-learner`, `import/newer`, `import/damaged`.
pub(super) fn read(bytes: &[u8]) -> Result<Contents> {
    contents(bundle::content(&bundle::PHOTOS, bytes)?).map_err(damaged)
}

/// What follows the version.
fn contents(bytes: &[u8]) -> Result<Contents, String> {
    let (backbone, mut rest) = bytes.split_first_chunk().ok_or("it is too short")?;
    let mut contents = Contents {
        backbone: Some(*backbone).filter(|id| *id != UNBOUND),
        ..Contents::default()
    };
    while !rest.is_empty() {
        let (table, key, payload) = bundle::record(&mut rest).ok_or("a record is cut off")?;
        let within = |flaw: &str| format!("record {key} of {}: {flaw}", table.name());
        if key == 0 || key > MAX_KEY {
            return Err(within("its number is out of range"));
        }
        contents.add(table, key, payload).map_err(within)?;
    }
    contents.check()?;
    contents.share_features();
    Ok(contents)
}

impl Contents {
    fn add(&mut self, table: Table, key: u64, payload: &[u8]) -> Result<(), &'static str> {
        let twice = match table {
            Table::Meta => return Err("it does not belong into a file"),
            Table::Labels => {
                let id = LabelId(u32::try_from(key).map_err(|_| "its number is out of range")?);
                let entry = LabelEntry::from_bytes(payload)?;
                let room = self.labels.room();
                room.map_err(|_| "there are too many labels")?;
                if self.labels.find(&entry.name).is_some() {
                    return Err("another label has its name");
                }
                self.labels.set(id, Some(entry)).is_some()
            }
            Table::Lessons => {
                let lesson = records::lesson_from_bytes(payload)?;
                self.lessons.insert(LessonId(key), lesson).is_some()
            }
            Table::Photos => {
                let photo = Arc::new(records::photo_from_bytes(payload)?);
                self.photos.insert(PhotoId(key), photo).is_some()
            }
            Table::Thumbnails => {
                let picture = payload.to_vec();
                self.thumbnails.insert(PhotoId(key), picture).is_some()
            }
            Table::Origins => {
                let origin = Arc::new(Origin::from_bytes(payload)?);
                self.origins.insert(PhotoId(key), origin).is_some()
            }
            Table::Accepted => {
                let label = records::accepted_from_bytes(payload)?;
                self.accepted.insert(PhotoId(key), label).is_some()
            }
        };
        if twice {
            Err("it is there twice")
        } else {
            Ok(())
        }
    }

    /// What holds between records.
    fn check(&self) -> Result<(), String> {
        if self.backbone.is_none() && !(self.lessons.is_empty() && self.photos.is_empty()) {
            return Err("it does not say which network it is for".to_owned());
        }
        let known = |label: &LabelId| *label == NOISE || self.labels.get(*label).is_some();
        let mut taught = HashSet::new();
        for (LessonId(id), lesson) in &self.lessons {
            if !known(&lesson.label) {
                return Err(format!("lesson {id} has a label that is not there"));
            }
            if lesson.photo.is_some_and(|photo| !taught.insert(photo)) {
                return Err(format!("the photo of lesson {id} has another lesson"));
            }
        }
        let mut keys = HashSet::new();
        for (PhotoId(id), photo) in &self.photos {
            if !keys.insert(photo.key) {
                return Err(format!("photo {id} is there twice"));
            }
        }
        for (PhotoId(id), label) in &self.accepted {
            if !known(label) {
                return Err(format!(
                    "photo {id} was accepted as a label that is not there"
                ));
            }
        }
        let without = |id: &&PhotoId| !self.photos.contains_key(id);
        if let Some(PhotoId(id)) = self.thumbnails.keys().find(without) {
            return Err(format!("small picture {id} has no photo"));
        }
        let mut about = self.origins.keys().chain(self.accepted.keys());
        match about.find(without) {
            Some(PhotoId(id)) => Err(format!("what is said of photo {id} has no photo")),
            None => Ok(()),
        }
    }

    /// The same numbers need not be in memory twice.
    fn share_features(&mut self) {
        for lesson in self.lessons.values_mut() {
            let photo = lesson.photo.and_then(|photo| self.photos.get(&photo));
            lesson.share_feature(photo.map(AsRef::as_ref));
        }
    }
}
