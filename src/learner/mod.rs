//! The learner: labels, lessons, the album of photos, undo, and the store in which they last.
//!
//! Every action of the person is planned on the state in memory, committed to the store, and only then
//! applied to memory:
//!
//! ```text
//! action ──► Plan ──► store.commit ──► state ──► history
//!            pure      all or nothing   in memory   its inverse, for undo
//! ```
//!
//! A failed write therefore leaves everything as it was, and what an action resolved to is on disk.
//! Actions may be started without waiting for each other: they take turns, in the order of their first
//! poll. Reads never wait; they see what is committed. Do not drop the future of an action midway: the
//! store may then have it, and memory not until the next opening.
//!
//! | file | holds |
//! |---|---|
//! | `open` | records → state, and what could not be read |
//! | [`album`] | the photos the page shows |
//! | `teaching`, `labelling`, `photos` | the actions: pure functions from the state to a plan |
//! | `predict` | what the album is, and when the learner is not sure |
//! | `report` | how often it would be right, by leave-one-out |
//! | `transfer`, `import` | one file with everything; reading it back |
//! | `state`, `change`, `history`, `records` | memory, its edits, their inverses, their bytes |

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use crate::Result;
use crate::error::{ImportError, RequestError, StorageError};
use crate::head::Feature;
use crate::labels::{LabelChoice, LabelId, NOISE, NOISE_NAME};
use crate::store::{Store, Table};

pub mod album;
mod change;
mod history;
mod import;
mod labelling;
mod open;
mod photos;
mod predict;
mod records;
mod report;
mod state;
mod teaching;
mod transfer;

pub use album::{ContentKey, NewPhoto, Photo, PhotoId};
pub use import::{How, ImportSummary};
pub use predict::{AlbumPredictions, LEAD, Prediction, RANKED, Ranked, SURE};
pub use report::{LabelReport, Mistake, Report};
pub use state::LessonId;
pub use teaching::Sample;

use change::Change;
use history::{Direction, History};
use state::State;

/// Everything one person taught on one device.
pub struct Learner<S: Store> {
    /// `None` once closed. The lock is what makes actions take turns.
    store: Mutex<Option<S>>,
    read_only: bool,
    /// Never borrowed across an await.
    state: RefCell<State>,
    history: RefCell<History>,
    backbone: Cell<Option<[u8; 32]>>,
    problems: Vec<String>,
}

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
}

/// The names of the actions that undo and redo would act on, such as "Taught Skirt".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryWords {
    /// What undo would take back.
    pub undo: Option<String>,
    /// What redo would do again.
    pub redo: Option<String>,
}

/// An action that was thought through but not done yet.
struct Plan<T> {
    /// What the person did, as the history names it.
    words: String,
    change: Change,
    answer: T,
}

