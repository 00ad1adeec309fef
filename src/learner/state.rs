//! Everything the learner knows, in memory. Only a [`super::change::Change`] alters it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::album::{Album, ContentKey, Photo, PhotoId};
use super::change::Change;
use super::origin::Origin;
use super::predict::Predictions;
use crate::Result;
use crate::distinct::distinct;
use crate::error::RequestError;
use crate::head::{Feature, Head};
use crate::labels::{LAST_ID, LabelEntry, LabelId, Labels};
use crate::store::MAX_KEY;

/// Stable id of a lesson, from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct LessonId(pub u64);

/// One thing the learner was taught: this feature is this label.
#[derive(Debug, Clone)]
pub(super) struct Lesson {
    pub label: LabelId,
    /// The photo of the album it was taught with, if there was one. A photo has at most one lesson.
    pub photo: Option<PhotoId>,
    /// SHA-256 of what it was taught with: the same content has at most one lesson, in the album or
    /// not. `None` where that was not known.
    pub key: Option<ContentKey>,
    /// The lesson's own, so that it does not depend on the photo's record.
    pub feature: Arc<Feature>,
}

impl Lesson {
    /// Keeps one copy in memory of what the lesson and its photo both hold.
    pub fn share_feature(&mut self, photo: Option<&Photo>) {
        if let Some(photo) = photo
            && photo.feature == self.feature
        {
            self.feature = Arc::clone(&photo.feature);
        }
    }
}

/// The state in memory.
#[derive(Default)]
pub(super) struct State {
    pub labels: Labels,
    pub album: Album,
    pub lessons: BTreeMap<LessonId, Lesson>,
    /// The files that photos of the album came from, where that is known.
    pub origins: BTreeMap<PhotoId, Arc<Origin>>,
    /// What photos of the album that are not taught were accepted as.
    pub accepted: BTreeMap<PhotoId, LabelId>,
    /// Labels of which the head does not know yet what is accepted by now.
    unseen: Vec<LabelId>,
    pub head: Head,
    pub predictions: Predictions,
    /// The bursts of the album, while they are known.
    pub bursts: Option<Arc<[Vec<PhotoId>]>>,
    /// How often a photo came, went, or came to lie elsewhere.
    album_changes: u64,
    lesson_of: HashMap<PhotoId, LessonId>,
    taught: HashMap<ContentKey, LessonId>,
    last: LastIds,
}

/// The highest ids ever seen. New ones go above, so that an id never comes to mean something else
/// while somebody may hold it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct LastIds {
    pub label: u32,
    pub lesson: u64,
    pub photo: u64,
}

impl State {
    /// Whether no network has seen anything here: neither photos nor lessons.
    pub fn is_empty(&self) -> bool {
        self.lessons.is_empty() && self.album.iter().next().is_none()
    }

    /// Ids up to and including these are taken, though nothing (readable) has them.
    pub fn reserve(&mut self, last: LastIds) {
        self.reserve_label(LabelId(last.label));
        self.reserve_lesson(LessonId(last.lesson));
        self.reserve_photo(PhotoId(last.photo));
    }

    /// See [`State::reserve`].
    pub fn reserve_label(&mut self, id: LabelId) {
        // Larger ones are never given out, so nothing needs to be kept from them.
        if id.0 <= LAST_ID {
            self.last.label = self.last.label.max(id.0);
        }
    }

    /// See [`State::reserve`].
    pub fn reserve_lesson(&mut self, id: LessonId) {
        self.last.lesson = self.last.lesson.max(id.0);
    }

    /// See [`State::reserve`].
    pub fn reserve_photo(&mut self, id: PhotoId) {
        self.last.photo = self.last.photo.max(id.0);
    }

    /// An endless supply of new ids for one change.
    pub fn fresh(&self) -> Fresh {
        Fresh { last: self.last }
    }

    /// The highest ids ever given, when this change will have been made.
    pub fn last_after(&self, change: &Change) -> LastIds {
        let labels = change.labels.iter().map(|(id, _)| id.0);
        let lessons = change.lessons.iter().map(|(id, _)| id.0);
        let photos = change.photos.iter().map(|(id, _)| id.0);
        LastIds {
            label: labels.fold(self.last.label, u32::max),
            lesson: lessons.fold(self.last.lesson, u64::max),
            photo: photos.fold(self.last.photo, u64::max),
        }
    }

    /// The lesson that was taught with this photo, or with its content.
    pub fn lesson_of(&self, photo: PhotoId) -> Option<LessonId> {
        let by_id = self.lesson_of.get(&photo);
        let by_content = || self.lesson_about(&self.album.get(photo)?.key);
        by_id.copied().or_else(by_content)
    }

    /// The lesson that was taught with this content.
    pub fn lesson_about(&self, key: &ContentKey) -> Option<LessonId> {
        self.taught.get(key).copied()
    }

    /// The photo of the album that a lesson is of.
    pub fn photo_of(&self, lesson: &Lesson) -> Option<PhotoId> {
        let by_id = lesson.photo.filter(|&id| self.album.get(id).is_some());
        let by_content = || self.album.find(lesson.key.as_ref()?);
        by_id.or_else(by_content)
    }

    /// The photo with this id.
    pub fn photo(&self, id: PhotoId) -> Result<&Arc<Photo>> {
        let missing = || RequestError::NoSuchPhoto(id.0).into();
        self.album.get(id).ok_or_else(missing)
    }

