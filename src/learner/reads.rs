//! Everything that can be asked of a learner. Nothing here waits for actions, but for the thumbnails,
//! which live in the store.

use std::sync::Arc;

use super::Learner;
use super::album::{ContentKey, Photo, PhotoId};
use super::history::Direction;
use super::origin::Origin;
use super::predict::{AlbumPredictions, Prediction, Why};
use super::report::Report;
use super::state::{LessonId, State};
use crate::error::{RequestError, StorageError};
use crate::head::Feature;
use crate::labels::{LabelId, NOISE, NOISE_NAME};
use crate::store::{Store, Table};
use crate::{Error, Result};

/// A label as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its id; 0 is "none of these".
    pub id: LabelId,
    /// Its name.
    pub name: String,
    /// Its place among the labels, for a colour; see [`crate::labels::LabelEntry::slot`].
    pub slot: u32,
    /// How many lessons it has.
    pub lessons: usize,
}

/// A lesson as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// Its id.
    pub id: LessonId,
    /// What was taught.
    pub label: LabelId,
    /// The photo it was taught with, if that is in the album.
    pub photo: Option<PhotoId>,
    /// SHA-256 of what it was taught with, where that is known.
    pub key: Option<ContentKey>,
}

/// A photo of the album as the page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlbumPhoto {
    /// Its id.
    pub id: PhotoId,
    /// What is known of it.
    pub photo: Arc<Photo>,
    /// The lesson taught with it.
    pub lesson: Option<Lesson>,
    /// The label it was accepted as, where it is not taught.
    pub accepted: Option<LabelId>,
    /// The file it came from, where that is known.
    pub origin: Option<Arc<Origin>>,
}

/// The names of the actions that undo and redo would act on, such as "Taught Skirt".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryWords {
    /// What undo would take back.
    pub undo: Option<String>,
    /// What redo would do again.
    pub redo: Option<String>,
}

impl<S: Store> Learner<S> {
    /// Every label, "none of these" first, then ascending by id.
    pub fn labels(&self) -> Vec<Label> {
        let state = self.state.borrow();
        let label = |id, name: &str, slot| Label {
            id,
            name: name.to_owned(),
            slot,
            lessons: state.lessons_of(id).count(),
        };
        let others = state.labels.iter();
        std::iter::once(label(NOISE, NOISE_NAME, 0))
            .chain(others.map(|(id, entry)| label(id, &entry.name, entry.slot)))
            .collect()
    }

    /// Every photo of the album with its lesson, in the order in which they were added.
    pub fn photos(&self) -> Vec<AlbumPhoto> {
        let state = self.state.borrow();
        let photos = state.album.iter();
        photos
            .map(|(id, photo)| album_photo(&state, id, photo))
            .collect()
    }

    /// One photo of the album, with its lesson.
    ///
    /// # Errors
    /// `request/no-such-photo`.
    pub fn photo(&self, id: PhotoId) -> Result<AlbumPhoto> {
        let state = self.state.borrow();
        Ok(album_photo(&state, id, state.photo(id)?))
    }

    /// The photo of the album with this content.
    pub fn find_photo(&self, key: &ContentKey) -> Option<PhotoId> {
        self.state.borrow().album.find(key)
    }

    /// Every lesson, ascending by id.
    pub fn lessons(&self) -> Vec<Lesson> {
        let state = self.state.borrow();
        let ids = state.lessons.keys();
        ids.filter_map(|&id| shown(&state, id)).collect()
    }

    /// One lesson.
    ///
    /// # Errors
    /// `request/no-such-lesson`.
    pub fn lesson(&self, id: LessonId) -> Result<Lesson> {
        let missing = || RequestError::NoSuchLesson(id.0).into();
        shown(&self.state.borrow(), id).ok_or_else(missing)
    }

