//! Everything the learner knows, in memory. Only a [`super::change::Change`] alters it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::album::{Album, Photo, PhotoId};
use super::predict::Predictions;
use crate::Result;
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
    pub head: Head,
    pub predictions: Predictions,
    lesson_of: HashMap<PhotoId, LessonId>,
    last: LastIds,
}

/// The highest ids ever seen. New ones go above, so that an id never comes to mean something else
/// while somebody may hold it.
#[derive(Debug, Default)]
struct LastIds {
    label: u32,
    lesson: u64,
    photo: u64,
}

impl State {
    /// Ids up to and including these are taken, though nothing (readable) has them.
    pub fn reserve_label(&mut self, id: LabelId) {
        // Larger ones are never given out, so nothing needs to be kept from them.
        if id.0 <= LAST_ID {
            self.last.label = self.last.label.max(id.0);
        }
    }

    /// See [`State::reserve_label`].
    pub fn reserve_lesson(&mut self, id: LessonId) {
        self.last.lesson = self.last.lesson.max(id.0);
    }

    /// See [`State::reserve_label`].
    pub fn reserve_photo(&mut self, id: PhotoId) {
        self.last.photo = self.last.photo.max(id.0);
    }

    /// An endless supply of new ids for one change.
    pub fn fresh(&self) -> Fresh {
        let LastIds {
            label,
            lesson,
            photo,
        } = self.last;
        Fresh {
            last: LastIds {
                label,
                lesson,
                photo,
            },
        }
    }

    /// The lesson that was taught with this photo.
    pub fn lesson_of(&self, photo: PhotoId) -> Option<LessonId> {
        self.lesson_of.get(&photo).copied()
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

    pub fn set_label(&mut self, id: LabelId, entry: Option<LabelEntry>) -> Option<LabelEntry> {
        self.reserve_label(id);
        self.labels.set(id, entry)
    }

    pub fn set_photo(&mut self, id: PhotoId, photo: Option<Arc<Photo>>) -> Option<Arc<Photo>> {
        self.reserve_photo(id);
        self.predictions.forget_photo(id);
        self.album.set(id, photo)
    }

    /// Puts (`Some`) or takes back (`None`) lessons, at most once each; returns what was there before.
    pub fn set_lessons(
        &mut self,
        lessons: Vec<(LessonId, Option<Lesson>)>,
    ) -> Vec<(LessonId, Option<Lesson>)> {
        if lessons.is_empty() {
            return lessons;
        }
        self.predictions.forget_all();
        let mut arriving = Vec::new();
        let set = |(id, after): (LessonId, Option<Lesson>)| {
            self.reserve_lesson(id);
            let before = match &after {
                Some(after) => self.lessons.insert(id, after.clone()),
                None => self.lessons.remove(&id),
            };
            self.link(id, &before, &after);
            match (&before, after) {
                (Some(old), Some(new)) if Arc::ptr_eq(&old.feature, &new.feature) => {
                    self.head.relabel(id.0, new.label);
                }
                (_, Some(new)) => arriving.push((id.0, new.feature, new.label)),
                (_, None) => {
                    self.head.remove(id.0);
                }
            }
            (id, before)
        };
        let before = lessons.into_iter().map(set).collect();
        // Many at once are much faster than one by one.
        self.head.extend(arriving);
        before
    }

    /// Keeps `lesson_of` true to a lesson that becomes `after`.
    fn link(&mut self, id: LessonId, before: &Option<Lesson>, after: &Option<Lesson>) {
        let photo_of = |lesson: &Option<Lesson>| lesson.as_ref().and_then(|lesson| lesson.photo);
        if let Some(photo) = photo_of(before)
            && self.lesson_of(photo) == Some(id)
        {
            self.lesson_of.remove(&photo);
        }
        if let Some(photo) = photo_of(after) {
            self.reserve_photo(photo);
            self.lesson_of.insert(photo, id);
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
            return Err(used_up());
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
        return Err(used_up());
    }
    *last += 1;
    Ok(*last)
}

fn used_up() -> crate::Error {
    RequestError::Invalid("This collection has used up its numbers.".to_owned()).into()
}