    /// The lesson with this id.
    pub fn lesson(&self, id: LessonId) -> Result<&Lesson> {
        let missing = || RequestError::NoSuchLesson(id.0).into();
        self.lessons.get(&id).ok_or_else(missing)
    }

    /// The lessons of one label, ascending by id.
    pub fn lessons_of(&self, label: LabelId) -> impl Iterator<Item = (LessonId, &Lesson)> {
        let all = self.lessons.iter().map(|(&id, lesson)| (id, lesson));
        all.filter(move |(_, lesson)| lesson.label == label)
    }

    pub fn set_label(&mut self, id: LabelId, entry: Option<LabelEntry>) {
        self.reserve_label(id);
        self.labels.set(id, entry);
    }

    pub fn set_photo(&mut self, id: PhotoId, photo: Option<Arc<Photo>>) {
        self.reserve_photo(id);
        self.predictions.forget_photo(id);
        self.note_album();
        self.album.set(id, photo);
        self.unseen.extend(self.accepted.get(&id));
    }

    pub fn set_origin(&mut self, id: PhotoId, origin: Option<Arc<Origin>>) {
        self.reserve_photo(id);
        self.note_album();
        match origin {
            Some(origin) => self.origins.insert(id, origin),
            None => self.origins.remove(&id),
        };
    }

    fn note_album(&mut self) {
        self.bursts = None;
        self.album_changes += 1;
    }

    pub fn album_changes(&self) -> u64 {
        self.album_changes
    }

    pub fn set_accepted(&mut self, id: PhotoId, label: Option<LabelId>) {
        self.reserve_photo(id);
        let before = match label {
            Some(label) => self.accepted.insert(id, label),
            None => self.accepted.remove(&id),
        };
        self.unseen.extend(before.into_iter().chain(label));
    }

    /// Lets the head know what was accepted since it was asked last. Whole labels anew, which is little
    /// beside asking it about all photos, and so nothing can drift.
    pub fn see(&mut self) {
        for label in distinct(std::mem::take(&mut self.unseen)) {
            let accepted = self.accepted.iter().filter(|(_, of)| **of == label);
            let photos = accepted.filter_map(|(&id, _)| self.album.get(id));
            let features: Vec<&Feature> = photos.map(|photo| &*photo.feature).collect();
            self.head.set_seen(label, &features);
            self.predictions.forget_all();
        }
    }

    /// What is said of photos that cannot be read, or are taught, stays in the store and is not looked at.
    pub fn forget_facts_of_nothing(&mut self) {
        let mut origins = std::mem::take(&mut self.origins);
        let mut accepted = std::mem::take(&mut self.accepted);
        origins.retain(|id, _| self.album.get(*id).is_some());
        accepted.retain(|id, _| self.album.get(*id).is_some() && self.lesson_of(*id).is_none());
        self.origins = origins;
        self.accepted = accepted;
    }

    /// Puts (`Some`) or takes back (`None`) lessons, at most once each.
    pub fn set_lessons(&mut self, lessons: &[(LessonId, Option<Lesson>)]) {
        if lessons.is_empty() {
            return;
        }
        self.predictions.forget_all();
        let mut arriving = Vec::new();
        for (id, after) in lessons {
            self.reserve_lesson(*id);
            let before = match after {
                Some(after) => self.lessons.insert(*id, after.clone()),
                None => self.lessons.remove(id),
            };
            self.link(*id, &before, after);
            match (&before, after) {
                (Some(old), Some(new)) if old.feature == new.feature => {
                    self.head.relabel(id.0, new.label);
                }
                (_, Some(new)) => arriving.push((id.0, Arc::clone(&new.feature), new.label)),
                (_, None) => {
                    self.head.remove(id.0);
                }
            }
        }
        // Many at once are much faster than one by one.
        self.head.extend(arriving);
    }

    /// Keeps `lesson_of` and `taught` true to a lesson that becomes `after`.
    fn link(&mut self, id: LessonId, before: &Option<Lesson>, after: &Option<Lesson>) {
        let photo_of = |lesson: &Option<Lesson>| lesson.as_ref().and_then(|lesson| lesson.photo);
        let key_of = |lesson: &Option<Lesson>| lesson.as_ref().and_then(|lesson| lesson.key);
        if let Some(photo) = photo_of(before)
            && self.lesson_of.get(&photo) == Some(&id)
        {
            self.lesson_of.remove(&photo);
        }
        if let Some(key) = key_of(before)
            && self.taught.get(&key) == Some(&id)
        {
            self.taught.remove(&key);
        }
        if let Some(photo) = photo_of(after) {
            self.reserve_photo(photo);
            self.lesson_of.insert(photo, id);
        }
        if let Some(key) = key_of(after) {
            self.taught.insert(key, id);
        }
    }
}

/// New ids, each given out once.
pub(super) struct Fresh {
    last: LastIds,
}

impl Fresh {
    pub fn label(&mut self) -> Result<LabelId> {
        if self.last.label >= LAST_ID {
            return Err(RequestError::used_up().into());
        }
        self.last.label += 1;
        Ok(LabelId(self.last.label))
    }

    pub fn lesson(&mut self) -> Result<LessonId> {
        next(&mut self.last.lesson).map(LessonId)
    }

    pub fn photo(&mut self) -> Result<PhotoId> {
        next(&mut self.last.photo).map(PhotoId)
    }
}

fn next(last: &mut u64) -> Result<u64> {
    if *last >= MAX_KEY {
        return Err(RequestError::used_up().into());
    }
    *last += 1;
    Ok(*last)
}
