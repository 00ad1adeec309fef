//! A change: everything one action of the person does, as one transaction of the store.
//!
//! A change says what records are to be (`Some`) or that they are to go (`None`). What they are before
//! it is the inverse change, which undo applies. A change touches a record at most once, so the order
//! within it does not matter.

use std::sync::Arc;

use super::album::{Photo, PhotoId};
use super::state::{Lesson, LessonId, State};
use crate::labels::{LabelEntry, LabelId};

/// What records are to be, all together or not at all.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    /// The network that the collection is bound to from now on. Where it was bound to none before, nothing
    /// takes that back: an empty collection takes any network, so the inverse has `None`.
    pub backbone: Option<[u8; 32]>,
    pub labels: Vec<(LabelId, Option<LabelEntry>)>,
    pub lessons: Vec<(LessonId, Option<Lesson>)>,
    pub photos: Vec<(PhotoId, Option<Arc<Photo>>)>,
    /// Small pictures live in the store only: a change that deletes them reads them first, for its
    /// inverse.
    pub thumbnails: Vec<(PhotoId, Option<Vec<u8>>)>,
}

impl Change {
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
            && self.lessons.is_empty()
            && self.photos.is_empty()
            && self.thumbnails.is_empty()
    }

    /// Whether this brings photos or lessons, which mean something to one network only.
    pub fn needs_a_network(&self) -> bool {
        let photos = self.photos.iter().any(|(_, photo)| photo.is_some());
        photos || self.lessons.iter().any(|(_, lesson)| lesson.is_some())
    }

    /// Whether this takes photos out of the album and does nothing else: the inverse of adding some.
    pub fn only_removes_photos(&self) -> bool {
        self.labels.is_empty()
            && self.lessons.is_empty()
            && !self.photos.is_empty()
            && self.photos.iter().all(|(_, photo)| photo.is_none())
    }

    /// What takes this change back, but for the thumbnails: all that it touches, as it is now.
    /// `bound`: the network as it is now.
    pub fn inverse(&self, state: &State, bound: Option<[u8; 32]>) -> Change {
        let label = |id: LabelId| (id, state.labels.get(id).cloned());
        let lesson = |id: LessonId| (id, state.lessons.get(&id).cloned());
        let photo = |id: PhotoId| (id, state.album.get(id).cloned());
        Change {
            backbone: self.backbone.and(bound),
            labels: self.labels.iter().map(|(id, _)| label(*id)).collect(),
            lessons: self.lessons.iter().map(|(id, _)| lesson(*id)).collect(),
            photos: self.photos.iter().map(|(id, _)| photo(*id)).collect(),
            thumbnails: Vec::new(),
        }
    }

    /// Applies the change to the state.
    pub fn apply(&self, state: &mut State) {
        for (id, entry) in &self.labels {
            state.set_label(*id, entry.clone());
        }
        state.set_lessons(&self.lessons);
        for (id, photo) in &self.photos {
            state.set_photo(*id, photo.clone());
        }
    }

    /// Roughly how many bytes of memory this change keeps alive by itself.
    pub fn weight(&self) -> usize {
        /// A feature in memory and the little around it.
        const FEATURE: usize = 16 << 10;
        let lessons = self.lessons.iter().filter(|(_, lesson)| lesson.is_some());
        let photos = self.photos.iter().filter(|(_, photo)| photo.is_some());
        let pictures = self.thumbnails.iter().flat_map(|(_, bytes)| bytes);
        (lessons.count() + photos.count()) * FEATURE + pictures.map(Vec::len).sum::<usize>()
    }
}