    /// The small picture of a photo, `None` where none is stored.
    ///
    /// # Errors
    /// `storage/damaged` and other errors of the store.
    pub async fn thumbnail(&self, photo: PhotoId) -> Result<Option<Vec<u8>>> {
        let mut turn = self.store.take().await?;
        let read = turn.store()?.read(Table::Thumbnails, photo.0).await;
        if let Err(Error::Storage(StorageError::Damaged(flaw))) = &read {
            self.note_picture(photo, flaw);
        }
        read
    }

    /// What a feature is, by all that was taught.
    ///
    /// # Errors
    /// `compute/failed` where what was taught has no finite answer.
    pub fn predict(&self, feature: &Feature) -> Result<Prediction> {
        self.state.borrow_mut().predict(feature)
    }

    /// What a photo of the album is.
    ///
    /// # Errors
    /// `request/no-such-photo`, and as [`Learner::predict`].
    pub fn predict_photo(&self, photo: PhotoId) -> Result<Prediction> {
        let mut state = self.state.borrow_mut();
        let feature = Arc::clone(&state.photo(photo)?.feature);
        state.predict(&feature)
    }

    /// What every photo of the album is. Solved once after each change of the lessons, computed once
    /// per photo. Nothing is ranked, and nothing sure, where [`Learner::predict`] fails.
    pub fn predict_all(&self) -> AlbumPredictions {
        self.state.borrow_mut().predict_all(None)
    }

    /// The same, only of the photos with higher ids than this one: photos that are added change nothing
    /// about those that were there.
    pub fn predict_after(&self, photo: PhotoId) -> AlbumPredictions {
        self.state.borrow_mut().predict_all(Some(photo))
    }

    /// How often a photo came, went, or came to lie elsewhere since this was opened: while it is the same,
    /// so are the photos and their files (what they are taught or accepted as is another matter).
    pub fn album_changes(&self) -> u64 {
        self.state.borrow().album_changes()
    }

    /// Photos of one scene, such as five taken within a second: each burst has at least two, in the order
    /// in which they were taken, and no photo is in two. What is taught changes nothing about it. Computed
    /// once after each change of the album.
    pub fn bursts(&self) -> Arc<[Vec<PhotoId>]> {
        self.state.borrow_mut().bursts()
    }

    /// Why a photo of the album stands under its label (as taught or accepted, else the likeliest), with at most
    /// `most` lessons that speak for it. `None` while fewer than two labels have lessons.
    ///
    /// # Errors
    /// `request/no-such-photo`.
    pub fn why(&self, photo: PhotoId, most: usize) -> Result<Option<Why>> {
        self.state.borrow_mut().why(photo, most)
    }

    /// How often the learner would be right about what it was taught, had it not been taught it.
    pub fn report(&self) -> Report {
        self.state.borrow_mut().report()
    }

    /// What undo and redo would do: nothing where the learner only reads.
    pub fn history(&self) -> HistoryWords {
        if self.read_only.get() {
            return HistoryWords::default();
        }
        let history = self.history.borrow();
        let words = |direction| history.next(direction).map(|entry| entry.words.clone());
        HistoryWords {
            undo: words(Direction::Undo),
            redo: words(Direction::Redo),
        }
    }

    /// The network this learner's features come from; `None` while it has none.
    pub fn backbone(&self) -> Option<[u8; 32]> {
        self.backbone.get()
    }
}

fn album_photo(state: &State, id: PhotoId, photo: &Arc<Photo>) -> AlbumPhoto {
    AlbumPhoto {
        id,
        photo: Arc::clone(photo),
        lesson: state.lesson_of(id).and_then(|id| shown(state, id)),
        accepted: state.accepted.get(&id).copied(),
        origin: state.origins.get(&id).cloned(),
    }
}

fn shown(state: &State, id: LessonId) -> Option<Lesson> {
    let lesson = state.lessons.get(&id)?;
    Some(Lesson {
        id,
        label: lesson.label,
        photo: state.photo_of(lesson),
        key: lesson.key,
    })
}