impl<S: Store> Learner<S> {
    async fn lock(&self) -> Result<Turn<'_, S>> {
        if self.read_only {
            return Err(StorageError::Busy.into());
        }
        Turn::take(&self.store).await
    }

    /// Plans, stores, applies and remembers one action.
    async fn act<T>(&self, plan: impl FnOnce(&State) -> Result<Plan<T>>) -> Result<T> {
        let mut turn = self.lock().await?;
        let Plan {
            words,
            change,
            answer,
        } = plan(&self.state.borrow())?;
        if !change.is_empty() {
            let inverse = self.commit(turn.store()?, &change).await?;
            self.history.borrow_mut().done(words, inverse);
        }
        Ok(answer)
    }

    /// Stores the change, then applies it; returns its inverse.
    async fn commit(&self, store: &mut S, change: &Change) -> Result<Change> {
        let mut thumbnails = Vec::with_capacity(change.thumbnails.len());
        for (photo, after) in &change.thumbnails {
            // One that comes had no predecessor; one that goes is needed to bring it back.
            let before = match after {
                Some(_) => None,
                None => read_picture(store, *photo).await?,
            };
            thumbnails.push((*photo, before));
        }
        store.commit(records::writes(change)).await?;
        Ok(Change {
            thumbnails,
            ..change.apply(&mut self.state.borrow_mut())
        })
    }

    async fn travel(&self, direction: Direction) -> Result<String> {
        let mut turn = self.lock().await?;
        let next = self.history.borrow().next(direction).cloned();
        let Some(entry) = next else {
            let what = match direction {
                Direction::Undo => "undo",
                Direction::Redo => "redo",
            };
            return Err(RequestError::NothingTo(what).into());
        };
        let inverse = self.commit(turn.store()?, &entry.change).await?;
        self.history.borrow_mut().moved(direction, inverse);
        Ok(entry.words)
    }

    /// Takes back the last action and returns its name.
    ///
    /// # Errors
    /// `request/nothing-to-do`; errors of the store, with everything as it was.
    pub async fn undo(&self) -> Result<String> {
        self.travel(Direction::Undo).await
    }

    /// Does the last undone action again and returns its name.
    ///
    /// # Errors
    /// As [`Learner::undo`].
    pub async fn redo(&self) -> Result<String> {
        self.travel(Direction::Redo).await
    }

    /// What undo and redo would do.
    pub fn history(&self) -> HistoryWords {
        let history = self.history.borrow();
        let words = |direction| history.next(direction).map(|entry| entry.words.clone());
        HistoryWords {
            undo: words(Direction::Undo),
            redo: words(Direction::Redo),
        }
    }

    /// Adds photos to the album and returns their ids, in order. A photo that is there already (the
    /// same content) keeps its id.
    ///
    /// # Errors
    /// Errors of the store; then none was added.
    pub async fn add_photos(&self, photos: Vec<NewPhoto>) -> Result<Vec<PhotoId>> {
        self.act(|state| photos::add(state, photos)).await
    }

    /// Removes photos from the album, with the lessons taught with them: what is shown is what is
    /// taught.
    ///
    /// # Errors
    /// `request/no-such-photo`, errors of the store; then none was removed.
    pub async fn remove_photos(&self, photos: &[PhotoId]) -> Result<()> {
        self.act(|state| photos::remove(state, photos)).await
    }

    /// Teaches one sample. A photo that was taught already is corrected; a label's name that is new
    /// makes the label, as one action.
    ///
    /// # Errors
    /// `request/no-such-photo`, `request/no-such-label`, an unusable name, errors of the store.
    pub async fn teach(
        &self,
        sample: impl Into<Sample>,
        label: impl Into<LabelChoice>,
    ) -> Result<LessonId> {
        let (samples, label) = ([sample.into()], label.into());
        let lessons = self.act(|state| teaching::teach(state, &samples, label));
        let none = || RequestError::Invalid("Nothing was taught.".to_owned()).into();
        lessons.await?.first().copied().ok_or_else(none)
    }

    /// Teaches photos of the album, as one action; returns their lessons, in order.
    ///
    /// # Errors
    /// As [`Learner::teach`], and `request/invalid` for no photo at all; then nothing was changed.
    pub async fn teach_many(
        &self,
        photos: &[PhotoId],
        label: impl Into<LabelChoice>,
    ) -> Result<Vec<LessonId>> {
        let samples: Vec<_> = photos.iter().map(|&photo| Sample::Photo(photo)).collect();
        let label = label.into();
        self.act(|state| teaching::teach(state, &samples, label))
            .await
    }

    /// Moves a lesson to another label.
    ///
    /// # Errors
    /// `request/no-such-lesson`, `request/no-such-label`, an unusable name, errors of the store.
    pub async fn correct(&self, lesson: LessonId, label: impl Into<LabelChoice>) -> Result<()> {
        let label = label.into();
        self.act(|state| teaching::correct(state, lesson, label))
            .await
    }

    /// Takes lessons back, as one action: afterwards every answer is as if they had never been.
    ///
    /// # Errors
    /// `request/no-such-lesson`, errors of the store; then none was taken back.
    pub async fn unteach(&self, lessons: &[LessonId]) -> Result<()> {
        self.act(|state| teaching::unteach(state, lessons)).await
    }

    /// Makes a label.
    ///
    /// # Errors
    /// `request/label-exists`, an unusable name, errors of the store.
    pub async fn add_label(&self, name: &str) -> Result<LabelId> {
        self.act(|state| labelling::add(state, name)).await
    }

    /// Gives a label another name.
    ///
    /// # Errors
    /// `request/no-such-label`, `request/noise-is-fixed`, `request/label-exists` (of another label), an
    /// unusable name, errors of the store.
    pub async fn rename_label(&self, label: LabelId, name: &str) -> Result<()> {
        self.act(|state| labelling::rename(state, label, name))
            .await
    }

    /// Deletes a label and takes its lessons back.
    ///
    /// # Errors
    /// `request/no-such-label`, `request/noise-is-fixed`, errors of the store.
    pub async fn remove_label(&self, label: LabelId) -> Result<()> {
        self.act(|state| labelling::remove(state, label)).await
    }

    /// Moves every lesson of one label to another and deletes the first.
    ///
    /// # Errors
    /// `request/no-such-label`, `request/noise-is-fixed` (for `from`), `request/invalid` when they are
    /// the same, errors of the store.
    pub async fn merge_labels(&self, from: LabelId, into: LabelId) -> Result<()> {
        self.act(|state| labelling::merge(state, from, into)).await
    }

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
        let photos = state.album.iter().map(|(id, photo)| AlbumPhoto {
            id,
            photo: Arc::clone(photo),
            lesson: state.lesson_of(id).and_then(|id| shown(&state, id)),
        });
        photos.collect()
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
        let mut turn = Turn::take(&self.store).await?;
        turn.store()?.read(Table::Thumbnails, photo.0).await
    }

    /// What a feature is, by all that was taught.
    pub fn predict(&self, feature: &Feature) -> Prediction {
        self.state.borrow_mut().predict(feature)
    }

    /// What a photo of the album is.
    ///
    /// # Errors
    /// `request/no-such-photo`.
    pub fn predict_photo(&self, photo: PhotoId) -> Result<Prediction> {
        let mut state = self.state.borrow_mut();
        let feature = Arc::clone(&state.photo(photo)?.feature);
        Ok(state.predict(&feature))
    }

    /// What every photo of the album is. Solved once after each change of the lessons, computed once
    /// per photo.
    pub fn predict_all(&self) -> AlbumPredictions {
        self.state.borrow_mut().predict_all()
    }

    /// What could not be read when the learner was opened, a sentence each.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// How often the learner would be right about what it was taught, had it not been taught it.
    pub fn report(&self) -> Report {
        self.state.borrow().report()
    }

    /// Everything as one file: labels, lessons, photos' names, features and thumbnails, but not the
    /// photos themselves.
    ///
    /// # Errors
    /// Errors of the store. (A thumbnail that cannot be read is left out.)
    pub async fn export(&self) -> Result<Vec<u8>> {
        let mut turn = Turn::take(&self.store).await?;
        let (mut file, photos) = {
            let state = self.state.borrow();
            let photos: Vec<_> = state.album.iter().map(|(id, _)| id).collect();
            (transfer::Writer::new(self.backbone.get(), &state), photos)
        };
        for photo in photos {
            if let Some(picture) = read_picture(turn.store()?, photo).await? {
                file.thumbnail(photo, &picture);
            }
        }
        Ok(file.finish())
    }

    /// Reads a file that [`Learner::export`] made. It is checked whole before anything is touched,
    /// and joined in one transaction, which can be undone.
    ///
    /// # Errors
    /// `import/foreign`, `import/newer`, `import/damaged`, `import/other-backbone`; errors of the
    /// store. Nothing was changed then.
    pub async fn import(&self, bytes: &[u8], how: How) -> Result<ImportSummary> {
        let file = transfer::read(bytes)?;
        if let Some(backbone) = file.backbone {
            self.bind(backbone).await.map_err(|error| match error {
                crate::Error::Storage(StorageError::OtherBackbone) => {
                    ImportError::OtherBackbone.into()
                }
                error => error,
            })?;
        }
        self.act(|state| import::plan(state, file, how)).await
    }

    /// The network this learner's features come from; `None` while it has none.
    pub fn backbone(&self) -> Option<[u8; 32]> {
        self.backbone.get()
    }

    /// Waits for the actions under way, then lets go of the store. Actions answer `request/closed` from
    /// then on.
    ///
    /// # Errors
    /// `request/closed` when it was closed already; errors of the store.
    pub async fn close(&self) -> Result<()> {
        let store = self.store.lock().await.take();
        store.ok_or(RequestError::Closed)?.close().await
    }
}

/// A small picture, if it can be read: a damaged one is no reason to refuse what was asked for.
async fn read_picture<S: Store>(store: &mut S, photo: PhotoId) -> Result<Option<Vec<u8>>> {
    match store.read(Table::Thumbnails, photo.0).await {
        Err(crate::Error::Storage(StorageError::Damaged(_))) => Ok(None),
        read => read,
    }
}

fn shown(state: &State, id: LessonId) -> Option<Lesson> {
    let lesson = state.lessons.get(&id)?;
    Some(Lesson {
        id,
        label: lesson.label,
        photo: lesson
            .photo
            .filter(|&photo| state.album.get(photo).is_some()),
    })
}

/// The exclusive use of an open store.
struct Turn<'a, S>(MutexGuard<'a, Option<S>>);

impl<'a, S> Turn<'a, S> {
    async fn take(store: &'a Mutex<Option<S>>) -> Result<Turn<'a, S>> {
        let mut turn = Turn(store.lock().await);
        turn.store()?;
        Ok(turn)
    }

    fn store(&mut self) -> Result<&mut S> {
        self.0.as_mut().ok_or_else(|| RequestError::Closed.into())
    }
}
