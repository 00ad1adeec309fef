//! A change: everything one action of the person does, as one transaction of the store.
//!
//! A change says what records are to be (`Some`) or that they are to go (`None`). What they are before
//! it is the inverse change, which undo applies. A change touches a record at most once, so the order
//! within it does not matter.

use std::sync::Arc;

use super::album::{Photo, PhotoId};
use super::origin::Origin;
use super::records::META_KEY;
use super::state::{Lesson, LessonId, State};
use crate::distinct::distinct;
use crate::labels::{LabelEntry, LabelId};
use crate::store::Table;

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
    pub origins: Vec<(PhotoId, Option<Arc<Origin>>)>,
    pub accepted: Vec<(PhotoId, Option<LabelId>)>,
}

impl Change {
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
            && self.lessons.is_empty()
            && self.photos.is_empty()
            && self.thumbnails.is_empty()
            && self.origins.is_empty()
            && self.accepted.is_empty()
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

    /// With what follows from it: a photo that goes takes its origin and its acceptance along; one that is
    /// taught, or whose label goes, is accepted no more.
    pub fn complete(mut self, state: &State) -> Change {
        let gone = self.photos.iter().filter(|(_, photo)| photo.is_none());
        let gone = distinct(gone.map(|(id, _)| *id));
        let nameless = self.labels.iter().filter(|(_, entry)| entry.is_none());
        let nameless = distinct(nameless.map(|(id, _)| *id));
        let lessons = self
            .lessons
            .iter()
            .filter_map(|(_, lesson)| lesson.as_ref());
        let taught = distinct(lessons.filter_map(|it| state.photo_of(it)));
        let among = |ids: &[PhotoId], id: &PhotoId| ids.binary_search(id).is_ok();

        let said = distinct(self.origins.iter().map(|(id, _)| *id));
        let origins = gone.iter().filter(|id| state.origins.contains_key(id));
        let origins = origins.filter(|id| !among(&said, id));
        self.origins.extend(origins.map(|id| (*id, None)));

        let said = distinct(self.accepted.iter().map(|(id, _)| *id));
        let ends = |(id, label): &(&PhotoId, &LabelId)| {
            let nameless = nameless.binary_search(label).is_ok();
            let ends = among(&gone, id) || among(&taught, id) || nameless;
            ends && !among(&said, id)
        };
        let accepted = state.accepted.iter().filter(ends);
        self.accepted.extend(accepted.map(|(id, _)| (*id, None)));
        self
    }

    /// Another change after this one, which touches no record that this one touches.
    pub fn join(&mut self, mut more: Change) {
        self.backbone = self.backbone.or(more.backbone);
        self.labels.append(&mut more.labels);
        self.lessons.append(&mut more.lessons);
        self.photos.append(&mut more.photos);
        self.thumbnails.append(&mut more.thumbnails);
        self.origins.append(&mut more.origins);
        self.accepted.append(&mut more.accepted);
    }

    /// The records that this touches.
    pub fn places(&self) -> impl Iterator<Item = (Table, u64)> {
        let description = self.backbone.map(|_| (Table::Meta, META_KEY));
        let labels = self.labels.iter();
        let labels = labels.map(|(id, _)| (Table::Labels, u64::from(id.0)));
        let lessons = self.lessons.iter().map(|(id, _)| (Table::Lessons, id.0));
        let photos = self.photos.iter().map(|(id, _)| (Table::Photos, id.0));
        let pictures = self.thumbnails.iter();
        let pictures = pictures.map(|(id, _)| (Table::Thumbnails, id.0));
        let origins = self.origins.iter().map(|(id, _)| (Table::Origins, id.0));
        let accepted = self.accepted.iter();
        let accepted = accepted.map(|(id, _)| (Table::Accepted, id.0));
        let records = labels.chain(lessons).chain(photos).chain(pictures);
        description
            .into_iter()
            .chain(records)
            .chain(origins)
            .chain(accepted)
    }

    /// What takes this change back, but for the thumbnails: all that it touches, as it is now.
    /// `bound`: the network as it is now.
    pub fn inverse(&self, state: &State, bound: Option<[u8; 32]>) -> Change {
        let label = |id: LabelId| (id, state.labels.get(id).cloned());
        let lesson = |id: LessonId| (id, state.lessons.get(&id).cloned());
        let photo = |id: PhotoId| (id, state.album.get(id).cloned());
        let origin = |id: PhotoId| (id, state.origins.get(&id).cloned());
        let accepted = |id: PhotoId| (id, state.accepted.get(&id).copied());
        Change {
            backbone: self.backbone.and(bound),
            labels: self.labels.iter().map(|(id, _)| label(*id)).collect(),
            lessons: self.lessons.iter().map(|(id, _)| lesson(*id)).collect(),
            photos: self.photos.iter().map(|(id, _)| photo(*id)).collect(),
            thumbnails: Vec::new(),
            origins: self.origins.iter().map(|(id, _)| origin(*id)).collect(),
            accepted: self.accepted.iter().map(|(id, _)| accepted(*id)).collect(),
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
        for (id, origin) in &self.origins {
            state.set_origin(*id, origin.clone());
        }
        for (id, label) in &self.accepted {
            state.set_accepted(*id, *label);
        }
    }

    /// Roughly how many bytes of memory this change keeps alive by itself.
    pub fn weight(&self) -> usize {
        /// A feature in memory and the little around it.
        const FEATURE: usize = 8 << 10;
        /// A path and the little around it.
        const ORIGIN: usize = 256;
        let lessons = self.lessons.iter().filter(|(_, lesson)| lesson.is_some());
        let photos = self.photos.iter().filter(|(_, photo)| photo.is_some());
        let pictures = self.thumbnails.iter().flat_map(|(_, bytes)| bytes);
        let origins = self.origins.iter().filter(|(_, origin)| origin.is_some());
        (lessons.count() + photos.count()) * FEATURE
            + pictures.map(Vec::len).sum::<usize>()
            + origins.count() * ORIGIN
    }
}
